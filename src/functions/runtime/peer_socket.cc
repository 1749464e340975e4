#include "functions/runtime/peer_socket.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace eyrie::functions {
namespace {

// A socket on its way to a connection is not the one that sent a request, whatever its addresses; the kernel also answers with a
// listener where there is no connection, and with what is left of one.
bool connected(int state) {
  switch (state) {
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT1:
    case TCP_FIN_WAIT2:
    case TCP_CLOSE_WAIT:
    case TCP_LAST_ACK:
    case TCP_CLOSING:
      return true;
    default:
      return false;
  }
}

Result<PeerSocket> read_answer(std::span<const char> bytes) {
  nlmsghdr header{};
  if (bytes.size() < sizeof header) return fail(Code::kIo, "no answer about a socket");
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto body = bytes.subspan(NLMSG_HDRLEN);
  if (header.nlmsg_type == NLMSG_ERROR && body.size() >= sizeof(nlmsgerr)) {
    nlmsgerr error{};
    std::memcpy(&error, body.data(), sizeof error);
    if (error.error == -ENOENT) return fail(Code::kNotFound, "no such socket");
    return fail(system_error("cannot look for a socket", -error.error));
  }
  inet_diag_msg found{};
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || body.size() < sizeof found) return fail(Code::kIo, "no answer about a socket");
  std::memcpy(&found, body.data(), sizeof found);
  if (!connected(found.idiag_state) || found.idiag_inode == 0) return fail(Code::kNotFound, "no such connection");
  return PeerSocket{.uid = found.idiag_uid,
                    .inode = found.idiag_inode,
                    .cookie = static_cast<std::uint64_t>(found.id.idiag_cookie[1]) << 32 | found.id.idiag_cookie[0]};
}

}  // namespace

Result<PeerSocket> find_peer_socket(const std::string& address, std::uint16_t port, std::uint16_t server_port) {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 body;
  } request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.body.sdiag_family = AF_INET;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = ~0U;
  request.body.id.idiag_sport = htons(port);
  request.body.id.idiag_dport = htons(server_port);
  if (::inet_pton(AF_INET, address.c_str(), request.body.id.idiag_src) != 1) return fail(Code::kNotFound, "no address: " + address);
  request.body.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  request.body.id.idiag_cookie[0] = request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;

  const int kernel = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (kernel < 0) return fail(system_error("cannot look for a socket", errno));
  std::array<char, 4096> answer{};
  ssize_t length = ::send(kernel, &request, sizeof request, 0);
  if (length >= 0) length = ::recv(kernel, answer.data(), answer.size(), 0);
  const int why = errno;
  ::close(kernel);
  if (length < 0) return fail(system_error("cannot look for a socket", why));
  return read_answer({answer.data(), static_cast<std::size_t>(length)});
}

}  // namespace eyrie::functions
