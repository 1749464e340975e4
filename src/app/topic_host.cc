#include "app/topic_host.h"

#include "base/encoding.h"
#include "base/trace/trace_cause.h"
#include "functions/permission.h"
#include "net/client/address_rules.h"

namespace eyrie::app {
namespace {

namespace topics = notify::topics;

constexpr const char* kService = "sns.amazonaws.com";
constexpr const char* kTopicsFurnished = "furnished_topics";
constexpr const char* kFirstTopic = "detections";

// Where nothing is said: whom the server itself is open to may not reach what is open to this machine alone.
net::Reach endpoints_reach(const Config& config) {
  const bool is_private = net::is_loopback(config.host);
  return net::reach_of(config.topics_endpoints).value_or(is_private ? net::Reach::kAny : net::Reach::kLan);
}

notify::MessageAttributes attributes_of(const topics::Attributes& attributes) {
  notify::MessageAttributes made;
  for (const auto& [name, attribute] : attributes) {
    notify::MessageAttribute& next = made[name] = {.type = attribute.type, .value = attribute.value};
    if (!next.is_binary()) continue;
    if (const auto bytes = base64_decode(attribute.value)) next.value = as_text(*bytes);
  }
  return made;
}

}  // namespace

class TopicHost::Targets final : public topics::Targets {
 public:
  Targets(FunctionHost& functions, notify::Queues& queues) : functions_(functions), queues_(queues) {}

  Status check_queue(const std::string& arn) const override {
    return queues_.exists(arn) ? Status() : fail(Code::kNotFound, "no queue is called " + arn);
  }
  Status check_function(const std::string& arn) const override {
    const auto text = functions::function_of_arn(arn);
    if (!text) return fail(Code::kNotFound, "no function is called " + arn);
    return functions_.deployed().check(functions::target_of(*text));
  }
  Status send(const std::string& queue_arn, const std::string& body, const topics::Attributes& attributes, const topics::Sender& sender) const override {
    EYRIE_CHECK_OK(queues_.may_send(queue_arn, {.service = kService, .source_arn = sender.topic_arn}));
    return queues_.send_one({.queue_arn = queue_arn, .message = {.body = body, .attributes = attributes_of(attributes), .trace_header = xray_header_of_cause(sender.trace)}});
  }
  Status invoke(const std::string& function_arn, const std::string& event, const std::string& request_id, const topics::Sender& sender) const override {
    const auto text = functions::function_of_arn(function_arn);
    if (!text) return fail(Code::kNotFound, "no function is called " + function_arn);
    const functions::FunctionTarget target = functions::target_of(*text);
    if (!functions_.allows(target, kService, sender.topic_arn))
      return fail(Code::kPermissionDenied, "the policy of " + function_arn + " does not let " + sender.topic_arn + " invoke it");
    return functions_.deployed().invoke_later(target, event, request_id, sender.trace);
  }

 private:
  FunctionHost& functions_;
  notify::Queues& queues_;
};

// Its thread uses what goes before it.
TopicHost::~TopicHost() {
  if (deliverer_) deliverer_->stop();
}

Result<std::unique_ptr<TopicHost>> TopicHost::open(const Config& config, store::EmbeddedStore& store, FunctionHost& functions, notify::Queues& queues,
                                                   monitor::Metrics& metrics) {
  std::unique_ptr<TopicHost> host(new TopicHost);
  host->url_ = config.topics_url;
  host->targets_ = std::make_unique<Targets>(functions, queues);
  EYRIE_TRY(host->signer_, topics::Signer::open(store.records()));
  EYRIE_TRY(host->topics_, topics::Topics::open(store.records(), store.outbox(), *host->targets_, !config.mail_server.empty()));
  EYRIE_TRY(const auto furnished, store.setting(kTopicsFurnished));
  if (!furnished) {
    EYRIE_CHECK_OK(host->topics_->create(kFirstTopic, [](topics::Topic&, bool) { return Status(); }));
    EYRIE_CHECK_OK(store.set_setting(kTopicsFurnished, "1"));
  }
  functions.use_topics(*host->topics_);
  host->publisher_ = std::make_unique<topics::TopicPublisher>(*host->topics_);
  host->links_ = std::make_unique<api::sns::LinkPages>(*host->topics_, *host->signer_);
  EYRIE_TRY(host->alerts_, notify::rules::AlertRules::open(store.records(), *host->topics_, store.faces(), config.alerts));
  EYRIE_TRY(std::string authorities, net::read_authorities(config.topics_authorities));
  EYRIE_TRY(host->client_, net::HttpClient::start({.authorities = std::move(authorities), .may_connect = [reach = endpoints_reach(config), own_port = &host->own_port_](const sockaddr& address) {
                                                       return net::may_connect(address, reach, *own_port);
                                                     }}));
  const net::MailServer mail{.url = config.mail_server, .user = config.mail_user, .password = config.mail_password, .from = config.mail_from, .require_tls = config.mail_require_tls};
  host->deliverer_ = std::make_unique<topics::Deliverer>(topics::Deliverer::Parts{.topics = *host->topics_,
                                                                                 .outbox = store.outbox(),
                                                                                 .targets = *host->targets_,
                                                                                 .client = *host->client_,
                                                                                 .signer = *host->signer_,
                                                                                 .metrics = metrics,
                                                                                 .mail = mail});
  metrics.computed("eyrie_topic_deliveries_pending", "Deliveries of messages not yet done", [&store] {
    const auto pending = store.outbox().pending();
    return pending ? static_cast<double>(*pending) : -1.0;
  });
  return host;
}

void TopicHost::add_to(api::Gateway& gateway, const api::Door& door, net::MemoryBudget& budget) {
  gateway.add_service(std::make_unique<api::sns::SnsService>(*topics_, door, budget));
  gateway.add_page(topics::kLinksPath, [this](const net::RequestHead& head) { return links_->answer(head); });
}

Status TopicHost::start(const std::string& endpoint, std::uint16_t port) {
  own_port_ = port;
  return deliverer_->start({.base = url_.empty() ? endpoint : url_});
}

void TopicHost::stop() { deliverer_->stop(); }

}  // namespace eyrie::app
