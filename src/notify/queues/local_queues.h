// The queues that are here: Queues for other services, and all that SQS's API does.
//
// Definitions are in memory whole and written through; messages are store::MessageStore's. Who may is not asked here, but for services (Publisher).
// Standard queues only: at least once, no order promised. A message that was received as often as the queue's redrive policy allows goes to
// the dead letters instead of out. Whoever waits for a message holds a thread; at most `max_waiting` do, others get what there is at once.
// Source: SQS developer guide; API reference. Thread safety: all of it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/time/settled_clock.h"
#include "notify/queues/message.h"
#include "notify/queues/queue_definition.h"

namespace eyrie::notify {

// As it was at one moment.
struct Queue {
  QueueDefinition definition;
  store::StorageId storage = 0;
};
using QueuePtr = std::shared_ptr<const Queue>;

struct Delivery {
  Message message;
  std::string message_id, receipt_handle;
  std::int64_t sent_ms = 0, first_received_ms = 0;
  int received = 0;
  std::string dead_letter_source;  // ARN; empty: none
};

struct ReceiveRequest {
  std::size_t most = 1;                    // 1 to 10
  std::optional<int> visibility_s = {};    // nullopt: the queue's
  std::chrono::milliseconds wait{0};       // for the first message
  std::function<bool()> cancelled = {};    // asked while it waits; empty: never
  bool own_thread = false;                 // not among those that max_waiting bounds
};

class LocalQueues final : public Queues {
 public:
  struct Options {
    std::size_t max_waiting = 128;
    const Clock* clock = &SettledClock::system();
  };
  // `messages` must outlive it.
  static Result<std::unique_ptr<LocalQueues>> open(store::MessageStore& messages, const Options& options);
  ~LocalQueues() override;

  // --- queues ---
  // One that is there with the same of the attributes told is answered as it is.
  QueueOutcome<QueuePtr> create(const std::string& name, const QueueTexts& attributes, const QueueTexts& tags);
  QueueOutcome<QueuePtr> find(const std::string& name) const;
  std::vector<QueuePtr> list() const;  // by name
  QueueOutcome<void> remove(const std::string& name);
  QueueOutcome<void> purge(const std::string& name);
  // `change` works on a copy, which takes the queue's place once it is on disk.
  QueueOutcome<void> change(const std::string& name, const std::function<QueueOutcome<void>(QueueDefinition&)>& change);
  QueueOutcome<void> set(const std::string& name, const QueueTexts& attributes);
  QueueOutcome<store::MessageCounts> counts(const std::string& name);
  // With the counts of messages.
  QueueOutcome<QueueTexts> attributes(const std::string& name);
  std::vector<QueuePtr> dead_letter_sources(const std::string& name) const;

  // --- messages ---
  // Answers ids, in the messages' order; with one sync.
  std::vector<QueueOutcome<std::string>> send_all(const std::string& name, std::span<const Message> messages);
  QueueOutcome<std::vector<Delivery>> receive(const std::string& name, const ReceiveRequest& request);
  std::vector<QueueOutcome<void>> remove_messages(const std::string& name, std::span<const std::string> handles);
  struct Hiding {
    std::string handle;
    int seconds = 0;
  };
  std::vector<QueueOutcome<void>> hide(const std::string& name, std::span<const Hiding> hidings);

  // --- Queues and Publisher ---
  bool takes(std::string_view arn) const override;
  Status may_send(const std::string& arn, const ServiceCall& call) const override;
  Status publish(const std::string& arn, const Publication& publication, const ServiceCall& call) override;
  bool exists(const std::string& arn) const override;
  std::vector<Result<std::string>> send(std::span<const Parcel> parcels) override;

  // Removes what is older than its queue keeps, and what deleted and emptied queues left. As much as there is.
  void tidy();
  // Does so every minute, and after a queue was deleted or emptied.
  void start();
  // Ends start()'s thread and all waiting, now and from now on.
  void stop();

 private:
  LocalQueues(store::MessageStore& messages, const Options& options) : messages_(messages), options_(options) {}

  std::int64_t now_ms() const { return options_.clock->now_ms(); }
  std::int64_t oldest_ms(const Queue& queue) const { return now_ms() - 1000LL * queue.definition.retention_s; }
  // With its messages' sizes and characters checked.
  QueueOutcome<store::NewMessage> to_store(const Queue& queue, const Message& message) const;
  QueueOutcome<std::vector<Delivery>> receive_now(const Queue& queue, const ReceiveRequest& request);
  // Where dead letters of the queue go; nullptr: nowhere.
  QueuePtr dead_letters_of(const Queue& queue) const;
  // Until a message may be there. False: nothing comes any more.
  bool wait(const Queue& queue, std::uint64_t seen, std::chrono::steady_clock::time_point until, const std::function<bool()>& cancelled);
  QueueOutcome<void> check_dead_letters(const QueueDefinition& queue) const;
  QueueOutcome<store::MessageReceipt> receipt_of(const Queue& queue, const std::string& handle) const;
  void put(const std::string& name, QueuePtr queue);  // nullptr: it is gone
  void signal(store::StorageId storage);
  void keep_tidy();

  store::MessageStore& messages_;
  const Options options_;
  std::mutex changes_;  // one change of definitions at a time
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, QueuePtr> queues_;              // guarded by mutex_
  std::map<store::StorageId, std::uint64_t> signals_;   // guarded by mutex_: messages that came, counted, of storages that queues name
  std::size_t waiting_ = 0;                             // guarded by mutex_
  bool stopped_ = false;                                // guarded by mutex_
  bool untidy_ = false;                                 // guarded by mutex_
  std::condition_variable tidier_wake_;
  std::thread tidier_;
};

}  // namespace eyrie::notify
