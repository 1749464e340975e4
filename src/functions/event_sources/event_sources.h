// Event source mappings, and what serves them: a thread for each that is enabled receives messages, and one more for each invocation at work.
//
// A message is deleted once its function has answered without an error; else it is seen again when its visibility timeout is over, and the queue's
// redrive policy counts. So a message is delivered at least once, whatever is killed. Where a function is throttled, its messages wait as long as they
// are hidden for, which keeps no other mapping from its own, and the mapping receives no more before the next try. While a batch is gathered its messages
// are hidden; the queue's visibility timeout counts from when it is whole. Messages are received in the name of the function's role, whose rights are
// asked for at set-up and with every batch.
// Mappings are kept as sealed records. Thread safety: all of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "functions/event_sources/event_source.h"
#include "store/record_store.h"

namespace eyrie::functions {

// Whether a role (its ARN) may do something.
using RoleRights = std::function<bool(const std::string& role, std::string_view action, const std::string& resource)>;

class EventSources {
 public:
  static constexpr std::size_t kMaxSources = 1000;

  struct Parts {
    store::RecordStore& records;
    DeployedFunctions& functions;
    notify::LocalQueues& queues;
    RoleRights may;
    unsigned concurrency = 16;  // invocations at work at once, of all mappings
    const Clock& clock = Clock::system();
  };
  // All must outlive it.
  static Result<std::unique_ptr<EventSources>> open(const Parts& parts);
  ~EventSources();  // stop()

  struct Known {
    EventSource source;
    std::string last_result;  // "OK", "PROBLEM: ..."
  };
  // Errors, messages in Lambda's words: kInvalidArgument, kNotFound, kAlreadyExists, those of the store.
  Result<Known> create(EventSource source);  // its id and time are given here
  Result<Known> find(const std::string& id) const;
  std::vector<Known> list() const;  // by id
  // One that is disabled then is not asked for its queue and its rights, unless it gets another function: what it was made of may be gone.
  Result<Known> update(const std::string& id, const std::function<void(EventSource&)>& change);
  Result<Known> remove(const std::string& id);

  void start();
  // No message is received any more.
  void stop_receiving();
  // The same, and waits for the invocations at work: end those first.
  void stop();

 private:
  struct Poller;
  explicit EventSources(const Parts& parts) : parts_(parts) {}

  Status check(const EventSource& source) const;
  Status check_role(const EventSource& source) const;
  Status save(const EventSource& source);
  void begin(const EventSource& source);  // under mutex_
  void end(const std::string& id);
  void poll(const std::shared_ptr<Poller>& poller);
  // Messages for one invocation; empty: none came, or it is over.
  Result<std::vector<notify::Delivery>> gather(Poller& poller);
  // Until there is room for an invocation. False where it is over first.
  bool await_room(Poller& poller);
  void deliver(Poller& poller, const std::vector<notify::Delivery>& deliveries);
  // Comes with a place at work and goes without one. Where the function is throttled it is tried again, as long as the messages are hidden with certainty.
  Result<DeployedFunctions::Invoked> invoke(Poller& poller, const Invocation& invocation);
  // False where it is over, or the time is, before there is one.
  bool take_place(Poller& poller, std::chrono::steady_clock::time_point until);
  // `quiet`: how long nothing is received for the mapping, since its function was throttled; nullopt: it was not.
  void leave_place(Poller& poller, std::optional<std::chrono::milliseconds> quiet);
  // False where it is over first.
  bool nap(Poller& poller, std::chrono::milliseconds time);
  void note(Poller& poller, std::string result);

  const Parts parts_;
  std::mutex changes_;  // one change of mappings at a time
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, EventSource> sources_;                 // guarded by mutex_
  std::map<std::string, std::string> results_;                 // guarded by mutex_
  std::map<std::string, std::shared_ptr<Poller>> pollers_;     // guarded by mutex_
  unsigned at_work_ = 0;                                       // guarded by mutex_: invocations, but not those that wait for their next try
  std::size_t delivering_ = 0;                                 // guarded by mutex_: threads that deliver
  bool running_ = false;                                       // guarded by mutex_
};

}  // namespace eyrie::functions
