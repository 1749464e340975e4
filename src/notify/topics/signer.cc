#include "notify/topics/signer.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "net/tls/own_certificate.h"
#include "store/record_json.h"

namespace eyrie::notify::topics {
namespace {

constexpr const char* kKind = "notify.signing";
constexpr const char* kName = "key";
constexpr int kRenewDays = 30;

EVP_PKEY* key_of(const std::string& pem) {
  BIO* const memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* const key = memory == nullptr ? nullptr : PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  ERR_clear_error();
  return key;
}

}  // namespace

Signer::Signer(evp_pkey_st* key, std::string certificate)
    : key_(key),
      certificate_(std::move(certificate)),
      file_("SimpleNotificationService-" + hex_encode(crypto::sha256(as_bytes(certificate_))).substr(0, 32) + ".pem") {}

Signer::~Signer() { EVP_PKEY_free(key_); }

Result<std::unique_ptr<Signer>> Signer::open(store::RecordStore& records) {
  EYRIE_TRY(const auto kept, records.records(kKind));
  std::string key, certificate;
  if (!kept.empty()) {
    EYRIE_TRY(const json::object object, store::object_of(kept.front(), "key of topics"));
    key = text_of(object, "key");
    certificate = text_of(object, "certificate");
  }
  if (certificate.empty() || !net::certificate_serves(certificate, {}, kRenewDays)) {
    EYRIE_TRY(const net::SigningCertificate made, net::make_signing_certificate("Eyrie notifications"));
    key = made.key;
    certificate = made.certificate;
    const std::string value = write_json(json::object{{"key", key}, {"certificate", certificate}});
    EYRIE_CHECK_OK(records.apply({{.kind = kKind, .name = kName, .value = value}}));
  }
  EVP_PKEY* const parsed = key_of(key);
  if (parsed == nullptr) return fail(Code::kCorrupt, "the key that signs notifications cannot be read");
  return std::unique_ptr<Signer>(new Signer(parsed, certificate));
}

std::string Signer::sign(const std::string& version, std::string_view text) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  std::size_t size = 0;
  Bytes signature;
  const EVP_MD* const digest = version == "2" ? EVP_sha256() : EVP_sha1();
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  if (context != nullptr && EVP_DigestSignInit(context, nullptr, digest, nullptr, key_) == 1 && EVP_DigestSign(context, nullptr, &size, data, text.size()) == 1) {
    signature.resize(size);
    if (EVP_DigestSign(context, signature.data(), &size, data, text.size()) != 1) size = 0;
    signature.resize(size);
  }
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return base64_encode(signature);
}

}  // namespace eyrie::notify::topics
