// A certificate with its key, ready to serve TLS 1.2 and 1.3 (RFC 5246, RFC 8446) over OpenSSL 3.
//
// No renegotiation, no compression, no client certificates; AEAD ciphers with forward secrecy only; ALPN (RFC 7301)
// knows http/1.1, and a client that offers only other protocols is refused. OpenSSL writes to sockets without
// MSG_NOSIGNAL: the process must ignore SIGPIPE, and load() makes it so.
//
// Errors: kNotFound, kIo (a file cannot be read), kInvalidArgument (no certificate, no key, a key with a passphrase, or they do
// not belong together). Thread safety: all of it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace eyrie::net {

class TlsContext {
 public:
  struct FreeSession {
    void operator()(ssl_st* session) const;
  };
  using Session = std::unique_ptr<ssl_st, FreeSession>;

  // PEM files: the server's certificate, then those between it and its root; its private key.
  static Result<std::shared_ptr<TlsContext>> load(const std::string& certificate_file, const std::string& key_file);

  // Reads the files again. Where they are not good, what was serves on. Sessions that are open keep their certificate.
  Status reload();

  // The server's side of a connection, before its handshake; nullptr where memory is out.
  Session accept(int socket);

 private:
  TlsContext(std::string certificate_file, std::string key_file)
      : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

  const std::string certificate_file_, key_file_;
  std::mutex mutex_;
  std::shared_ptr<ssl_ctx_st> context_;  // guarded by mutex_
};

}  // namespace eyrie::net
