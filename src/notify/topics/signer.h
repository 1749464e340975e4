// Signs what topics send, so that receivers know where it comes from: RSA 2048 with PKCS #1 v1.5 padding over SHA-1 (SignatureVersion 1) or
// SHA-256 (2), by a key made at the first start, with a self-signed certificate that is served beside the messages.
//
// Key and certificate are one sealed record. A certificate that would end within 30 days is made anew, with its key, at a start.
// Errors: those of the store; kInternal where OpenSSL fails. Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages".
// Thread safety: all of it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/record_store.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace eyrie::notify::topics {

class Signer {
 public:
  static Result<std::unique_ptr<Signer>> open(store::RecordStore& records);
  ~Signer();
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  // base64. Version "2": SHA-256; else SHA-1.
  std::string sign(const std::string& version, std::string_view text) const;
  const std::string& certificate() const { return certificate_; }  // PEM
  // "SimpleNotificationService-HEX.pem": another certificate has another name.
  const std::string& certificate_file() const { return file_; }

 private:
  Signer(evp_pkey_st* key, std::string certificate);

  evp_pkey_st* const key_;
  const std::string certificate_, file_;
};

}  // namespace eyrie::notify::topics
