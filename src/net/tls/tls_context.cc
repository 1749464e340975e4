#include "net/tls/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace eyrie::net {
namespace {

constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "OpenSSL refuses it" : reason;
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, chosen_size, kHttp11.data(), kHttp11.size(), offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

// Else OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Status readable(const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  return fail(system_error("cannot read " + file, errno));
}

Result<std::shared_ptr<SSL_CTX>> make_context(const std::string& certificate_file, const std::string& key_file) {
  EYRIE_CHECK_OK(readable(certificate_file));
  EYRIE_CHECK_OK(readable(key_file));
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return fail(Code::kInternal, "TLS: " + openssl_reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  // Partial and moving: a write that must wait is made again from the same bytes, wherever they lie by then.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  // Tickets resume sessions without any memory of ours.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  if (SSL_CTX_set_cipher_list(context.get(), kTls12Ciphers) != 1)
    return fail(Code::kInternal, "TLS: " + openssl_reason());
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
    return fail(Code::kInvalidArgument, certificate_file + " holds no usable certificate: " + openssl_reason());
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return fail(Code::kInvalidArgument,
                key_file + " holds no usable key for " + certificate_file + ": " + openssl_reason());
  return context;
}

}  // namespace

void TlsContext::FreeSession::operator()(ssl_st* session) const { SSL_free(session); }

Result<std::shared_ptr<TlsContext>> TlsContext::load(const std::string& certificate_file, const std::string& key_file) {
  std::signal(SIGPIPE, SIG_IGN);
  std::shared_ptr<TlsContext> made(new TlsContext(certificate_file, key_file));
  EYRIE_CHECK_OK(made->reload());
  return made;
}

Status TlsContext::reload() {
  EYRIE_TRY(auto context, make_context(certificate_file_, key_file_));
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
  return {};
}

TlsContext::Session TlsContext::accept(int socket) {
  std::shared_ptr<SSL_CTX> context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  Session session(SSL_new(context.get()));
  if (session && SSL_set_fd(session.get(), socket) != 1) session.reset();
  if (session) SSL_set_accept_state(session.get());
  return session;
}

}  // namespace eyrie::net
