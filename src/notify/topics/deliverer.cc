#include "notify/topics/deliverer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/log.h"

namespace eyrie::notify::topics {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kOnWayToOne = 10;
constexpr std::int64_t kForgetEveryMs = 3'600'000;
constexpr milliseconds kLongestWait{60'000}, kAfterStoreFailure{500};
constexpr std::int64_t kDeadLetterRetryMs = 20'000;
constexpr std::int64_t kClockMoved_ms = 10'000;
constexpr std::chrono::seconds kDrainTime{5};

bool is_web(const Subscription& subscription) { return subscription.protocol.starts_with("http"); }
bool is_mail(const Subscription& subscription) { return subscription.protocol.starts_with("email"); }

// Errors of targets, of endpoints' addresses that are refused, and of a mail server that refuses for good.
bool may_pass(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
    case Code::kPermissionDenied:
    case Code::kInvalidArgument:
    case Code::kTooLarge:
    case Code::kUnsupported:
    case Code::kFailedPrecondition:
      return false;
    default:
      return true;
  }
}

}  // namespace

// What goes inside is done when it is begun, so the number only bounds a transaction. A request or mail holds a socket (of the 1,024 that systems let a
// process have by default), some 200 KB of libcurl's and the message twice, as it is and as it is sent.
const std::array<Deliverer::Budget, Deliverer::kWays> Deliverer::kBudgets{{{.deliveries = 100, .bytes = 64 << 20},    // kInside
                                                                           {.deliveries = 256, .bytes = 64 << 20},    // kWeb
                                                                           {.deliveries = 32, .bytes = 16 << 20},     // kMail
                                                                           {.deliveries = 64, .bytes = 16 << 20}}};  // kSilent

void Deliverer::Inbox::add(Outcome outcome) {
  {
    const std::lock_guard lock(mutex);
    outcomes.push_back(std::move(outcome));
  }
  changed.notify_all();
}

Deliverer::Deliverer(const Parts& parts) : parts_(parts) {
  parts_.topics.on_published([inbox = inbox_](const std::vector<std::string>& who) {
    {
      const std::lock_guard lock(inbox->mutex);
      inbox->published.insert(inbox->published.end(), who.begin(), who.end());
    }
    inbox->changed.notify_all();
  });
}

Deliverer::~Deliverer() { stop(); }

Status Deliverer::prepare(const Links& links) {
  links_ = links;
  EYRIE_TRY(const auto waiting, parts_.outbox.waiting());
  for (const store::Waiting& each : waiting) lanes_[each.subscriber].due_ms = each.due_ms;
  return {};
}

Status Deliverer::start(const Links& links) {
  EYRIE_CHECK_OK(prepare(links));
  thread_ = std::thread([this] { run(); });
  return {};
}

void Deliverer::stop() {
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->stopping = true;
  }
  inbox_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Deliverer::run() {
  while (true) {
    const milliseconds idle = step();
    std::unique_lock lock(inbox_->mutex);
    inbox_->changed.wait_for(lock, idle, [this] { return inbox_->stopping || !inbox_->published.empty() || !inbox_->outcomes.empty(); });
    if (inbox_->stopping) break;
  }
  // What arrives now would else be sent again after the next start.
  const auto end = std::chrono::steady_clock::now() + kDrainTime;
  while (on_way() > 0 && std::chrono::steady_clock::now() < end) {
    {
      std::unique_lock lock(inbox_->mutex);
      inbox_->changed.wait_until(lock, end, [this] { return !inbox_->outcomes.empty(); });
    }
    hear();
    if (!settle()) break;
  }
}

milliseconds Deliverer::step() {
  hear();
  if (!settle()) return kAfterStoreFailure;
  const std::int64_t now = parts_.clock.now_ms();
  follow_clock(now);
  if (now - forgot_ms_ >= kForgetEveryMs) {
    forgot_ms_ = now;
    if (const Status forgot = parts_.topics.forget_expired(); !forgot) log_error("expired subscriptions stay", {{"error", forgot.error().message}});
    std::erase_if(silent_, [this](const std::string& subscriber) { return parts_.topics.addressee(subscriber) == nullptr; });
  }
  // Each round goes on behind the last lane that was served, so that all come to their turn where there are more than may be on their way.
  std::array<std::vector<std::string>, kWays> due;
  for (auto& [subscriber, lane] : lanes_) {
    if (lane.due_ms <= now && lane.free_ms <= static_cast<double>(now)) due[way_of(subscriber, lane)].push_back(subscriber);
  }
  for (std::size_t way = 0; way < kWays; ++way) {
    std::string& last_lane = traffic_[way].last_lane;
    std::ranges::rotate(due[way], std::ranges::upper_bound(due[way], last_lane));
    for (const std::string& subscriber : due[way]) {
      Lane& lane = lanes_[subscriber];
      if (room_for(subscriber, lane) == 0) continue;
      begin_due(subscriber, lane);
      last_lane = subscriber;
    }
  }
  milliseconds idle = kLongestWait;
  for (auto& [subscriber, lane] : lanes_) {
    if (room_for(subscriber, lane) == 0) continue;
    const double at = std::max(static_cast<double>(lane.due_ms), lane.free_ms);
    idle = std::min(idle, milliseconds(static_cast<std::int64_t>(std::clamp(at - static_cast<double>(now) + 1, 0.0, 60'000.0))));
  }
  return idle;
}

void Deliverer::follow_clock(std::int64_t now_ms) {
  const auto steady = std::chrono::steady_clock::now();
  const auto elapsed = std::chrono::duration_cast<milliseconds>(steady - last_step_).count();
  const bool moved = last_ms_ != 0 && std::abs(now_ms - last_ms_ - elapsed) > kClockMoved_ms;
  last_ms_ = now_ms;
  last_step_ = steady;
  if (!moved) return;
  std::vector<std::string> subscribers;
  for (auto& [subscriber, lane] : lanes_) {
    lane.free_ms = 0;
    subscribers.push_back(subscriber);
  }
  for (const std::string& subscriber : subscribers) refresh(subscriber);
  forgot_ms_ = std::min(forgot_ms_, now_ms);
}

void Deliverer::hear() {
  std::vector<std::string> published;
  {
    const std::lock_guard lock(inbox_->mutex);
    published.swap(inbox_->published);
    ended_.insert(ended_.end(), std::make_move_iterator(inbox_->outcomes.begin()), std::make_move_iterator(inbox_->outcomes.end()));
    inbox_->outcomes.clear();
  }
  const std::int64_t now = parts_.clock.now_ms();
  for (const std::string& subscriber : published) {
    const auto [lane, is_new] = lanes_.try_emplace(subscriber);
    lane->second.due_ms = is_new ? now : std::min(lane->second.due_ms, now);
  }
}

bool Deliverer::settle() {
  if (ended_.empty()) return true;
  std::vector<store::Settlement> settlements;
  for (const Outcome& outcome : ended_) settlements.push_back(settlement_of(outcome));
  if (const Status settled = parts_.outbox.settle(settlements); !settled) {
    log_error("deliveries cannot be settled", {{"error", settled.error().message}});
    return false;
  }
  std::vector<Outcome> ended;
  ended.swap(ended_);
  for (const Outcome& outcome : ended) {
    const Job& job = *outcome.job;
    const std::string& subscriber = job.delivery.subscriber;
    Traffic& traffic = traffic_[job.way];
    --traffic.on_way;
    traffic.bytes -= job.bytes;
    std::erase(lanes_[subscriber].on_way, job.delivery.id);
    if (outcome.silent) {
      silent_.insert(subscriber);
    } else {
      silent_.erase(subscriber);
    }
  }
  for (const Outcome& outcome : ended) refresh(outcome.job->delivery.subscriber);
  return true;
}

// When the lane's next delivery is due; a lane without any goes.
void Deliverer::refresh(const std::string& subscriber) {
  const auto lane = lanes_.find(subscriber);
  if (lane == lanes_.end()) return;
  const auto next = parts_.outbox.next_due(subscriber, lane->second.on_way);
  if (!next) {
    log_error("the outbox cannot be read", {{"error", next.error().message}});
    lane->second.due_ms = parts_.clock.now_ms() + kAfterStoreFailure.count();
    return;
  }
  if (*next) {
    lane->second.due_ms = **next;
  } else if (lane->second.on_way.empty()) {
    lanes_.erase(lane);
  } else {
    lane->second.due_ms = INT64_MAX;
  }
}

store::Settlement Deliverer::settlement_of(const Outcome& outcome) {
  const Job& job = *outcome.job;
  if (outcome.status) {
    count(outcome, "delivered");
    return {.id = job.delivery.id, .again_ms = std::nullopt, .reason = ""};
  }
  const auto wait = policy_of(*job.subscription).retry.wait(job.delivery.attempts + 1);
  if (!outcome.again || !wait) return give_up(outcome);
  count(outcome, "retried");
  return {.id = job.delivery.id, .again_ms = parts_.clock.now_ms() + wait->count(), .reason = outcome.status.error().message};
}

store::Settlement Deliverer::give_up(const Outcome& outcome) {
  const Job& job = *outcome.job;
  const Subscription& subscription = *job.subscription;
  const std::string& reason = outcome.status.error().message;
  if (!subscription.dead_letter.empty() && job.message.type == Message::Type::kNotification) {
    const auto topic = parts_.topics.topic(subscription.topic);
    const std::string body = subscription.raw || !topic ? job.message.text_for(subscription.protocol) : render_json(job.message, subscription, rendering(**topic));
    const Status sent = parts_.targets.send(subscription.dead_letter, body, job.message.attributes, {.topic_arn = topic_arn(subscription.topic), .trace = job.message.trace});
    if (sent) {
      count(outcome, "dead_letter");
      return {.id = job.delivery.id, .again_ms = std::nullopt, .reason = reason};
    }
    log_error("a dead letter cannot be sent", {{"queue", subscription.dead_letter}, {"error", sent.error().message}});
    if (may_pass(sent.error())) return {.id = job.delivery.id, .again_ms = parts_.clock.now_ms() + kDeadLetterRetryMs, .reason = reason};
  }
  count(outcome, "lost");
  log_warning("a message was not delivered", {{"subscription", subscription.arn()}, {"message", job.message.id}, {"attempts", job.delivery.attempts + 1}, {"reason", reason}});
  return {.id = job.delivery.id, .again_ms = std::nullopt, .reason = reason};
}

Deliverer::Way Deliverer::way_of(const std::string& subscriber, Lane& lane) const {
  if (!lane.way) {
    const SubscriptionPtr subscription = parts_.topics.addressee(subscriber);
    if (subscription == nullptr) return kInside;  // nothing will be sent
    lane.way = is_web(*subscription) ? kWeb : is_mail(*subscription) ? kMail : kInside;
  }
  return silent_.contains(subscriber) ? kSilent : *lane.way;
}

std::size_t Deliverer::room_for(const std::string& subscriber, Lane& lane) const {
  const Way way = way_of(subscriber, lane);
  const Budget& budget = kBudgets[way];
  const Traffic& traffic = traffic_[way];
  if (traffic.on_way >= budget.deliveries || traffic.bytes >= budget.bytes) return 0;
  // Whoever does not answer yet has all that was given to it for long: where half is given away, the rest goes to as many as possible.
  const bool scarce = way == kSilent || (way != kInside && 2 * traffic.on_way >= budget.deliveries);
  const std::size_t share = scarce ? 1 : kOnWayToOne;
  return std::min(share - std::min(share, lane.on_way.size()), budget.deliveries - traffic.on_way);
}

std::size_t Deliverer::on_way() const {
  std::size_t all = 0;
  for (const Traffic& traffic : traffic_) all += traffic.on_way;
  return all;
}

void Deliverer::begin_due(const std::string& subscriber, Lane& lane) {
  const std::int64_t now = parts_.clock.now_ms();
  const Way way = way_of(subscriber, lane);
  std::size_t room = room_for(subscriber, lane);
  const SubscriptionPtr subscription = parts_.topics.addressee(subscriber);
  if (subscription == nullptr) {  // a process before died between the two
    if (const Status dropped = parts_.outbox.drop(subscriber); !dropped) log_error("the outbox cannot be written", {{"error", dropped.error().message}});
    return refresh(subscriber);
  }
  const EffectivePolicy policy = policy_of(*subscription);
  if (policy.per_second) {
    room = std::min<std::size_t>(room, 1);
    lane.free_ms = static_cast<double>(now) + 1000 / *policy.per_second;
  }
  if (room == 0) return;
  auto due = parts_.outbox.due(subscriber, now, room, lane.on_way);
  if (!due) {
    log_error("the outbox cannot be read", {{"subscription", subscriber}, {"error", due.error().message}});
    lane.due_ms = now + kLongestWait.count();
    return;
  }
  for (store::Delivery& delivery : *due) begin(std::move(delivery), lane, way);
  refresh(subscriber);
}

void Deliverer::begin(store::Delivery delivery, Lane& lane, Way way) {
  const std::string content = std::exchange(delivery.content, {});
  auto job = std::make_shared<Job>(Job{.delivery = std::move(delivery), .message = {}, .subscription = nullptr, .way = way, .bytes = content.size()});
  job->subscription = parts_.topics.addressee(job->delivery.subscriber);
  if (job->subscription == nullptr) return;  // dropped meanwhile, with this
  ++traffic_[way].on_way;
  traffic_[way].bytes += job->bytes;
  lane.on_way.push_back(job->delivery.id);
  auto message = read_message(content);
  if (!message) return inbox_->add({.job = job, .status = fail(message.error()), .again = false});
  job->message = std::move(*message);
  // Who has confirmed needs no token, and who has not, or has left, nothing else.
  const bool wanted = (job->message.type == Message::Type::kNotification) == job->subscription->confirmed();
  const auto topic = parts_.topics.topic(job->subscription->topic);
  if (!wanted || !topic) return inbox_->add({.job = job, .status = {}, .again = false});
  send(job, *topic);
}

void Deliverer::send(const std::shared_ptr<const Job>& job, const TopicPtr& topic) {
  const Subscription& subscription = *job->subscription;
  const Rendering how = rendering(*topic);
  if (is_web(subscription)) {
    const EffectivePolicy policy = policy_of(subscription);
    return parts_.client.send(render_http(job->message, subscription, policy.content_type, how), [inbox = inbox_, job](const Result<net::ClientResponse>& response) {
      if (!response) return inbox->add({.job = job, .status = fail(response.error()), .again = may_pass(response.error()), .silent = may_pass(response.error())});
      const int status = response->status;
      if (status >= 200 && status < 300) return inbox->add({.job = job, .status = {}});
      inbox->add({.job = job, .status = fail(Code::kUnavailable, "the endpoint answered " + std::to_string(status)), .again = status == 429 || status >= 500 || status < 200});
    });
  }
  if (is_mail(subscription)) {
    if (parts_.mail.url.empty()) return inbox_->add({.job = job, .status = fail(Code::kUnavailable, "no mail server is configured"), .again = true});
    return parts_.client.send_mail(parts_.mail, render_mail(job->message, *topic, subscription, parts_.mail.from, how), [inbox = inbox_, job](const Status& sent) {
      const bool passes = !sent && may_pass(sent.error());
      inbox->add({.job = job, .status = sent, .again = passes, .silent = passes});
    });
  }
  const Sender sender{.topic_arn = topic->arn(), .trace = job->message.trace};
  Status sent;
  if (subscription.protocol == "lambda") {
    sent = parts_.targets.invoke(subscription.endpoint, render_event(job->message, subscription, how), job->message.id, sender);
  } else {
    sent = subscription.raw ? parts_.targets.send(subscription.endpoint, job->message.text_for("sqs"), job->message.attributes, sender)
                            : parts_.targets.send(subscription.endpoint, render_json(job->message, subscription, how), {}, sender);
  }
  inbox_->add({.job = job, .status = sent, .again = !sent && may_pass(sent.error())});
}

Rendering Deliverer::rendering(const Topic& topic) const {
  return {.signer = parts_.signer, .links = links_, .signature_version = topic.signature_version.empty() ? "1" : topic.signature_version};
}

EffectivePolicy Deliverer::policy_of(const Subscription& subscription) const {
  if (is_mail(subscription)) return {.retry = RetryPolicy::mail()};
  if (!is_web(subscription)) return {.retry = RetryPolicy::inside()};
  const auto topic = parts_.topics.topic(subscription.topic);
  return effective_policy(topic ? (*topic)->delivery.get() : nullptr, subscription.delivery.get());
}

void Deliverer::count(const Outcome& outcome, const char* how) {
  parts_.metrics
      .counter("eyrie_topic_deliveries_total", "Deliveries of messages to subscribers of topics, by how they ended",
               {{"protocol", outcome.job->subscription->protocol}, {"outcome", how}})
      .add();
}

}  // namespace eyrie::notify::topics
