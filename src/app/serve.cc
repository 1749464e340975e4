// `eyrie serve`: puts the pieces together, serves until told to stop.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

#include "analysis/analyze_image_role.h"
#include "api/dynamodb/dynamodb_service.h"
#include "api/gateway.h"
#include "api/iam/iam_service.h"
#include "api/kms/kms_service.h"
#include "api/lambda/lambda_service.h"
#include "api/rekognition/rekognition_service.h"
#include "api/s3/lifecycle/sweeper.h"
#include "api/s3/service.h"
#include "api/sqs/sqs_service.h"
#include "api/sts/sts_service.h"
#include "app/commands.h"
#include "app/console/console.h"
#include "app/console/console_files.h"
#include "app/data_directory.h"
#include "app/first_start.h"
#include "app/function_host.h"
#include "app/gallery_import.h"
#include "app/master_key.h"
#include "app/monitor_host.h"
#include "app/pages.h"
#include "app/tls_setup.h"
#include "app/topic_host.h"
#include "base/heap.h"
#include "base/config/settings.h"
#include "functions/dispatcher.h"
#include "functions/measured_function.h"
#include "functions/notification_delivery.h"
#include "iam/console/roles.h"
#include "monitor/traces/traces.h"
#include "net/server.h"
#include "notify/queues/local_queues.h"
#include "store/embedded.h"
#include "store/layout.h"
#include "vision/celebrities/celebrity_book.h"
#include "vision/local_recognizer.h"

namespace eyrie::app {
namespace {

constexpr std::chrono::seconds kDrainTime{30};
constexpr unsigned kMostReceiversWaiting = 128;  // for messages of queues; each has a thread
// What request bodies gathered in memory (the JSON services, small XML) may hold at once.
constexpr std::uint64_t kBodyBudget = 256ULL << 20;

// SIGTERM, SIGINT and, where there is a certificate to read again, SIGHUP are taken by wait_for_stop() alone; every
// thread inherits the mask, so this comes first.
sigset_t block_stop_signals(bool reloads) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (reloads) sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void reload_certificate(net::TlsContext& tls) {
  const Status reloaded = tls.reload();
  if (reloaded) return log_info("the certificate was read again");
  log_error("the certificate was not read again; the old one serves on", {{"error", reloaded.error().message}});
}

// Between whiles gives back what large pictures left behind.
void wait_for_stop(const sigset_t& signals, net::TlsContext* tls) {
  constexpr timespec kBetweenReturns{.tv_sec = 5, .tv_nsec = 0};
  int received = -1;
  while ((received = sigtimedwait(&signals, nullptr, &kBetweenReturns)) < 0 || received == SIGHUP) {
    if (received == SIGHUP) {
      reload_certificate(*tls);
    } else {
      return_freed_memory();
    }
  }
  // From here on a second signal ends the process where it stands: what was acknowledged is on disk.
  std::signal(SIGTERM, [](int) { _exit(130); });
  std::signal(SIGINT, [](int) { _exit(130); });
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  log_info("stopping", {{"signal", received}});
}

struct RunsWith {
  Config config;
  std::vector<Setting> shown;
};

Result<RunsWith> settings(const ServeArguments& arguments) {
  Config config;
  if (!arguments.config_file.empty()) {
    EYRIE_TRY(config, load_config(arguments.config_file));
  }
  const Config file = config;
  if (!arguments.listen.empty()) EYRIE_CHECK_OK(parse_listen(arguments.listen, config));
  if (!arguments.log.empty()) config.log_path = arguments.log;
  if (!arguments.cold.empty()) config.cold_path = arguments.cold;
  if (!arguments.tls_certificate.empty() || arguments.tls_self_signed) {
    config.tls_certificate = arguments.tls_certificate;
    config.tls_key = arguments.tls_key;
    config.tls_self_signed = arguments.tls_self_signed;
  }
  const Config asked = config;
  if (config.log_path.empty()) config.log_path = (std::filesystem::path(arguments.data) / "eyrie.log").string();
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  if (config.server_workers == 0) config.server_workers = std::max(8U, cores * 4);
  if (config.function_workers == 0) config.function_workers = cores;
  if (config.function_concurrency == 0) config.function_concurrency = std::max(16U, cores * 8);
  return RunsWith{.config = config, .shown = shown_settings(file, asked, config)};
}

std::string endpoint_of(const Config& config, std::uint16_t port) {
  const bool any = config.host == "0.0.0.0" || config.host == "::";
  const bool v6 = !any && config.host.contains(':');
  const std::string host = any ? "127.0.0.1" : v6 ? "[" + config.host + "]" : config.host;
  return (config.uses_tls() ? "https://" : "http://") + host + ":" + std::to_string(port);
}

json::object model_states(const vision::LocalRecognizer& recognizer) {
  json::object states;
  for (const vision::ModelStatus& model : recognizer.models()) {
    if (model.selected) states[model.id] = model.loaded ? "loaded" : "installed";
  }
  return states;
}

void announce(const std::string& endpoint, const std::string& link, const ServeArguments& arguments, const Config& config) {
  const std::string data_option =
      std::filesystem::path(arguments.data) == default_data_directory() ? "" : " --data " + arguments.data;
  std::error_code error;
  std::string self = std::filesystem::read_symlink("/proc/self/exe", error).string();
  const std::string here = std::filesystem::current_path(error).string() + "/";
  if (self.starts_with(here)) self.erase(0, here.size());
  std::cout << "Eyrie " << EYRIE_VERSION << " serves S3, Rekognition, DynamoDB, Lambda, SNS, CloudWatch and more\n"
            << "  endpoint   " << endpoint << "   (region us-east-1)\n"
            << "  data       " << arguments.data << "\n"
            << "  log        " << (config.log_path == "-" ? "standard error" : config.log_path) << "\n"
            << "  clients    eval \"$(" << self << " env" << data_option << ")\"\n"
            << "  sign in    " << link << "   (once, within 15 minutes)\n"
            << "Console: " << endpoint << "/_console/" << std::endl;
}

void measure(monitor::Metrics& metrics, store::EventQueue& events, const vision::LocalRecognizer& recognizer,
             const net::Server& server) {
  metrics.computed_total("eyrie_networks_ms_total", "Milliseconds inside the networks since start",
                   [&recognizer] { return recognizer.inference_ms(); });
  auto depth = [&events](auto part) {
    return [&events, part] {
      const auto now = events.depth();
      return now ? static_cast<double>((*now).*part) : -1.0;
    };
  };
  metrics.computed("eyrie_queue_ready", "Events due now", depth(&store::QueueDepth::ready));
  metrics.computed("eyrie_queue_leased", "Events in work", depth(&store::QueueDepth::leased));
  metrics.computed("eyrie_queue_delayed", "Events waiting for a retry", depth(&store::QueueDepth::delayed));
  metrics.computed("eyrie_queue_dead", "Events given up", depth(&store::QueueDepth::dead));
  metrics.computed("eyrie_queue_oldest_age_ms", "Age of the oldest event not yet handled", [&events] {
    const auto now = events.depth();
    return now ? static_cast<double>(age_ms(SettledClock::system(), now->oldest_ms)) : 0.0;
  });
  auto counter = [&server](auto part) { return [&server, part] { return static_cast<double>(server.counters().*part); }; };
  metrics.computed("eyrie_http_connections", "Connections open", counter(&net::ServerCounters::connections));
  metrics.computed_total("eyrie_http_requests_total", "Requests since start", counter(&net::ServerCounters::requests));
  metrics.computed_total("eyrie_http_refused_busy_total", "Requests refused because full", counter(&net::ServerCounters::refused_busy));
  metrics.computed_total("eyrie_http_bad_requests_total", "Requests that broke HTTP", counter(&net::ServerCounters::bad_requests));
  metrics.computed_total("eyrie_tls_failed_handshakes_total", "TLS handshakes that failed or did not end in time", counter(&net::ServerCounters::failed_handshakes));
  metrics.computed("eyrie_http_in_flight", "Requests in work", counter(&net::ServerCounters::in_flight));
}

// Of the built-in function, and of those who are signed in to the console.
std::set<std::string> own_roles() {
  using iam::console::Role;
  return {analysis::analyze_image_role_arn(), iam::console::role_arn(Role::kAdmin), iam::console::role_arn(Role::kAnalyst), iam::console::role_arn(Role::kUploader)};
}

// arn:aws:iam::ACCOUNT:role/NAME
std::set<std::string> names_of(const std::set<std::string>& roles) {
  std::set<std::string> names;
  for (const std::string& arn : roles) names.insert(arn.substr(arn.rfind('/') + 1));
  return names;
}

Status run(const ServeArguments& arguments) {
  EYRIE_TRY(const RunsWith runs_with, settings(arguments));
  const Config& config = runs_with.config;
  const sigset_t stop_signals = block_stop_signals(config.uses_tls());

  const MasterKeySources key_sources(config);
  EYRIE_TRY(const auto key_options, key_sources.for_serving());
  EYRIE_TRY(auto store, store::EmbeddedStore::open({.directory = arguments.data, .cold = config.cold_path, .keys = key_options, .settled = &SettledClock::system()}));
  EYRIE_CHECK_OK(open_log(config.log_path, config.log_level));
  if (key_sources.has_given_key() && store->master_key_sealed_by() != crypto::GivenKey::kKind) {
    log_warning("EYRIE_MASTER_KEY is set, but master.key is not sealed by it: `eyrie keys rotate --to environment` does that",
                {{"source", store->master_key_sealed_by()}});
  }
  EYRIE_TRY(const RootKey root, load_or_make_root_key(arguments.data));
  EYRIE_TRY(const TlsSetup tls, set_up_tls(config, arguments.data));
  EYRIE_CHECK_OK(prepare_first_start(*store));
  EYRIE_CHECK_OK(store->events().release_all());
  EYRIE_TRY(auto recognizer,
            vision::LocalRecognizer::open({.models = config.model_path, .set = config.model_set}));

  EYRIE_TRY(const auto identities, iam::Identities::open(store->records()));
  EYRIE_TRY(const auto series, open_time_series(arguments.data, store->records()));
  EYRIE_TRY(const auto traces, monitor::Traces::open(std::filesystem::path(arguments.data) / store::kTracesFile));
  monitor::Metrics metrics;
  metrics.keep_in(series->recorder());
  metrics.keep_traces_in(*traces);
  EYRIE_TRY(const auto queues, notify::LocalQueues::open(store->messages(), {.max_waiting = kMostReceiversWaiting}));
  notify::Publishers publishers;
  publishers.add(*queues);
  EYRIE_TRY(const auto host, FunctionHost::open(config, arguments.data, *store, *identities, *queues, metrics));
  const std::set<std::string> roles = own_roles();
  host->roles().keep_names(names_of(roles));
  EYRIE_TRY(const auto keys, kms::LocalKeys::open(store->records()));
  const iam::ObjectKeys object_keys(*keys);
  const auto audit = std::filesystem::path(arguments.data) / "audit";
  EYRIE_TRY(const auto denied, iam::AuditLog::open(audit / "denied.jsonl", {}));
  EYRIE_TRY(const auto unknown, iam::AuditLog::open(audit / "unauthenticated.jsonl", {}));
  const iam::AccessControl access(
      {.identities = *identities, .objects = store->objects(), .denied = *denied, .unknown = *unknown, .roles = &host->roles(), .own_roles = roles});
  iam::Authenticator authenticator({.id = root.access_key, .secret = root.secret_key}, Clock::system(), identities.get(),
                                   &host->sessions());
  authenticator.take_version_2(config.signature_v2);
  EYRIE_TRY(const auto root_use, iam::RootKeyUse::open(store->records(), root.access_key));
  authenticator.note_root_use_in(*root_use);
  const api::Door door{.authenticator = authenticator, .access = access};

  EYRIE_TRY(const auto topics, TopicHost::open(config, *store, *host, *queues, metrics));
  publishers.add(topics->publisher());
  EYRIE_TRY(const auto console, Console::open(arguments.data, {.store = *store,
                                                               .access = access,
                                                               .keys = object_keys,
                                                               .signer = {.access_key = root.access_key, .secret = root.secret_key, .session_token = {}},
                                                               .traces = *traces}));
  store::ItemTable& items = console->items();

  DetectionMetrics detections(metrics);
  analysis::AnalyzeImageRole analyze_pictures({.min_confidence = config.min_confidence,
                                               .max_bytes = config.max_image_bytes,
                                               .retention_days = config.retention_days,
                                               .seen = [&detections](const vision::Recognition& seen) { detections.add(seen); }},
                                              store->objects(), items, *recognizer, access, object_keys, &topics->alerts());
  functions::MeasuredFunction analyze_image(analyze_pictures, metrics, SettledClock::system());
  functions::NotificationDelivery notifications(publishers, metrics);
  functions::Dispatcher dispatcher({.workers = config.function_workers, .waiting = config.function_concurrency}, store->events(),
                                   {&analyze_image}, metrics, &host->deployed(), &notifications);

  EYRIE_TRY(const ConsoleFiles files, ConsoleFiles::open());
  EYRIE_TRY(const auto monitoring, MonitorHost::open({.store = *store, .series = *series, .topics = *topics, .functions = *host, .queues = *queues}));
  monitoring->measure_storage(metrics);
  const Pages pages(store->events(), *recognizer, metrics);
  net::MemoryBudget budget(kBodyBudget);
  const Result<std::string> embeds = embedding_model(*recognizer);
  vision::CelebrityBook celebrities(gallery_file(arguments.data), embeds.value_or(""));
  const api::s3::Calendar calendar{.day_ms = config.lifecycle_day_s * 1000};
  api::s3::LifecycleSweeper sweeper(store->objects(), SettledClock::system(),
                                    {.interval = std::chrono::seconds(config.lifecycle_interval_s), .calendar = calendar});
  api::Gateway gateway(metrics, {.per_second = config.rate_limit, .burst = config.rate_burst});
  gateway.add_service(std::make_unique<api::s3::S3Service>(store->objects(), door, budget, object_keys,
                                                            host->finder({analyze_image.name()}), calendar, Clock::system(), &publishers));
  gateway.add_service(std::make_unique<api::rekognition::RekognitionService>(
      api::rekognition::Backend{
          .objects = store->objects(),
          .recognizer = *recognizer,
          .faces = store->faces(),
          .celebrities = embeds ? &celebrities : nullptr},
      object_keys, door, budget));
  gateway.add_service(std::make_unique<api::dynamodb::DynamoDbService>(items, door, budget));
  gateway.add_service(std::make_unique<api::iam_api::IamService>(*identities, host->roles(), door, budget));
  gateway.add_service(std::make_unique<api::kms_api::KmsService>(*keys, door, budget));
  gateway.add_service(std::make_unique<api::lambda::LambdaService>(host->backend(store->events(), store->objects(), object_keys, {&analyze_image}), door, budget));
  gateway.add_service(std::make_unique<api::sqs::SqsService>(*queues, door, budget));
  gateway.add_service(std::make_unique<api::sts::StsService>(host->roles(), host->sessions(), door, budget));
  topics->add_to(gateway, door, budget);
  monitoring->add_to(gateway, door, budget);
  console->add_to(gateway, budget, &topics->alerts(),
                  {.objects = store->objects(),
                   .identities = *identities,
                   .root_key = root.access_key,
                   .root_key_created_ms = root.created_ms,
                   .root_use = root_use.get(),
                   .topics = topics->topics(),
                   .audit = audit,
                   .functions = host->administration({&analyze_image}),
                   .models = [recognizer = recognizer.get()] { return recognizer->models(); },
                   .settings = {.version = EYRIE_VERSION, .data = arguments.data, .file = arguments.config_file, .all = runs_with.shown}},
                  {.series = *series, .alarms = monitoring->alarms(), .memory_mb = [registry = &host->registry()](const std::string& name) {
                     const auto function = registry->find(name);
                     return function ? (*function)->latest.memory_mb : 0;
                   }});
  gateway.add_page("/_eyrie/health", [&pages](const net::RequestHead&) { return pages.health(); });
  gateway.add_page("/_eyrie/metrics", [&pages](const net::RequestHead&) { return pages.metrics(); });
  gateway.add_page("/_console/", [&files](const net::RequestHead& head) { return files.answer(head); });
  EYRIE_TRY(auto server, net::Server::start({.host = config.host, .port = config.port,
                                             // For whoever waits for a function, a message or a change; the others are for what the function asks meanwhile.
                                             .workers = config.server_workers,
                                             .waiting_workers = config.function_concurrency + kMostReceiversWaiting + api::console::kMostWatchers,
                                             .tls = tls.context},
                                            gateway));
  measure(metrics, store->events(), *recognizer, *server);
  const std::string endpoint = endpoint_of(config, server->port());
  host->pool().set_endpoint(endpoint, tls.authority_file);
  dispatcher.start();
  EYRIE_CHECK_OK(topics->start(endpoint, server->port()));
  monitoring->start();
  sweeper.start();
  queues->start();
  host->event_sources().start();

  RunningServer running{.endpoint = endpoint, .authority_file = tls.authority_file, .pid = getpid(),
                        .models = model_states(*recognizer)};
  log_info("serving", {{"endpoint", endpoint}, {"version", EYRIE_VERSION}});
  announce(endpoint, console->link(endpoint), arguments, config);
  // After the lines: whoever waits for the file finds them all written.
  EYRIE_CHECK_OK(write_running_server(arguments.data, running));
  std::thread warm_up([&] {
    if (const Status read = console->read_pictures(); !read) {
      log_error("the gallery was not read", {{"error", read.error().message}});
    }
    if (const Status warm = recognizer->warm_up(); !warm) {
      log_error("models did not load", {{"error", warm.error().message}});
    }
    if (const Status warm = store->faces().warm_up(); !warm) {
      log_error("face collections were not read", {{"error", warm.error().message}});
    }
    if (const Status known = furnish_gallery(arguments.data, *recognizer); !known) {
      log_warning("no built-in gallery of celebrities", {{"error", known.error().message}});
    }
    running.models = model_states(*recognizer);
    if (auto written = write_running_server(arguments.data, running); !written) {
      log_warning("cannot update server.json", {{"error", written.error().message}});
    }
  });

  wait_for_stop(stop_signals, tls.context.get());
  host->event_sources().stop_receiving();
  dispatcher.begin_no_more();
  queues->stop();  // whoever waits for a message is answered without one
  console->stop();
  // Whoever waits for a function is told, once the time is over, that it was ended; events at work in sandboxes come again after the next start.
  server->stop(kDrainTime, [&host] { host->pool().stop(); });
  host->event_sources().stop();
  dispatcher.stop();
  topics->stop();
  monitoring->stop();
  warm_up.join();
  remove_running_server(arguments.data);
  log_info("stopped");
  return {};
}

}  // namespace

int serve(const ServeArguments& arguments) {
  const Status outcome = run(arguments);
  if (outcome) return 0;
  std::cerr << "eyrie: " << outcome.error().message << "\n";
  return 1;
}

}  // namespace eyrie::app
