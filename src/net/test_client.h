// A blocking client on a raw socket, for tests and benchmarks: sends any bytes, reads with a time limit.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eyrie::net {

struct TestResponse {
  int status = 0;
  std::string head;
  std::string body;
};

class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const int one = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  ~TestClient() { close(); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  int descriptor() const { return socket_; }

  // False where the peer is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // One response; nullopt where the connection ends first. `to_head`: a body is not expected whatever the
  // header says.
  std::optional<TestResponse> read_response(bool to_head = false) {
    std::size_t end;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    TestResponse response;
    response.head = pending_.substr(0, end + 4);
    pending_.erase(0, end + 4);
    response.status = std::atoi(response.head.c_str() + 9);
    if (to_head || response.status < 200 || response.status == 204 || response.status == 304) return response;
    if (response.head.find("Transfer-Encoding: chunked") != std::string::npos)
      return read_chunks(std::move(response));
    const std::size_t length = response.head.find("Content-Length: ");
    if (length == std::string::npos) {
      while (receive()) {
      }
      response.body = std::exchange(pending_, "");
      return response;
    }
    const auto size = static_cast<std::size_t>(std::atoll(response.head.c_str() + length + 16));
    while (pending_.size() < size) {
      if (!receive()) return std::nullopt;
    }
    response.body = pending_.substr(0, size);
    pending_.erase(0, size);
    return response;
  }

  std::optional<TestResponse> request(std::string_view bytes) {
    send(bytes);
    return read_response();
  }

  // True where the server closes (a reset counts) before anything more comes.
  bool at_end() { return pending_.empty() && !receive() && errno != EAGAIN; }

  // Takes what comes next; false at the end (errno 0), after the time limit or on an error.
  bool receive() {
    char buffer[64 << 10];
    errno = 0;
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  void half_close() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  std::optional<TestResponse> read_chunks(TestResponse response) {
    for (;;) {
      std::size_t end;
      while ((end = pending_.find("\r\n")) == std::string::npos) {
        if (!receive()) return std::nullopt;
      }
      const auto size = static_cast<std::size_t>(std::strtoull(pending_.c_str(), nullptr, 16));
      while (pending_.size() < end + 2 + size + 2) {
        if (!receive()) return std::nullopt;
      }
      response.body += pending_.substr(end + 2, size);
      pending_.erase(0, end + 2 + size + 2);
      if (size == 0) return response;
    }
  }

  int socket_;
  bool connected_ = false;
  std::string pending_;
};

}  // namespace eyrie::net
