#include "iam/console/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/encoding.h"
#include "iam/policy/condition_values.h"

namespace eyrie::iam::console {
namespace {

constexpr std::int64_t kFirstWaitMs = 1000;
constexpr std::size_t kMaxName = 64;

// Longer names are nobody's.
std::string name_key(const std::string& name) {
  return lower_case(name.substr(0, kMaxName));
}

// One who has an IPv6 network has 2^64 addresses of it.
std::string address_key(const std::string& address) {
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return address;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  const std::size_t told = std::memcmp(parsed.s6_addr, kMapped.data(), kMapped.size()) == 0 ? 16 : 8;
  return hex_encode({parsed.s6_addr, told});
}

}  // namespace

Throttle::Entry& Throttle::entry_of(Table& table, const std::string& key, std::int64_t now) const {
  const auto found = table.find(key);
  if (found != table.end()) {
    if (now - found->second.last_ms >= limits_.forgotten.count()) found->second = {};
    return found->second;
  }
  if (table.size() >= limits_.entries) {
    std::erase_if(table, [&](const auto& entry) { return now - entry.second.last_ms >= limits_.forgotten.count(); });
  }
  if (table.size() >= limits_.entries) {
    table.erase(std::ranges::min_element(table, {}, [](const auto& entry) { return std::pair(entry.second.failures, entry.second.last_ms); }));
  }
  return table[key];
}

void Throttle::count(Entry& entry, int free, std::chrono::milliseconds longest, std::int64_t now) const {
  ++entry.failures;
  entry.last_ms = now;
  if (entry.failures <= free) return;
  const int doublings = std::min(entry.failures - free - 1, 30);
  entry.until_ms = now + std::min<std::int64_t>(kFirstWaitMs << doublings, longest.count());
}

std::chrono::milliseconds Throttle::admit(const std::string& name, const std::string& address) {
  const std::int64_t now = clock_.now_ms();
  const std::lock_guard lock(mutex_);
  Entry& of_address = entry_of(addresses_, address_key(address), now);
  Entry& of_name = entry_of(names_, name_key(name), now);
  const std::int64_t until = std::max(of_name.until_ms, of_address.until_ms);
  if (until > now) return std::chrono::milliseconds(until - now);
  count(of_address, limits_.free_an_address, limits_.longest_an_address, now);
  count(of_name, limits_.free_a_name, limits_.longest_a_name, now);
  return {};
}

void Throttle::take_back(Table& table, const std::string& key) {
  const auto found = table.find(key);
  if (found == table.end()) return;
  found->second.failures = std::max(0, found->second.failures - 1);
  found->second.until_ms = 0;
}

void Throttle::succeeded(const std::string& name, const std::string& address) {
  const std::lock_guard lock(mutex_);
  names_.erase(name_key(name));
  take_back(addresses_, address_key(address));
}

void Throttle::withdraw(const std::string& name, const std::string& address) {
  const std::lock_guard lock(mutex_);
  take_back(names_, name_key(name));
  take_back(addresses_, address_key(address));
}

}  // namespace eyrie::iam::console
