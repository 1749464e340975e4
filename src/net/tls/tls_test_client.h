// A verifying TLS client over a TestClient's socket: OpenSSL's own, for tests and benchmarks.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "net/test_client.h"

namespace eyrie::net {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class TlsClient {
 public:
  struct Options {
    int least = TLS1_2_VERSION;
    int most = TLS1_3_VERSION;
    std::string protocols = {};  // of ALPN, in its wire form
    std::string host = "localhost";
    const char* ciphers = nullptr;
  };

  TlsClient(std::uint16_t port, const std::string& trusted, const Options& options) : socket_(port) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_load_verify_file(context_.get(), trusted.c_str());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    // Old protocols are refused by the server, not by this client's own settings.
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), options.least);
    SSL_CTX_set_max_proto_version(context_.get(), options.most);
    if (options.ciphers != nullptr) SSL_CTX_set_cipher_list(context_.get(), options.ciphers);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_.descriptor());
    SSL_set1_host(ssl_.get(), options.host.c_str());
    if (!options.protocols.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocols.data()),
                          static_cast<unsigned>(options.protocols.size()));
    }
    ERR_clear_error();
    connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }
  SSL* ssl() { return ssl_.get(); }
  bool verified() const { return SSL_get_verify_result(ssl_.get()) == X509_V_OK; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  bool send(std::string_view bytes) {
    std::size_t sent = 0;
    return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1;
  }
  // Everything until the server ends; `clean_` tells whether it said so.
  std::string read_all() {
    std::string all;
    char buffer[16384];
    std::size_t got = 0;
    while (SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &got) == 1) all.append(buffer, got);
    clean_ = SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
    return all;
  }
  // Up to and with `end`.
  std::string read_until(std::string_view end) {
    std::string all;
    char byte = 0;
    std::size_t got = 0;
    while (!all.ends_with(end) && SSL_read_ex(ssl_.get(), &byte, 1, &got) == 1) all += byte;
    return all;
  }
  bool clean() const { return clean_; }
  X509* certificate() const { return SSL_get0_peer_certificate(ssl_.get()); }

 private:
  TestClient socket_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool connected_ = false;
  bool clean_ = false;
};

}  // namespace eyrie::net
