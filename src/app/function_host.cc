#include "app/function_host.h"

#include <algorithm>

#include "functions/permission.h"

namespace eyrie::app {
namespace {

// A sandbox is not used for so long; its credentials must not end before it.
constexpr std::chrono::hours kLongestLife{6};
constexpr std::chrono::minutes kLongestInvocation{20};

}  // namespace

Result<std::unique_ptr<FunctionHost>> FunctionHost::open(const Config& config, const std::filesystem::path& data, store::EmbeddedStore& store,
                                                         iam::Identities& identities, notify::LocalQueues& queues, monitor::Metrics& metrics) {
  const auto folder = std::filesystem::absolute(data) / "functions";
  std::unique_ptr<FunctionHost> host(new FunctionHost(folder / "logs"));
  EYRIE_TRY(host->roles_, iam::Roles::open(store.records(), identities));
  identities.count_attachments_of([roles = host->roles_.get()](const std::string& arn) { return roles->attached_to(arn).size(); });
  EYRIE_TRY(host->tokens_, iam::SessionTokens::open(store.records()));
  host->sessions_ = std::make_unique<iam::Sessions>(*host->roles_, Clock::system(), &identities, host->tokens_.get());
  EYRIE_TRY(host->registry_, functions::Registry::open(store.records(), folder / "code"));
  auto issue = [sessions = host->sessions_.get()](const functions::SandboxSpec& spec) -> Result<functions::SandboxCredentials> {
    const std::int64_t life = std::chrono::milliseconds(kLongestLife + kLongestInvocation).count();
    EYRIE_TRY(const iam::SessionCredential made, sessions->begin(spec.role, spec.function, life));
    return functions::SandboxCredentials{.access_key = made.access_key, .secret = made.secret, .session_token = made.token};
  };
  auto revoke = [sessions = host->sessions_.get()](const functions::SandboxCredentials& credentials) { sessions->end(credentials.access_key); };
  EYRIE_TRY(host->pool_, functions::Pool::start({.directory = folder / "run",
                                                 .hidden = std::filesystem::absolute(data),
                                                 .concurrency = config.function_concurrency,
                                                 .idle_timeout = std::chrono::seconds(config.function_idle_s),
                                                 .longest_life = kLongestLife,
                                                 .isolate = config.function_isolate,
                                                 .issue = std::move(issue),
                                                 .revoke = std::move(revoke)},
                                                host->logs_));
  host->registry_->on_removed([pool = host->pool_.get()](const std::string& file) { pool->discard(pool->code_directory() / file); });
  host->destinations_ = std::make_unique<RoleDestinations>(queues, *host->roles_);
  host->deployed_ = std::make_unique<functions::DeployedFunctions>(*host->registry_, *host->pool_, store.events(), metrics, host->destinations_.get(),
                                                                  functions::RetryWaits{.first = std::chrono::seconds(config.function_retry_s[0]), .second = std::chrono::seconds(config.function_retry_s[1])});
  EYRIE_TRY(host->event_sources_,
            functions::EventSources::open({.records = store.records(),
                                           .functions = *host->deployed_,
                                           .queues = queues,
                                           .may = [roles = host->roles_.get()](const std::string& role, std::string_view action,
                                                                               const std::string& resource) { return roles->may(role, action, resource); },
                                           .concurrency = config.function_concurrency}));
  metrics.computed("eyrie_function_sandboxes_busy", "Sandboxes at work", [pool = host->pool_.get()] { return static_cast<double>(pool->counts().busy); });
  metrics.computed("eyrie_function_sandboxes_idle", "Sandboxes kept warm", [pool = host->pool_.get()] { return static_cast<double>(pool->counts().idle); });
  metrics.computed_total("eyrie_function_cold_starts_total", "Sandboxes started since the server's start", [pool = host->pool_.get()] { return static_cast<double>(pool->counts().cold_starts); });
  return host;
}

api::s3::FunctionFinder FunctionHost::finder(std::vector<std::string> built_in) {
  return [this, built_in = std::move(built_in)](const std::string& arn, const std::string& bucket) -> std::optional<std::string> {
    const auto text = functions::function_of_arn(arn);
    if (!text) return std::nullopt;
    if (std::ranges::find(built_in, *text) != built_in.end()) return text;
    const functions::FunctionTarget target = functions::target_of(*text);
    if (!allows(target, "s3.amazonaws.com", "arn:aws:s3:::" + bucket)) return std::nullopt;
    return text;
  };
}

bool FunctionHost::allows(const functions::FunctionTarget& target, std::string_view service, const std::string& source_arn) const {
  const auto function = registry_->find(target.name);
  return function && deployed_->check(target) && functions::allows_service(**function, target.qualifier, service, source_arn);
}

api::console::Functions FunctionHost::administration(std::vector<functions::Function*> built_in) {
  auto invoke = [deployed = deployed_.get()](const functions::FunctionTarget& target, functions::Invocation invocation) {
    return deployed->invoke_now(target, std::move(invocation));
  };
  return {.registry = *registry_, .logs = logs_, .invoke = std::move(invoke), .built_in = std::move(built_in)};
}

api::lambda::Backend FunctionHost::backend(store::EventQueue& events, store::ObjectStore& objects, const iam::ObjectKeys& keys,
                                           std::vector<functions::Function*> built_in) {
  return {.registry = *registry_,
          .deployed = *deployed_,
          .events = events,
          .objects = objects,
          .keys = keys,
          .roles = *roles_,
          .logs = logs_,
          .pool = *pool_,
          .event_sources = *event_sources_,
          .built_in = std::move(built_in)};
}

}  // namespace eyrie::app
