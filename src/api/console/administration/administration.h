// What admins see and change beside pictures and people. Thread safety: all of it, as of its parts.
#pragma once

#include <filesystem>
#include <string>

#include "iam/identities.h"
#include "notify/topics/topics.h"

namespace eyrie::api::console {

// All but the values must outlive it.
struct Administration {
  iam::Identities& identities;
  std::string root_key;  // the id of the root's access key
  const notify::topics::Topics& topics;
  std::filesystem::path audit;  // the folder of the audit logs
};

}  // namespace eyrie::api::console
