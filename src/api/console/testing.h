// For tests: the console's service, and browsers that ask it.
#pragma once

#include "api/console/console_service.h"
#include "iam/console/testing.h"

namespace eyrie::api::console::testing {

using iam::console::testing::kPassword;

struct Reply {
  int status = 0;
  net::Headers headers;
  std::string text;

  json::object body() const { return text.empty() ? json::object() : parse_json(text)->get_object(); }
  std::string code() const { return text_of(body(), "code"); }
  std::string member(std::string_view name) const { return text_of(body(), name); }
};

// A client that keeps its cookie and shows its CSRF token.
struct Browser {
  std::string cookie, csrf;
};

class ConsoleServiceTest : public iam::console::testing::ConsoleTest {
 protected:
  void SetUp() override {
    ConsoleTest::SetUp();
    begin_service();
  }
  void begin_service() {
    service_.emplace(backend(), budget_, clock_);
  }
  virtual Backend backend() { return {.users = *users_, .sessions = *sessions_, .sign_in = *sign_in_, .hasher = hasher_, .access = *access_}; }
  net::RequestHead head_of(const std::string& method, const std::string& path, const std::string& body) {
    const std::size_t query = path.find('?');
    net::RequestHead head{.method = method, .target = kApiPath + path, .path = kApiPath + path.substr(0, query), .peer = "127.0.0.1", .id = "request"};
    if (query != std::string::npos) head.query = path.substr(query + 1);
    head.headers.add("Host", "127.0.0.1:4566");
    if (!body.empty()) {
      head.headers.add("Content-Type", "application/json");
      head.content_length = body.size();
    }
    return head;
  }
  Reply exchange(net::RequestHead head, const std::string& body) {
    auto context = std::make_shared<Context>(Context{.head = std::move(head)});
    auto sink = service_->begin(context);
    if (!sink) return read(std::move(sink.error()));
    if (auto early = (*sink)->write(as_bytes(body))) return read(std::move(*early));
    return read((*sink)->finish());
  }
  static Reply read(net::Response response) {
    if (const auto* text = std::get_if<std::string>(&response.body)) return {.status = response.status, .headers = response.headers, .text = *text};
    std::string text;
    std::array<std::uint8_t, 100> piece{};
    while (const auto size = std::get<std::unique_ptr<net::BodySource>>(response.body)->read(piece).value_or(0)) text.append(piece.begin(), piece.begin() + size);
    return {.status = response.status, .headers = response.headers, .text = text};
  }
  Reply send(Browser& browser, const std::string& method, const std::string& path, const std::string& body = "") {
    net::RequestHead head = head_of(method, path, body);
    if (!browser.cookie.empty()) head.headers.add("Cookie", "eyrie-session=" + browser.cookie);
    head.headers.add("X-Eyrie-CSRF", browser.csrf);
    Reply reply = exchange(std::move(head), body);
    const std::string set(reply.headers.get("Set-Cookie"));
    if (!set.empty()) {
      browser.cookie = set.substr(set.find('=') + 1, set.find(';') - set.find('=') - 1);
      browser.csrf = reply.member("csrf");
    }
    return reply;
  }
  Browser signed_in(const std::string& name, const std::string& password = kPassword) {
    Browser browser;
    const Reply reply = send(browser, "POST", "session", write_json(json::object{{"name", name}, {"password", password}}));
    EXPECT_EQ(reply.status, 200) << reply.text;
    return browser;
  }

  net::MemoryBudget budget_{1 << 20};
  std::optional<ConsoleService> service_;
};

}  // namespace eyrie::api::console::testing
