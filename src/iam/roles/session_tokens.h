// Session tokens that hold what they are worth: who acts, with which key and secret, until when; sealed, so that nobody reads or makes them
// but this server, and nothing need be kept of them.
//
// A token is base64 of a sealed message (crypto/sealed_message.h) over JSON, under a key that is a record of its own (kind `sts.key`). As tokens come from outside:
// bounded, authenticated before anything of them is parsed. Errors: those of the record store. Thread safety: all of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/secret.h"
#include "iam/principal.h"
#include "store/record_store.h"

namespace eyrie::iam {

struct SessionContent {
  std::string access_key, secret;
  Principal::Kind kind = Principal::Kind::kRole;  // kRole, kUser or kRoot
  std::string name, id;                           // of the role or the user; of the root empty
  std::string session_name;                       // of a role's
  std::int64_t issued_ms = 0, expires_ms = 0;
};

class SessionTokens {
 public:
  // Makes the key at the first call of all.
  static Result<std::unique_ptr<SessionTokens>> open(store::RecordStore& records);

  std::string seal(const SessionContent& content) const;
  // nullopt: it is none of ours, or damaged.
  std::optional<SessionContent> open_token(const std::string& token) const;

 private:
  explicit SessionTokens(const crypto::SecretKey& key) : key_(key) {}
  const crypto::SecretKey key_;
};

}  // namespace eyrie::iam
