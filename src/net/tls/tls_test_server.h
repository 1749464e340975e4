// For tests: the test server over TLS, with a certificate that its clients trust, and the beginning of a handshake as bytes.
#pragma once

#include <fstream>

#include "base/testing.h"
#include "net/test_server.h"
#include "net/tls/own_certificate.h"
#include "net/tls/tls_test_client.h"

namespace eyrie::net {

inline std::string closing_get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

class TlsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    renew();
    auto tls = TlsContext::load(file("cert.pem"), file("key.pem"));
    ASSERT_TRUE(tls) << tls.error().message;
    options_.tls = *tls;
  }
  std::string file(const std::string& name) const { return (directory_.path() / name).string(); }
  void write(const std::string& name, const std::string& text) { std::ofstream(file(name)) << text; }
  void renew() {
    const auto made = make_own_certificate({"localhost", "127.0.0.1", "::1", "eyrie.example"});
    ASSERT_TRUE(made) << made.error().message;
    write("ca.pem", made->authority);
    write("cert.pem", made->certificate);
    write("key.pem", made->key);
  }
  std::unique_ptr<TlsClient> client(const TlsClient::Options& options) {
    return std::make_unique<TlsClient>(server_->port(), file("ca.pem"), options);
  }
  std::unique_ptr<TlsClient> client() { return client({}); }
  void expect_served() {
    auto honest = client();
    ASSERT_TRUE(honest->connected());
    honest->send(closing_get("/"));
    EXPECT_THAT(honest->read_all(), ::testing::HasSubstr("hello"));
  }

  TemporaryDirectory directory_;
};

// The bytes of a real ClientHello.
inline std::string client_hello() {
  const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_connect(ssl.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace eyrie::net
