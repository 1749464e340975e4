// Topics, who subscribes to them, and what is published: SNS's meaning, without its wire.
//
//   auto topics = Topics::open(store.records(), store.outbox(), targets, mails);
//   (*topics)->publish("detections", {{.subject = "Cat", .texts = {{"default", text}}}});   // on disk, with its deliveries, when it returns
//
// Topics and subscriptions are in memory whole, so a publication reads no disk; they are written through as sealed records. What becomes
// of the deliveries is Deliverer's part (deliverer.h).
//
// A subscription of http, https, email or email-json waits for its confirmation by the token that is sent to it, two days long; one of a queue or a function of
// this server is confirmed at once. Errors: kNotFound; kInvalidArgument, in SNS's words where they are known; kTooLarge - a quota; kUnsupported; those of the store.
// Source: Amazon SNS API reference, 2010-03-31. Thread safety: all of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/time/settled_clock.h"
#include "notify/topics/message.h"
#include "notify/topics/targets.h"
#include "store/outbox.h"
#include "store/record_store.h"

namespace eyrie::notify::topics {

struct TopicLimits {
  std::size_t topics = 10'000;
  std::size_t subscriptions = 100'000;
  std::size_t filters_of_topic = 200;
  std::size_t filters = 10'000;
};

struct Publication {
  std::optional<std::string> subject = {};
  std::map<std::string, std::string> texts;  // "default" and protocols
  Attributes attributes = {};
  std::string trace = {};  // what it comes of (base/trace/trace_cause.h); empty: not told
};

struct TopicCounts {
  std::size_t confirmed = 0, pending = 0, deleted = 0;
};

class Topics {
 public:
  static constexpr std::int64_t kTokenLifeMs = 2LL * 24 * 3600 * 1000;

  // All must outlive it. `mails`: whether there is a server for mail.
  static Result<std::unique_ptr<Topics>> open(store::RecordStore& records, store::Outbox& outbox, const Targets& targets, bool mails,
                                              const Clock& clock = SettledClock::system(), const TopicLimits& limits = {});

  // --- topics ---
  // Called with the record that is there, or is to be made; an error refuses. `made`: whether it is new.
  using TopicChange = std::function<Status(Topic& topic, bool made)>;
  Result<TopicPtr> create(const std::string& name, const TopicChange& change);
  Status change(const std::string& name, const std::function<Status(Topic&)>& change);
  // With its subscriptions and what is on its way to them. No error where there is none.
  Status remove(const std::string& name);
  Result<TopicPtr> topic(const std::string& name) const;
  // In the order of names, those after `after`.
  std::vector<TopicPtr> topics(const std::string& after, std::size_t most) const;
  TopicCounts counts(const std::string& name) const;

  // --- subscriptions ---
  struct Subscribed {
    SubscriptionPtr subscription;
    bool confirmed = false;
  };
  // `wanted`: topic, protocol, endpoint, principal and what attributes say. The same subscription again is answered as it is (kInvalidArgument
  // where its attributes differ); where it is pending, its confirmation is sent again.
  Result<Subscribed> subscribe(Subscription wanted);
  // kInvalidArgument: no such token, or too old.
  Result<SubscriptionPtr> confirm(const std::string& topic, const std::string& token, bool authenticated);
  // `by_link`: whoever has the link does it. Then the end is told to the endpoint, with a token that takes it back; kPermissionDenied where it was
  // confirmed so that only signed requests end it. No error where there is none.
  Status unsubscribe(const std::string& id, bool by_link);
  Status change_subscription(const std::string& id, const std::function<Status(Subscription&)>& change);
  Result<SubscriptionPtr> subscription(const std::string& id) const;
  // One that was cancelled too; nullptr where there is none.
  SubscriptionPtr addressee(const std::string& id) const;
  // Of one topic, or of all where it is empty; in the order of ids, those after `after`.
  std::vector<SubscriptionPtr> subscriptions(const std::string& topic, const std::string& after, std::size_t most) const;

  // --- messages ---
  // All or none; answers the ids. `once`: see store/outbox.h; where it is not the time to say it, no ids.
  Result<std::vector<std::string>> publish(const std::string& topic, const std::vector<Publication>& publications, const std::optional<store::Once>& once = {});

  // Called with who has something new to get. Set before threads use it.
  void on_published(std::function<void(const std::vector<std::string>&)> told) { told_ = std::move(told); }
  // Subscriptions that were not confirmed in time, and cancelled ones that nobody took back, go.
  Status forget_expired();

 private:
  Topics(store::RecordStore& records, store::Outbox& outbox, const Targets& targets, bool mails, const Clock& clock, const TopicLimits& limits)
      : records_(records), outbox_(outbox), targets_(targets), mails_(mails), clock_(clock), limits_(limits) {}

  // Under change_mutex_: written to disk, then seen by all.
  Status put(Topic topic);
  Status put(Subscription subscription);
  Status drop(const std::vector<SubscriptionPtr>& gone, const std::string& topic);
  Status check_endpoint(const Subscription& wanted) const;
  Status check_quotas(const Subscription& wanted) const;
  SubscriptionPtr same_as(const Subscription& wanted) const;
  // Tells the endpoint of a subscription its token.
  Status send_token(const Subscription& subscription, Message::Type type);
  Status deliver(const std::vector<store::OutgoingMessage>& messages, const std::optional<store::Once>& once, bool& said);

  store::RecordStore& records_;
  store::Outbox& outbox_;
  const Targets& targets_;
  const bool mails_;
  const Clock& clock_;
  const TopicLimits limits_;
  std::function<void(const std::vector<std::string>&)> told_;
  std::mutex change_mutex_;         // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;
  std::map<std::string, TopicPtr> topics_;                                           // guarded by mutex_
  std::map<std::string, SubscriptionPtr> subscriptions_;                             // guarded by mutex_; by id
  std::map<std::string, std::map<std::string, SubscriptionPtr>> of_topic_;           // guarded by mutex_; the same
};

// As SNS wants it: 1 to 256 letters, digits, '-' and '_'.
bool is_topic_name(std::string_view name);

}  // namespace eyrie::notify::topics
