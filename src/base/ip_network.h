// Addresses of both of IP's families as one: IPv4 as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2). Thread-safe: pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace eyrie {

using IpAddress = std::array<std::uint8_t, 16>;

// An address and how many of its first bits count: 96 more than written, of one of IPv4.
struct IpNetwork {
  IpAddress address{};
  unsigned bits = 128;
};

// ::ffff:0:0/96, where all addresses of IPv4 are.
inline constexpr IpNetwork kIpv4{.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, .bits = 96};

inline bool is_in(const IpAddress& address, const IpNetwork& network) {
  const unsigned bytes = network.bits / 8, rest = network.bits % 8;
  if (!std::equal(address.begin(), address.begin() + bytes, network.address.begin())) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
  return (address[bytes] & mask) == (network.address[bytes] & mask);
}

}  // namespace eyrie
