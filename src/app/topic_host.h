// Topics and alerts put together: what is kept, what signs, what delivers. Thread safety: open() to stop() on one thread; the parts as their headers say.
#pragma once

#include <atomic>
#include <memory>

#include "api/gateway.h"
#include "api/sns/sns_service.h"
#include "app/function_host.h"
#include "base/config/config.h"
#include "notify/queues/queues.h"
#include "notify/rules/alert_rules.h"
#include "notify/topics/deliverer.h"
#include "notify/topics/topic_publisher.h"

namespace eyrie::app {

class TopicHost {
 public:
  // All must outlive it. Makes the topic `detections` once per data directory.
  static Result<std::unique_ptr<TopicHost>> open(const Config& config, store::EmbeddedStore& store, FunctionHost& functions, notify::Queues& queues, monitor::Metrics& metrics);

  notify::rules::AlertRules& alerts() { return *alerts_; }
  notify::topics::Topics& topics() { return *topics_; }
  notify::topics::TopicPublisher& publisher() { return *publisher_; }

  void add_to(api::Gateway& gateway, const api::Door& door, net::MemoryBudget& budget);
  // Deliveries begin. `endpoint`: where subscribers reach this server, unless the settings say otherwise. `port`: of this server, which no delivery goes to.
  Status start(const std::string& endpoint, std::uint16_t port);
  void stop();
  ~TopicHost();

 private:
  class Targets;
  TopicHost() = default;

  std::string url_;
  std::atomic<std::uint16_t> own_port_ = 0;  // that this server serves on, once it does
  std::unique_ptr<Targets> targets_;
  std::unique_ptr<notify::topics::Signer> signer_;
  std::unique_ptr<notify::topics::Topics> topics_;
  std::unique_ptr<notify::topics::TopicPublisher> publisher_;
  std::unique_ptr<api::sns::LinkPages> links_;
  std::unique_ptr<notify::rules::AlertRules> alerts_;
  std::unique_ptr<notify::topics::Deliverer> deliverer_;
  std::unique_ptr<net::HttpClient> client_;  // goes first: what is on its way then ends
};

}  // namespace eyrie::app
