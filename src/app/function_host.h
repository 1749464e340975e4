// What runs the functions that were created, put together: roles and their sessions, the registry, logs, the pool of sandboxes, the queues that they get
// messages of.
// Thread safety: open() once; the parts as their headers say.
#pragma once

#include <memory>

#include "api/console/administration/administration.h"
#include "api/lambda/operations.h"
#include "api/s3/service.h"
#include "app/role_destinations.h"
#include "base/config/config.h"
#include "functions/deployed_functions.h"
#include "functions/event_sources/event_sources.h"
#include "iam/roles/roles.h"
#include "iam/roles/session_tokens.h"
#include "iam/roles/sessions.h"
#include "store/embedded.h"

namespace eyrie::app {

class FunctionHost {
 public:
  // All must outlive it.
  static Result<std::unique_ptr<FunctionHost>> open(const Config& config, const std::filesystem::path& data, store::EmbeddedStore& store,
                                                    iam::Identities& identities, notify::LocalQueues& queues, monitor::Metrics& metrics);

  iam::Roles& roles() { return *roles_; }
  iam::Sessions& sessions() { return *sessions_; }
  functions::Pool& pool() { return *pool_; }
  functions::Registry& registry() { return *registry_; }
  functions::DeployedFunctions& deployed() { return *deployed_; }
  functions::EventSources& event_sources() { return *event_sources_; }
  // Functions' records and dead letters may go to these. Before the dispatcher starts; they must be there as long as it works.
  void use_topics(notify::topics::Topics& topics) { destinations_->use_topics(topics); }
  // Where S3's events may go: the built-in functions, and those whose policy lets S3 invoke them for the bucket.
  api::s3::FunctionFinder finder(std::vector<std::string> built_in);
  // Whether the function is there and its policy lets the service invoke it for the source.
  bool allows(const functions::FunctionTarget& target, std::string_view service, const std::string& source_arn) const;
  api::console::Functions administration(std::vector<functions::Function*> built_in);
  api::lambda::Backend backend(store::EventQueue& events, store::ObjectStore& objects, const iam::ObjectKeys& keys,
                               std::vector<functions::Function*> built_in);

 private:
  explicit FunctionHost(const std::filesystem::path& logs) : logs_(logs) {}

  functions::FunctionLogs logs_;
  std::unique_ptr<iam::Roles> roles_;
  std::unique_ptr<iam::SessionTokens> tokens_;
  std::unique_ptr<iam::Sessions> sessions_;
  std::unique_ptr<functions::Registry> registry_;
  std::unique_ptr<functions::Pool> pool_;
  std::unique_ptr<RoleDestinations> destinations_;
  std::unique_ptr<functions::DeployedFunctions> deployed_;
  std::unique_ptr<functions::EventSources> event_sources_;
};

}  // namespace eyrie::app
