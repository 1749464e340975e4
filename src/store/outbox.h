// Messages on their way to subscribers: durable from the moment they are published until each delivery is settled.
//
//   publish({message, ...})            one transaction: on disk, with a delivery for each subscriber, or nothing is
//   waiting()                          who has deliveries, and when the first of each is due
//   due(subscriber, now, most, ...)    deliveries to be tried, those that were due earliest first
//   settle({...})                      one transaction: done (delivered, or given up), or to be tried again later
//
// Nothing is leased: one process has the store, so whoever delivers knows what is in its hands, and after a crash every delivery that was
// not settled is due again: at least once. A message goes with its last delivery. Its content is sealed and opens only under its own name; names,
// subscribers, times and numbers of attempts are in the clear. Times are milliseconds since 1970.
// Errors: those of the database. Thread safety: all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::store {

struct OutgoingMessage {
  std::string name;  // unique: a UUID
  std::string content;
  std::vector<std::string> subscribers;
};

// Something is said once at most, and by one speaker not again within a time.
struct Once {
  std::string subject;          // what has been decided once is kept for 30 days
  std::string speaker;
  std::int64_t quiet_ms = 0;    // since the speaker's last word; 0: none
};

struct Delivery {
  std::int64_t id = 0;
  std::string subscriber;
  std::string content;          // empty: it was damaged on disk
  int attempts = 0;             // that failed
  std::int64_t created_ms = 0, due_ms = 0;
};

struct Waiting {
  std::string subscriber;
  std::int64_t due_ms = 0;
};

struct Settlement {
  std::int64_t id = 0;
  std::optional<std::int64_t> again_ms;  // when it is to be tried again; nullopt: it is over
  std::string reason;                    // why
};

class Outbox {
 public:
  virtual ~Outbox() = default;

  // False where `once` says that the word was said before, or that it is the time to be quiet; nothing is published then.
  virtual Result<bool> publish(const std::vector<OutgoingMessage>& messages, std::int64_t now_ms, const std::optional<Once>& once = {}) = 0;
  virtual Result<std::vector<Waiting>> waiting() = 0;
  // But for those whose ids are in `without`.
  virtual Result<std::vector<Delivery>> due(const std::string& subscriber, std::int64_t now_ms, std::size_t most,
                                            const std::vector<std::int64_t>& without) = 0;
  // When the first of the subscriber's deliveries but for these is due; nullopt: there is none.
  virtual Result<std::optional<std::int64_t>> next_due(const std::string& subscriber, const std::vector<std::int64_t>& without) = 0;
  virtual Status settle(const std::vector<Settlement>& settlements) = 0;
  // All deliveries to the subscriber are over.
  virtual Status drop(const std::string& subscriber) = 0;
  virtual Result<std::uint64_t> pending() = 0;  // deliveries
};

}  // namespace eyrie::store
