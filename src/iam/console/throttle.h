// Slows down who tries passwords: after some failures each further one makes the next wait twice as long, up to a bound. Counted by the name
// that is tried and by the address it is tried from, whichever makes wait longer. Names are counted whether anybody has them or not, so
// waiting tells nothing about them.
//
// Each try counts as failed from its beginning, so many at once gain nothing; succeeded() takes that back. What a name has failed is
// forgotten when it succeeds; of an address only the try itself is taken back, or who has one account could try others' for ever.
//
// An address is an IPv4 address or the first 64 bits of an IPv6 one. The tables are bounded: where one is full, the entry with the fewest
// failures goes, the oldest of those. All is forgotten at a restart. Thread safety: all of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/time/clock.h"

namespace eyrie::iam::console {

class Throttle {
 public:
  struct Limits {
    int free_a_name = 5;  // failures that cost nothing
    int free_an_address = 20;
    // A stranger who fails on purpose must not keep a name's owner out for long; an address has no owner.
    std::chrono::milliseconds longest_a_name = std::chrono::minutes(2);
    std::chrono::milliseconds longest_an_address = std::chrono::minutes(15);
    std::chrono::milliseconds forgotten = std::chrono::hours(1);  // after the last failure
    std::size_t entries = 4096;                                   // of names, and as many of addresses
  };
  Throttle(const Clock& clock, const Limits& limits) : clock_(clock), limits_(limits) {}
  explicit Throttle(const Clock& clock = Clock::system()) : Throttle(clock, Limits()) {}

  // Zero: the try may be made, and counts. Else how long to wait, and nothing was counted.
  std::chrono::milliseconds admit(const std::string& name, const std::string& address);
  void succeeded(const std::string& name, const std::string& address);
  // Neither failed nor succeeded: it was not looked at.
  void withdraw(const std::string& name, const std::string& address);

 private:
  struct Entry {
    int failures = 0;
    std::int64_t last_ms = 0;   // of the failures
    std::int64_t until_ms = 0;  // no try before
  };
  using Table = std::map<std::string, Entry>;
  Entry& entry_of(Table& table, const std::string& key, std::int64_t now) const;
  void count(Entry& entry, int free, std::chrono::milliseconds longest, std::int64_t now) const;
  static void take_back(Table& table, const std::string& key);

  const Clock& clock_;
  const Limits limits_;
  std::mutex mutex_;
  Table names_, addresses_;  // guarded by mutex_
};

}  // namespace eyrie::iam::console
