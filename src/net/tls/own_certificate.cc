#include "net/tls/own_certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <memory>

#include "base/free.h"

namespace eyrie::net {
namespace {

constexpr long kDay = 86'400;
constexpr long kValidDays = 825;
constexpr long kSigningDays = 3650;
constexpr unsigned kSigningKeyBits = 2048;
constexpr long kClockSkew = kDay;  // clients' clocks may be behind
constexpr int kSerialBits = 127;   // RFC 5280: positive, at most 20 bytes

using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

std::unexpected<Error> openssl_failed() {
  ERR_clear_error();
  return fail(Code::kInternal, "OpenSSL cannot make a certificate");
}

bool is_address(const std::string& name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

// What OpenSSL's configuration language has no meaning for.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == std::string::npos;
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

struct Request {
  const char* common_name;
  X509* issuer;  // null: itself
  EVP_PKEY* signing_key;
  std::vector<std::pair<int, std::string>> extensions;
  long days = kValidDays;
};

Certificate issue(EVP_PKEY* key, const Request& request) {
  Certificate made(X509_new());
  const Number serial(BN_new());
  if (!made || !serial) return nullptr;
  X509* const issuer = request.issuer == nullptr ? made.get() : request.issuer;
  X509_NAME* const name = X509_get_subject_name(made.get());
  bool good = X509_set_version(made.get(), X509_VERSION_3) == 1 &&
              BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())) != nullptr &&
              X509_gmtime_adj(X509_getm_notBefore(made.get()), -kClockSkew) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(made.get()), request.days * kDay - kClockSkew) != nullptr &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                         reinterpret_cast<const unsigned char*>(request.common_name), -1, -1, 0) == 1 &&
              X509_set_issuer_name(made.get(), X509_get_subject_name(issuer)) == 1 &&
              X509_set_pubkey(made.get(), key) == 1;
  for (const auto& [id, value] : request.extensions) good = good && add_extension(made.get(), issuer, id, value);
  if (!good || X509_sign(made.get(), request.signing_key, EVP_sha256()) <= 0) return nullptr;
  return made;
}

std::string text_of(const Memory& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string pem_of(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  return memory && PEM_write_bio_X509(memory.get(), certificate) == 1 ? text_of(memory) : std::string();
}

std::string pem_of(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_secmem()));
  const bool written =
      memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? text_of(memory) : std::string();
}

}  // namespace

Result<OwnCertificate> make_own_certificate(const std::vector<std::string>& names) {
  std::string alternatives;
  for (const std::string& name : names) {
    const bool address = is_address(name);
    if (!address && !is_host_name(name))
      return fail(Code::kInvalidArgument, "\"" + name + "\" is no name that a certificate could hold");
    alternatives += (alternatives.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  const Key authority_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
  if (!authority_key || !key) return openssl_failed();
  const Certificate authority = issue(authority_key.get(), {.common_name = "Eyrie's own authority",
                                                            .issuer = nullptr,
                                                            .signing_key = authority_key.get(),
                                                            .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                                                           {NID_key_usage, "critical,keyCertSign"},
                                                                           {NID_subject_key_identifier, "hash"}}});
  if (!authority) return openssl_failed();
  const Certificate certificate = issue(key.get(), {.common_name = "Eyrie",
                                                    .issuer = authority.get(),
                                                    .signing_key = authority_key.get(),
                                                    .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                                                   {NID_key_usage, "critical,digitalSignature"},
                                                                   {NID_ext_key_usage, "serverAuth"},
                                                                   {NID_subject_alt_name, alternatives},
                                                                   {NID_subject_key_identifier, "hash"},
                                                                   {NID_authority_key_identifier, "keyid:always"}}});
  if (!certificate) return openssl_failed();
  OwnCertificate made{.authority = pem_of(authority.get()), .certificate = pem_of(certificate.get()), .key = pem_of(key.get())};
  if (made.authority.empty() || made.certificate.empty() || made.key.empty()) return openssl_failed();
  made.certificate += made.authority;
  return made;
}

Result<SigningCertificate> make_signing_certificate(const std::string& name) {
  const Key key(EVP_RSA_gen(kSigningKeyBits));
  if (!key) return openssl_failed();
  const Certificate certificate = issue(key.get(), {.common_name = name.c_str(),
                                                    .issuer = nullptr,
                                                    .signing_key = key.get(),
                                                    .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                                                   {NID_key_usage, "critical,digitalSignature"},
                                                                   {NID_subject_key_identifier, "hash"}},
                                                    .days = kSigningDays});
  if (!certificate) return openssl_failed();
  SigningCertificate made{.certificate = pem_of(certificate.get()), .key = pem_of(key.get())};
  if (made.certificate.empty() || made.key.empty()) return openssl_failed();
  return made;
}

bool certificate_serves(const std::string& certificate, const std::vector<std::string>& names, int days) {
  const Memory memory(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
  const Certificate parsed(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  if (!parsed) return false;
  std::time_t until = std::time(nullptr) + days * kDay;
  if (X509_cmp_time(X509_get0_notAfter(parsed.get()), &until) <= 0) return false;
  for (const std::string& name : names) {
    const bool named = is_address(name) ? X509_check_ip_asc(parsed.get(), name.c_str(), 0) == 1
                                        : X509_check_host(parsed.get(), name.c_str(), name.size(), 0, nullptr) == 1;
    if (!named) return false;
  }
  return true;
}

}  // namespace eyrie::net
