// The client's socket of a connection within this machine, as the kernel knows it: whose it is says who asks.
//
// Source: sock_diag(7), the lookup of one socket by its addresses. Thread safety: all of it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace eyrie::functions {

struct PeerSocket {
  unsigned uid = 0;          // of who made it
  std::uint64_t inode = 0;   // as in /proc/PID/fd, "socket:[INODE]"
  std::uint64_t cookie = 0;  // of no other socket while the kernel runs
};

// The socket at `address`:`port` that is connected to 127.0.0.1:`server_port`. Errors: kNotFound where there is none, or no process has
// it any more; kIo where the kernel does not tell.
Result<PeerSocket> find_peer_socket(const std::string& address, std::uint16_t port, std::uint16_t server_port);

}  // namespace eyrie::functions
