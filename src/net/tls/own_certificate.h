// A certificate of one's own, for servers that nobody vouches for: a fresh authority signs it, and the authority's key is
// thrown away, so whoever trusts the authority trusts this one certificate and no other. (An authority beside the
// certificate, because clients written in Go or Rust refuse to be served by what they trust.) RFC 5280; P-256, SHA-256.
//
// Errors: kInvalidArgument (a name that cannot stand in a certificate), kInternal (OpenSSL fails). Thread safety: all of it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::net {

struct OwnCertificate {
  std::string authority;    // PEM: what clients trust
  std::string certificate;  // PEM: the server's, then the authority's
  std::string key;          // PEM: the server's private key
};

// `names`: host names and IP addresses, all of them subject alternative names. Valid for 825 days, the most that some
// clients take.
Result<OwnCertificate> make_own_certificate(const std::vector<std::string>& names);

struct SigningCertificate {
  std::string certificate, key;  // PEM
};
// An RSA key of 2048 bits that signs messages, with a certificate signed by itself, valid for ten years.
Result<SigningCertificate> make_signing_certificate(const std::string& name);

// True where the PEM certificate stands for all the names and is valid for `days` more.
bool certificate_serves(const std::string& certificate, const std::vector<std::string>& names, int days);

}  // namespace eyrie::net
