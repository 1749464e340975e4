// What admins see and change beside pictures and people. Thread safety: all of it, as of its parts.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/config/settings.h"
#include "functions/deployed_functions.h"
#include "iam/identities.h"
#include "iam/root_key_use.h"
#include "notify/topics/topics.h"
#include "store/object_store.h"
#include "vision/local_recognizer.h"

namespace eyrie::api::console {

// All but the values must outlive it.
struct Functions {
  const functions::Registry& registry;
  const functions::FunctionLogs& logs;
  // Waits for the answer; errors as of functions::DeployedFunctions::invoke_now().
  std::function<Result<functions::DeployedFunctions::Invoked>(const functions::FunctionTarget& target, functions::Invocation invocation)> invoke;
  std::vector<functions::Function*> built_in;  // run in this process
};

// What the server was started with.
struct Settings {
  std::string version;
  std::string data;  // the data directory
  std::string file;  // of the settings; empty: none
  std::vector<Setting> all;
};

// All but the values must outlive it.
struct Administration {
  store::ObjectStore& objects;
  iam::Identities& identities;
  std::string root_key;  // the id of the root's access key
  std::int64_t root_key_created_ms = 0;        // 0: nobody knows
  const iam::RootKeyUse* root_use = nullptr;  // null: it is not noted
  const notify::topics::Topics& topics;
  std::filesystem::path audit;  // the folder of the audit logs
  std::optional<Functions> functions = {};
  std::function<std::vector<vision::ModelStatus>()> models = {};
  Settings settings = {};
};

}  // namespace eyrie::api::console
