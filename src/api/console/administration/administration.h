// What admins see and change beside pictures and people. Thread safety: all of it, as of its parts.
#pragma once

#include <string>

#include "iam/identities.h"

namespace eyrie::api::console {

// All but the values must outlive it.
struct Administration {
  iam::Identities& identities;
  std::string root_key;  // the id of the root's access key
};

}  // namespace eyrie::api::console
