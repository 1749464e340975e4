// Which addresses requests may go to that somebody without a say over this machine has named (subscribers' endpoints): decided by the address that is connected to, whatever name led there.
//
// Never: link-local addresses and the other places where clouds tell a machine its credentials, what is no one machine's (multicast, broadcast, unspecified), and the port that this server itself serves on,
// at any address of this machine. An IPv4 address within an IPv6 one (mapped, 6to4, NAT64) is judged as itself.
// Source: IANA's special-purpose address registries (RFC 6890). Thread-safe: pure functions.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eyrie::net {

// kAny: this machine too. kLan: other machines. kPublic: only those that the whole world can reach.
enum class Reach { kAny, kLan, kPublic };

std::optional<Reach> reach_of(std::string_view name);  // "any", "lan", "public"

// `own_port`: that this server serves on; 0: none. Of families other than IPv4 and IPv6, nothing.
bool may_connect(const sockaddr& address, Reach reach, std::uint16_t own_port);

// "10.0.0.7", "fe80::1"; for messages.
std::string address_text(const sockaddr& address);

}  // namespace eyrie::net
