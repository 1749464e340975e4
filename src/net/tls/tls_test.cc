// The server over TLS, seen by OpenSSL's own client and by raw sockets.
#include <thread>

#include "net/tls/tls_test_server.h"

namespace eyrie::net {
namespace {

using ::testing::HasSubstr;

TEST_F(TlsTest, ServesWhatPlainHttpServes) {
  start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto one = client({.least = version, .most = version});
    ASSERT_TRUE(one->connected()) << version;
    EXPECT_TRUE(one->verified());
    const std::string body(700'000, 'b');
    ASSERT_TRUE(one->send(post("/count", body)));
    EXPECT_THAT(one->read_until("700000"), HasSubstr("200 OK"));
    one->send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    EXPECT_THAT(one->read_until("POST:abc"), HasSubstr("200 OK"));
    one->send(get("/a") + get("/b"));
    one->read_until("hello\n");
    one->read_until("hello\n");
    one->send(closing_get("/source/5000000"));
    const std::string answer = one->read_all();
    EXPECT_TRUE(is_pattern(std::string_view(answer).substr(answer.find("\r\n\r\n") + 4)));
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 5'000'000U);
    EXPECT_TRUE(one->clean()) << "close_notify";
  }
  EXPECT_TRUE(soon([&] { return server_->counters().connections == 0; }));
  EXPECT_EQ(server_->counters().failed_handshakes, 0U);
}

TEST_F(TlsTest, AnAnswerThatBreaksOffIsNotSaidToBeWhole) {
  start();
  auto one = client();
  one->send(closing_get("/broken/2000000"));
  EXPECT_LT(one->read_all().size(), 2'000'000U);
  EXPECT_FALSE(one->clean());
}

TEST_F(TlsTest, OneByteAtATimeWorksToo) {
  start();
  auto one = client();
  for (const char byte : closing_get("/")) ASSERT_TRUE(one->send({&byte, 1}));
  EXPECT_THAT(one->read_all(), HasSubstr("hello"));
}

TEST_F(TlsTest, AClientThatReadsLateGetsEverything) {
  start();
  auto one = client();
  one->send(closing_get("/chunks/20000000"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_GT(one->read_all().size(), 20'000'000U);
  EXPECT_TRUE(one->clean());
}

TEST_F(TlsTest, ProtocolsAndCiphers) {
  start();
  EXPECT_FALSE(client({.least = TLS1_VERSION, .most = TLS1_1_VERSION})->connected());
  EXPECT_FALSE(client({.most = TLS1_2_VERSION, .ciphers = "AES128-SHA:ECDHE-ECDSA-AES128-SHA"})->connected());
  EXPECT_EQ(client({.protocols = "\x08http/1.1"})->protocol(), "http/1.1");
  EXPECT_EQ(client({.protocols = "\x02h2\x08http/1.1"})->protocol(), "http/1.1");
  EXPECT_FALSE(client({.protocols = "\x02h2"})->connected());
  EXPECT_EQ(client()->protocol(), "");
  EXPECT_TRUE(client({.host = "eyrie.example"})->connected());
  EXPECT_FALSE(client({.host = "other.example"})->connected());
  auto old = client({.most = TLS1_2_VERSION});
  ASSERT_TRUE(old->connected());
  old->send(get("/"));
  old->read_until("hello\n");
  SSL_renegotiate(old->ssl());
  EXPECT_NE(SSL_do_handshake(old->ssl()), 1) << "renegotiation";
  expect_served();
}

TEST_F(TlsTest, WhatIsNoTlsIsClosedWithoutAReset) {
  options_.handshake_timeout = std::chrono::seconds(1);  // some of it might yet become a record
  const auto port = start();
  for (const std::string& bytes : {get("/"), std::string(100'000, 'x'), std::string("\x16\x03\x01\x00\x05hello"), std::string(100, '\0')}) {
    TestClient one(port);
    one.send(bytes);
    errno = 0;
    while (one.receive()) {
    }
    EXPECT_EQ(errno, 0) << "ended, not reset";
  }
  EXPECT_TRUE(soon([&] { return server_->counters().failed_handshakes == 4; }));
  expect_served();
  EXPECT_EQ(handler_.log.begun, 1);
}

TEST_F(TlsTest, HandshakesThatBreakOff) {
  const auto port = start();
  const std::string hello = client_hello();
  for (std::size_t size = 0; size <= hello.size(); size += size < 12 ? 1 : 29) {
    TestClient gone(port);
    gone.send(std::string_view(hello).substr(0, size));
    if (size % 2 == 0) gone.half_close();
  }
  EXPECT_TRUE(soon([&] { return server_->counters().connections == 0; }));
  for (std::size_t i = 0; i < hello.size(); ++i) {
    std::string damaged = hello;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    TestClient odd(port);
    odd.send(damaged);
    odd.half_close();
  }
  EXPECT_TRUE(soon([&] { return server_->counters().connections == 0; }));
  expect_served();
}

TEST_F(TlsTest, SlowHandshakesEndAtTheirDeadline) {
  options_.handshake_timeout = std::chrono::seconds(1);
  const auto port = start();
  const std::string hello = client_hello();
  TestClient silent(port), half(port), drip(port);
  half.send(std::string_view(hello).substr(0, 100));
  std::jthread dripping([&](const std::stop_token& stop) {
    for (std::size_t i = 0; i < hello.size() && !stop.stop_requested(); ++i) {
      if (!drip.send({&hello[i], 1})) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  expect_served();
  for (TestClient* one : {&silent, &half, &drip}) EXPECT_TRUE(one->at_end());
  EXPECT_EQ(handler_.log.begun, 1);
}

// Deadlines after the handshake are those of HTTP.
TEST_F(TlsTest, SlowRequestsEndAtTheirDeadline) {
  options_.head_timeout = std::chrono::seconds(1);
  options_.body_timeout = std::chrono::seconds(1);
  start();
  auto silent = client(), head = client(), body = client();
  head->send("GET / HT");
  body->send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12");
  EXPECT_EQ(silent->read_all(), "");
  EXPECT_THAT(head->read_all(), HasSubstr("408"));
  EXPECT_THAT(body->read_all(), HasSubstr("408"));
}

TEST_F(TlsTest, ABodyThatNobodyWants) {
  start();
  auto one = client();
  one->send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n" + std::string(50'000, 'x'));
  EXPECT_THAT(one->read_all(), HasSubstr("403"));
  auto waiting = client();
  waiting->send("POST /count HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(waiting->read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  waiting->send("abc");
  EXPECT_THAT(waiting->read_until("\r\n\r\n3"), HasSubstr("200 OK"));
}

TEST_F(TlsTest, AFloodOfHandshakesHasABound) {
  options_.max_queued_handshakes = 0;
  const auto port = start();
  TestClient one(port);
  one.send(client_hello());
  EXPECT_TRUE(one.at_end());
  EXPECT_TRUE(soon([&] { return server_->counters().refused_busy == 1 && server_->counters().connections == 0; }));
}

TEST_F(TlsTest, ConnectionsBeyondTheLimitAreClosed) {
  options_.max_connections = 1;
  start();
  auto first = client();
  ASSERT_TRUE(first->connected());
  EXPECT_FALSE(client()->connected());
  EXPECT_EQ(server_->counters().refused_busy, 1U);
}

TEST_F(TlsTest, StopsInTheMidstOfHandshakes) {
  const auto port = start();
  const std::string hello = client_hello();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<TestClient>(port));
    if (i % 3 != 0) clients.back()->send(std::string_view(hello).substr(0, i % 3 == 1 ? 60 : hello.size()));
  }
  server_->stop(std::chrono::milliseconds(0));
  for (auto& one : clients) {
    while (one->receive()) {
    }
  }
}

TEST_F(TlsTest, ReloadsItsCertificate) {
  start();
  auto before = client();
  const auto* serial = X509_get0_serialNumber(before->certificate());
  renew();
  EXPECT_FALSE(client()->connected()) << "the new authority does not know the old certificate";
  ASSERT_TRUE(options_.tls->reload());
  auto after = client();
  ASSERT_TRUE(after->connected());
  EXPECT_NE(ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(after->certificate())), 0);
  before->send(closing_get("/"));
  EXPECT_THAT(before->read_all(), HasSubstr("hello"));
  write("key.pem", "nonsense");
  EXPECT_EQ(options_.tls->reload().error().code, Code::kInvalidArgument);
  expect_served();
}

TEST_F(TlsTest, FilesThatDoNotServe) {
  const auto other = make_own_certificate({"localhost"});
  ASSERT_TRUE(other);
  write("other.pem", other->key);
  EXPECT_EQ(TlsContext::load(file("cert.pem"), file("other.pem")).error().code, Code::kInvalidArgument);
  EXPECT_EQ(TlsContext::load(file("cert.pem"), file("none.pem")).error().code, Code::kNotFound);
  EXPECT_EQ(TlsContext::load(file("key.pem"), file("key.pem")).error().code, Code::kInvalidArgument);
}

TEST(OwnCertificate, StandsForItsNames) {
  const auto made = make_own_certificate({"localhost", "127.0.0.1", "::1"});
  ASSERT_TRUE(made);
  EXPECT_TRUE(certificate_serves(made->certificate, {"localhost", "127.0.0.1", "::1"}, 800));
  EXPECT_FALSE(certificate_serves(made->certificate, {"localhost"}, 830));
  EXPECT_FALSE(certificate_serves(made->certificate, {"localhost", "eyrie"}, 1));
  EXPECT_FALSE(certificate_serves(made->certificate, {"10.0.0.1"}, 1));
  EXPECT_FALSE(certificate_serves("", {}, 1));
  for (const char* name : {"", "a,DNS:b", "a\nb", "email:x", "a b"})
    EXPECT_EQ(make_own_certificate({name}).error().code, Code::kInvalidArgument) << name;
}

}  // namespace
}  // namespace eyrie::net
