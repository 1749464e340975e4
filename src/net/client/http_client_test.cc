#include "net/client/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "net/client/address_rules.h"

namespace eyrie::net {
namespace {

// Answers one connection with what it is given, once it has the whole request (as Content-Length says), which it keeps.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_, 4), 0);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
  }
  ~OneAnswer() {
    thread_.join();
    ::close(socket_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  std::string request;

 private:
  bool whole() const {
    const std::size_t head = request.find("\r\n\r\n");
    const std::size_t length = request.find("Content-Length: ");
    return head != std::string::npos && (length == std::string::npos || request.size() >= head + 4 + std::stoul(request.substr(length + 16)));
  }
  void serve(const std::string& answer) {
    const int connection = ::accept(socket_, nullptr, nullptr);
    char buffer[4096];
    while (!whole()) {
      const ssize_t got = ::read(connection, buffer, sizeof buffer);
      if (got <= 0) break;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t sent = ::send(connection, answer.data() + at, answer.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) break;
      at += static_cast<std::size_t>(sent);
    }
    ::close(connection);
  }

  const int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Result<ClientResponse> send(HttpClient& client, ClientRequest request) {
  std::promise<Result<ClientResponse>> promise;
  client.send(std::move(request), [&](Result<ClientResponse> response) { promise.set_value(std::move(response)); });
  return promise.get_future().get();
}

TEST(HttpClientTest, PostsAndAnswers) {
  auto client = HttpClient::start({});
  ASSERT_TRUE(client);
  Result<ClientResponse> response = fail(Code::kInternal, "");
  std::string request;
  {
    OneAnswer server("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
    response = send(**client, {.url = server.url(), .headers = {{"X-One", "1"}}, .body = std::string("a\0b", 3)});
    request = server.request;
  }
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "ok");
  EXPECT_TRUE(request.starts_with("POST /hook HTTP/1.1\r\n")) << request;
  EXPECT_TRUE(request.contains("\r\nX-One: 1\r\n"));
  EXPECT_TRUE(request.ends_with(std::string("\r\n\r\na\0b", 7)));
}

TEST(HttpClientTest, RedirectionsAreAnswers) {
  auto client = HttpClient::start({});
  OneAnswer server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(send(**client, {.url = server.url()})->status, 302);
}

TEST(HttpClientTest, LongAnswersAreCut) {
  auto client = HttpClient::start({});
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n" + std::string(50'000'000, 'x'));
  const auto response = send(**client, {.url = server.url(), .max_answer = 1000});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body.size(), 1000U);
}

TEST(HttpClientTest, WhatGoesWrong) {
  auto client = HttpClient::start({});
  {
    OneAnswer server("not HTTP");
    EXPECT_EQ(send(**client, {.url = server.url()}).error().code, Code::kUnavailable);
  }
  EXPECT_EQ(send(**client, {.url = "http://127.0.0.1:1/"}).error().code, Code::kUnavailable);
  EXPECT_EQ(send(**client, {.url = "file:///etc/passwd"}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(send(**client, {.url = "gopher://127.0.0.1:1/"}).error().code, Code::kInvalidArgument);
}

// By the address that the name has, not by the name.
TEST(HttpClientTest, AddressesThatMayNotBeConnectedTo) {
  std::vector<std::string> asked;
  auto client = HttpClient::start({.authorities = {}, .may_connect = [&](const sockaddr& address) {
                                     asked.push_back(address_text(address));
                                     return may_connect(address, Reach::kLan, 0);
                                   }});
  for (const char* url : {"http://127.0.0.1:1/", "http://localhost:1/", "http://2130706433:1/", "http://0x7f.1:1/", "http://[::1]:1/"}) {
    asked.clear();
    const auto response = send(**client, {.url = url});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Code::kPermissionDenied) << url << ": " << response.error().message;
    EXPECT_FALSE(asked.empty()) << url;
  }
  auto permissive = HttpClient::start({.authorities = {}, .may_connect = [](const sockaddr& address) { return may_connect(address, Reach::kAny, 0); }});
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(send(**permissive, {.url = server.url()})->status, 200);
}

TEST(HttpClientTest, WhatIsOnItsWayEndsWithTheClient) {
  auto client = HttpClient::start({});
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(silent, 4), 0);
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  std::promise<Result<ClientResponse>> promise;
  (*client)->send({.url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"}, [&](Result<ClientResponse> response) { promise.set_value(std::move(response)); });
  client->reset();
  EXPECT_EQ(promise.get_future().get().error().code, Code::kUnavailable);
  ::close(silent);
}

TEST(HttpClientTest, Urls) {
  for (const char* good : {"http://a", "https://a.b:8/c?d=e", "http://u:p@h/", "http://[::1]:8/", "http://127.0.0.1/x"}) EXPECT_TRUE(is_http_url(good)) << good;
  for (const char* bad : {"", "http://", "http:///x", "ftp://a/", "http://a b/", "http://a/\r\nX: y", "http://a/#b", "javascript:alert(1)", "//a/", "http://a:99999/"}) EXPECT_FALSE(is_http_url(bad)) << bad;
}

}  // namespace
}  // namespace eyrie::net
