#include "notify/topics/topics.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"

namespace eyrie::notify::topics {
namespace {

using State = Subscription::State;

constexpr std::size_t kMaxEndpoint = 2048;
constexpr std::size_t kTokenBytes = 32;

std::string new_token() {
  Bytes bytes(kTokenBytes);
  fill_random(bytes);
  return hex_encode(bytes);
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 320) return false;
  return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"' && c != '\\'; });
}

std::unexpected<Error> bad(const std::string& reason) { return fail(Code::kInvalidArgument, reason); }

bool same_attributes(const Subscription& a, const Subscription& b) {
  return a.raw == b.raw && a.scope == b.scope && a.filter.text == b.filter.text && a.delivery.text == b.delivery.text && a.dead_letter == b.dead_letter;
}

bool inside(const Subscription& subscription) { return subscription.protocol == "sqs" || subscription.protocol == "lambda"; }

}  // namespace

bool is_topic_name(std::string_view name) {
  return !name.empty() && name.size() <= 256 &&
         std::ranges::all_of(name, [](unsigned char c) { return (std::isalnum(c) != 0 && c < 0x80) || c == '-' || c == '_'; });
}

Result<std::unique_ptr<Topics>> Topics::open(store::RecordStore& records, store::Outbox& outbox, const Targets& targets, bool mails,
                                             const Clock& clock, const TopicLimits& limits) {
  std::unique_ptr<Topics> opened(new Topics(records, outbox, targets, mails, clock, limits));
  EYRIE_TRY(const auto topics, records.records(kTopicKind));
  for (const store::Record& record : topics) {
    EYRIE_TRY(Topic topic, read_topic(record));
    opened->topics_[record.name] = std::make_shared<const Topic>(std::move(topic));
  }
  EYRIE_TRY(const auto subscriptions, records.records(kSubscriptionKind));
  for (const store::Record& record : subscriptions) {
    EYRIE_TRY(Subscription subscription, read_subscription(record));
    const auto shared = std::make_shared<const Subscription>(std::move(subscription));
    opened->subscriptions_[record.name] = shared;
    opened->of_topic_[shared->topic][record.name] = shared;
  }
  return opened;
}

Status Topics::put(Topic topic) {
  EYRIE_CHECK_OK(records_.apply({{.kind = kTopicKind, .name = topic.name, .value = write_topic(topic)}}));
  const std::unique_lock lock(mutex_);
  const std::string name = topic.name;
  topics_[name] = std::make_shared<const Topic>(std::move(topic));
  return {};
}

Status Topics::put(Subscription subscription) {
  EYRIE_CHECK_OK(records_.apply({{.kind = kSubscriptionKind, .name = subscription.id, .value = write_subscription(subscription)}}));
  const auto shared = std::make_shared<const Subscription>(std::move(subscription));
  const std::unique_lock lock(mutex_);
  subscriptions_[shared->id] = shared;
  of_topic_[shared->topic][shared->id] = shared;
  return {};
}

// Records first: a delivery whose subscription is gone is given up by whoever finds it.
Status Topics::drop(const std::vector<SubscriptionPtr>& gone, const std::string& topic) {
  std::vector<store::RecordChange> changes;
  for (const SubscriptionPtr& each : gone) changes.push_back({.kind = kSubscriptionKind, .name = each->id, .value = std::nullopt});
  if (!topic.empty()) changes.push_back({.kind = kTopicKind, .name = topic, .value = std::nullopt});
  if (changes.empty()) return {};
  EYRIE_CHECK_OK(records_.apply(changes));
  {
    const std::unique_lock lock(mutex_);
    for (const SubscriptionPtr& each : gone) {
      subscriptions_.erase(each->id);
      of_topic_[each->topic].erase(each->id);
    }
    if (!topic.empty()) {
      topics_.erase(topic);
      of_topic_.erase(topic);
    }
  }
  for (const SubscriptionPtr& each : gone) EYRIE_CHECK_OK(outbox_.drop(each->id));
  return {};
}

Result<TopicPtr> Topics::create(const std::string& name, const TopicChange& change) {
  if (!is_topic_name(name)) return bad("Topic Name");
  const std::lock_guard changing(change_mutex_);
  const auto there = topic(name);
  Topic wanted = there ? **there : Topic{.name = name, .created_ms = clock_.now_ms()};
  EYRIE_CHECK_OK(change(wanted, !there));
  if (there) return *there;
  {
    const std::shared_lock lock(mutex_);
    if (topics_.size() >= limits_.topics) return fail(Code::kTooLarge, "Topic limit exceeded");
  }
  EYRIE_CHECK_OK(put(std::move(wanted)));
  return topic(name);
}

Status Topics::change(const std::string& name, const std::function<Status(Topic&)>& change) {
  const std::lock_guard changing(change_mutex_);
  EYRIE_TRY(const TopicPtr there, topic(name));
  Topic wanted = *there;
  EYRIE_CHECK_OK(change(wanted));
  return put(std::move(wanted));
}

Status Topics::remove(const std::string& name) {
  const std::lock_guard changing(change_mutex_);
  if (!topic(name)) return {};
  std::vector<SubscriptionPtr> gone;
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = of_topic_.find(name); found != of_topic_.end()) {
      for (const auto& [id, subscription] : found->second) gone.push_back(subscription);
    }
  }
  return drop(gone, name);
}

Result<TopicPtr> Topics::topic(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(name);
  if (found == topics_.end()) return fail(Code::kNotFound, "Topic does not exist");
  return found->second;
}

std::vector<TopicPtr> Topics::topics(const std::string& after, std::size_t most) const {
  const std::shared_lock lock(mutex_);
  std::vector<TopicPtr> found;
  for (auto at = topics_.upper_bound(after); at != topics_.end() && found.size() < most; ++at) found.push_back(at->second);
  return found;
}

TopicCounts Topics::counts(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  TopicCounts counts;
  const auto found = of_topic_.find(name);
  if (found == of_topic_.end()) return counts;
  for (const auto& [id, subscription] : found->second) {
    ++(subscription->state == State::kConfirmed ? counts.confirmed : subscription->state == State::kPending ? counts.pending : counts.deleted);
  }
  return counts;
}

Status Topics::check_endpoint(const Subscription& wanted) const {
  const std::string& protocol = wanted.protocol;
  const std::string& endpoint = wanted.endpoint;
  if (endpoint.empty() || endpoint.size() > kMaxEndpoint) return bad("Endpoint");
  if (protocol == "http" || protocol == "https") {
    if (!endpoint.starts_with(protocol + "://")) return bad("Endpoint must match the specified protocol");
    return net::is_http_url(endpoint) ? Status() : bad("Endpoint");
  }
  if (protocol == "email" || protocol == "email-json") {
    if (!mails_) return fail(Code::kUnsupported, "no mail server is configured ([mail] server), so nothing can be sent to " + protocol + " endpoints");
    return is_mail_address(endpoint) ? Status() : bad("Email address");
  }
  if (protocol == "sqs") {
    const Status there = targets_.check_queue(endpoint);
    return there ? there : bad("SQS endpoint ARN");
  }
  if (protocol == "lambda") {
    const Status there = targets_.check_function(endpoint);
    return there ? there : bad("Lambda endpoint ARN");
  }
  if (protocol == "sms" || protocol == "application" || protocol == "firehose") return fail(Code::kUnsupported, "Eyrie does not deliver by " + protocol);
  return bad("Does not support this protocol string: " + protocol.substr(0, 64));
}

Status Topics::check_quotas(const Subscription& wanted) const {
  const std::shared_lock lock(mutex_);
  if (subscriptions_.size() >= limits_.subscriptions) return fail(Code::kTooLarge, "Subscription limit exceeded");
  if (!wanted.filter) return {};
  const auto filtered = [](const auto& each) { return each.second->filter && each.second->state != State::kCancelled; };
  const auto of = of_topic_.find(wanted.topic);
  const bool full = of != of_topic_.end() && static_cast<std::size_t>(std::ranges::count_if(of->second, filtered)) >= limits_.filters_of_topic;
  if (full || static_cast<std::size_t>(std::ranges::count_if(subscriptions_, filtered)) >= limits_.filters)
    return fail(Code::kTooLarge, "Filter policy limit exceeded");
  return {};
}

SubscriptionPtr Topics::same_as(const Subscription& wanted) const {
  const std::shared_lock lock(mutex_);
  const auto of = of_topic_.find(wanted.topic);
  if (of == of_topic_.end()) return nullptr;
  for (const auto& [id, each] : of->second) {
    if (each->state != State::kCancelled && each->protocol == wanted.protocol && each->endpoint == wanted.endpoint) return each;
  }
  return nullptr;
}

Result<Topics::Subscribed> Topics::subscribe(Subscription wanted) {
  EYRIE_CHECK_OK(topic(wanted.topic));
  EYRIE_CHECK_OK(check_endpoint(wanted));
  if (wanted.raw && wanted.protocol != "http" && wanted.protocol != "https" && wanted.protocol != "sqs")
    return bad("Attributes Reason: RawMessageDelivery: Delivery protocol [" + wanted.protocol + "] does not support raw message delivery.");
  const std::lock_guard changing(change_mutex_);
  EYRIE_CHECK_OK(topic(wanted.topic));
  if (const SubscriptionPtr there = same_as(wanted)) {
    if (!same_attributes(*there, wanted)) return bad("Attributes Reason: Subscription already exists with different attributes");
    if (there->confirmed()) return Subscribed{.subscription = there, .confirmed = true};
    Subscription again = *there;
    again.token = new_token();
    again.token_ms = clock_.now_ms();
    EYRIE_CHECK_OK(put(again));
    EYRIE_CHECK_OK(send_token(again, Message::Type::kConfirmation));
    return Subscribed{.subscription = std::make_shared<const Subscription>(std::move(again))};
  }
  EYRIE_CHECK_OK(check_quotas(wanted));
  wanted.id = uuid_v4();
  wanted.created_ms = wanted.token_ms = clock_.now_ms();
  wanted.state = inside(wanted) ? State::kConfirmed : State::kPending;
  wanted.authenticated = inside(wanted);
  if (!inside(wanted)) wanted.token = new_token();
  EYRIE_CHECK_OK(put(wanted));
  if (!inside(wanted)) EYRIE_CHECK_OK(send_token(wanted, Message::Type::kConfirmation));
  return Subscribed{.subscription = std::make_shared<const Subscription>(wanted), .confirmed = wanted.confirmed()};
}

Result<SubscriptionPtr> Topics::confirm(const std::string& topic, const std::string& token, bool authenticated) {
  EYRIE_CHECK_OK(this->topic(topic));
  const std::lock_guard changing(change_mutex_);
  SubscriptionPtr found;
  {
    const std::shared_lock lock(mutex_);
    if (const auto of = of_topic_.find(topic); of != of_topic_.end() && !token.empty()) {
      for (const auto& [id, each] : of->second) {
        if (each->token == token) found = each;
      }
    }
  }
  if (found == nullptr) return bad("Invalid token");
  // Whoever visits the link again meets what it has done.
  if (found->confirmed()) return found;
  if (clock_.now_ms() - found->token_ms > kTokenLifeMs) return bad("Invalid token");
  Subscription confirmed = *found;
  confirmed.state = State::kConfirmed;
  confirmed.authenticated = authenticated;
  EYRIE_CHECK_OK(put(confirmed));
  return subscription(confirmed.id);
}

Status Topics::unsubscribe(const std::string& id, bool by_link) {
  const std::lock_guard changing(change_mutex_);
  const auto there = subscription(id);
  if (!there) return {};
  if (!by_link) return drop({*there}, "");
  if ((*there)->authenticated) return fail(Code::kPermissionDenied, "this subscription is ended by signed requests alone");
  Subscription cancelled = **there;
  cancelled.state = State::kCancelled;
  cancelled.token = new_token();
  cancelled.token_ms = clock_.now_ms();
  EYRIE_CHECK_OK(put(cancelled));
  EYRIE_CHECK_OK(outbox_.drop(id));
  return send_token(cancelled, Message::Type::kUnsubscribed);
}

Status Topics::change_subscription(const std::string& id, const std::function<Status(Subscription&)>& change) {
  const std::lock_guard changing(change_mutex_);
  EYRIE_TRY(const SubscriptionPtr there, subscription(id));
  Subscription wanted = *there;
  EYRIE_CHECK_OK(change(wanted));
  if (wanted.filter && !there->filter) EYRIE_CHECK_OK(check_quotas(wanted));
  return put(std::move(wanted));
}

Result<SubscriptionPtr> Topics::subscription(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end() || found->second->state == State::kCancelled) return fail(Code::kNotFound, "Subscription does not exist");
  return found->second;
}

SubscriptionPtr Topics::addressee(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = subscriptions_.find(id);
  return found == subscriptions_.end() ? nullptr : found->second;
}

std::vector<SubscriptionPtr> Topics::subscriptions(const std::string& topic, const std::string& after, std::size_t most) const {
  const std::shared_lock lock(mutex_);
  std::vector<SubscriptionPtr> found;
  const auto take = [&](const std::map<std::string, SubscriptionPtr>& from) {
    for (auto at = from.upper_bound(after); at != from.end() && found.size() < most; ++at) {
      if (at->second->state != State::kCancelled) found.push_back(at->second);
    }
  };
  if (topic.empty()) {
    take(subscriptions_);
  } else if (const auto of = of_topic_.find(topic); of != of_topic_.end()) {
    take(of->second);
  }
  return found;
}

Status Topics::deliver(const std::vector<store::OutgoingMessage>& messages, const std::optional<store::Once>& once, bool& said) {
  EYRIE_TRY(said, outbox_.publish(messages, clock_.now_ms(), once));
  if (!said || !told_) return {};
  std::set<std::string> who;
  for (const store::OutgoingMessage& message : messages) who.insert(message.subscribers.begin(), message.subscribers.end());
  if (!who.empty()) told_({who.begin(), who.end()});
  return {};
}

Status Topics::send_token(const Subscription& subscription, Message::Type type) {
  const Message message{.type = type, .id = uuid_v4(), .topic = subscription.topic, .texts = {{"default", ""}}, .time_ms = clock_.now_ms(), .token = subscription.token};
  bool said = false;
  return deliver({{.name = message.id, .content = write_message(message), .subscribers = {subscription.id}}}, std::nullopt, said);
}

Result<std::vector<std::string>> Topics::publish(const std::string& topic, const std::vector<Publication>& publications, const std::optional<store::Once>& once) {
  EYRIE_CHECK_OK(this->topic(topic));
  std::vector<SubscriptionPtr> confirmed;
  {
    const std::shared_lock lock(mutex_);
    if (const auto of = of_topic_.find(topic); of != of_topic_.end()) {
      for (const auto& [id, each] : of->second) {
        if (each->confirmed()) confirmed.push_back(each);
      }
    }
  }
  std::vector<store::OutgoingMessage> outgoing;
  std::vector<std::string> ids;
  for (const Publication& publication : publications) {
    const Message message{.id = uuid_v4(), .topic = topic, .subject = publication.subject, .texts = publication.texts, .attributes = publication.attributes, .time_ms = clock_.now_ms(), .trace = publication.trace};
    ids.push_back(message.id);
    store::OutgoingMessage& next = outgoing.emplace_back(store::OutgoingMessage{.name = message.id, .content = write_message(message), .subscribers = {}});
    for (const SubscriptionPtr& each : confirmed) {
      if (!each->filter || each->filter.get()->matches(message.attributes, message.text_for(each->protocol))) next.subscribers.push_back(each->id);
    }
  }
  bool said = false;
  EYRIE_CHECK_OK(deliver(outgoing, once, said));
  if (!said) ids.clear();
  return ids;
}

Status Topics::forget_expired() {
  const std::lock_guard changing(change_mutex_);
  std::vector<SubscriptionPtr> gone;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, each] : subscriptions_) {
      if (!each->confirmed() && clock_.now_ms() - each->token_ms > kTokenLifeMs) gone.push_back(each);
    }
  }
  return drop(gone, "");
}

}  // namespace eyrie::notify::topics
