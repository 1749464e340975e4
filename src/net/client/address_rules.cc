#include "net/client/address_rules.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>

#include "base/ip_network.h"

namespace eyrie::net {
namespace {

constexpr IpNetwork v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, unsigned bits) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}, 96 + bits};
}

constexpr IpNetwork v6(std::uint16_t first, std::uint16_t second, unsigned bits, std::uint8_t last = 0) {
  IpNetwork range{.address = {}, .bits = bits};
  range.address[0] = static_cast<std::uint8_t>(first >> 8);
  range.address[1] = static_cast<std::uint8_t>(first & 0xFF);
  range.address[2] = static_cast<std::uint8_t>(second >> 8);
  range.address[3] = static_cast<std::uint8_t>(second & 0xFF);
  range.address[15] = last;
  return range;
}

constexpr IpNetwork kMapped = v4(0, 0, 0, 0, 0);
constexpr IpNetwork kLoopback[] = {v4(127, 0, 0, 0, 8), v6(0, 0, 128, 1)};
// Also where clouds other than AWS have their metadata, and AWS in IPv6.
constexpr IpNetwork kNever[] = {v4(0, 0, 0, 0, 8),         v4(169, 254, 0, 0, 16), v4(224, 0, 0, 0, 4),    v4(255, 255, 255, 255, 32), v4(100, 100, 100, 200, 32),
                            v4(168, 63, 129, 16, 32),  v4(192, 0, 0, 192, 32), v6(0, 0, 128),          v6(0xFE80, 0, 10),          v6(0xFD00, 0x0EC2, 32),
                            v6(0xFF00, 0, 8)};
constexpr IpNetwork kNotPublic[] = {v4(10, 0, 0, 0, 8),    v4(100, 64, 0, 0, 10),  v4(172, 16, 0, 0, 12),   v4(192, 0, 0, 0, 24),    v4(192, 0, 2, 0, 24), v4(192, 168, 0, 0, 16),
                                v4(198, 18, 0, 0, 15), v4(198, 51, 100, 0, 24), v4(203, 0, 113, 0, 24), v4(240, 0, 0, 0, 4),     v6(0xFC00, 0, 7),     v6(0xFEC0, 0, 10),
                                v6(0x2001, 0x0DB8, 32), v6(0x0100, 0, 64)};

bool is_in_any(const IpAddress& address, std::span<const IpNetwork> ranges) {
  return std::ranges::any_of(ranges, [&](const IpNetwork& range) { return is_in(address, range); });
}

std::optional<IpAddress> address_of(const sockaddr& told) {
  IpAddress address = kMapped.address;
  if (told.sa_family == AF_INET) {
    std::memcpy(address.data() + 12, &reinterpret_cast<const sockaddr_in&>(told).sin_addr, 4);
    return address;
  }
  if (told.sa_family != AF_INET6) return std::nullopt;
  std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(told).sin6_addr, address.size());
  return address;
}

// The IPv4 address that one of IPv6 leads to by way of a translator; else itself.
IpAddress within(const IpAddress& address) {
  static constexpr IpNetwork kSixToFour = v6(0x2002, 0, 16), kNat64 = v6(0x0064, 0xFF9B, 96), kCompatible = v6(0, 0, 96);
  IpAddress found = kMapped.address;
  if (is_in(address, kSixToFour)) {
    std::copy_n(address.begin() + 2, 4, found.begin() + 12);
    return found;
  }
  const bool compatible = is_in(address, kCompatible) && !is_in_any(address, kLoopback) && !is_in(address, v6(0, 0, 128));
  if (!is_in(address, kNat64) && !compatible) return address;
  std::copy_n(address.begin() + 12, 4, found.begin() + 12);
  return found;
}

std::uint16_t port_of(const sockaddr& told) {
  return ntohs(told.sa_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(told).sin_port : reinterpret_cast<const sockaddr_in6&>(told).sin6_port);
}

// Where that cannot be told, it counts as one.
bool is_of_this_machine(const IpAddress& address) {
  if (is_in_any(address, kLoopback)) return true;
  ifaddrs* listed = nullptr;
  if (::getifaddrs(&listed) != 0) return true;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(listed, ::freeifaddrs);
  for (const ifaddrs* each = listed; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr != nullptr && address_of(*each->ifa_addr) == address) return true;
  }
  return false;
}

}  // namespace

std::optional<Reach> reach_of(std::string_view name) {
  if (name == "any") return Reach::kAny;
  if (name == "lan") return Reach::kLan;
  if (name == "public") return Reach::kPublic;
  return std::nullopt;
}

bool may_connect(const sockaddr& told, Reach reach, std::uint16_t own_port) {
  const auto outer = address_of(told);
  if (!outer) return false;
  const IpAddress address = within(*outer);
  if (is_in_any(address, kNever)) return false;
  if (own_port != 0 && port_of(told) == own_port && is_of_this_machine(address)) return false;
  switch (reach) {
    case Reach::kAny:
      return true;
    case Reach::kLan:
      return !is_of_this_machine(address);
    case Reach::kPublic:
      return !is_of_this_machine(address) && !is_in_any(address, kNotPublic);
  }
  return false;
}

std::string address_text(const sockaddr& told) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* address = told.sa_family == AF_INET ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(told).sin_addr)
                                                  : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(told).sin6_addr);
  ::inet_ntop(told.sa_family, address, text, sizeof text);
  return text;
}

}  // namespace eyrie::net
