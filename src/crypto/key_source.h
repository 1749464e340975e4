// What the file of the master keys is sealed with, where it does not hold them in clear: a key that is given from outside (the
// environment), or one that a KMS elsewhere keeps wrapped.
//
// The file says in its first line by which kind of source it is sealed, and a note of that source's own: what it needs to get the same key again.
// Errors: of make() and open(), what keeps the key from being had, in words for who runs the server. Thread safety: all of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "crypto/secret.h"

namespace eyrie::crypto {

class KeySource {
 public:
  virtual ~KeySource() = default;
  // "environment", "kms"
  virtual std::string_view kind() const = 0;

  struct Made {
    SecretKey key;
    std::string note;  // no line breaks
  };
  // A key to seal a file with from now on.
  virtual Result<Made> make() const = 0;
  // The key that was made with this note.
  virtual Result<SecretKey> open(std::string_view note) const = 0;
};

// A key that somebody hands to the process and keeps elsewhere. Its note is the first four bytes of HMAC-SHA256(key, "eyrie sealing key") in
// hexadecimal, so that another key is told from a damaged file. `name` says in errors whence it came.
class GivenKey final : public KeySource {
 public:
  GivenKey(SecretKey key, std::string name) : key_(std::move(key)), name_(std::move(name)) {}
  // 32 bytes in base64; kInvalidArgument names `name`, and nothing of the text.
  static Result<GivenKey> parse(std::string_view base64, std::string name);

  std::string_view kind() const override { return kKind; }
  Result<Made> make() const override;
  Result<SecretKey> open(std::string_view note) const override;

  static constexpr std::string_view kKind = "environment";

 private:
  SecretKey key_;
  std::string name_;
};

}  // namespace eyrie::crypto
