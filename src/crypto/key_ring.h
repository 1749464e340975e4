// The master key: wraps the data keys of objects, never data itself (envelope encryption). It lies in a file of mode 0600:
// 32 random bytes as base64 on one line.
//
// Errors: kPermissionDenied - others may read the file; kCorrupt - it holds no key; kNotFound - absent and not to be made.
// Thread safety: wrap and unwrap from any thread.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "crypto/aead.h"

namespace eyrie::crypto {

inline constexpr std::size_t kKeyIdSize = 8;
inline constexpr std::size_t kWrappedKeySize = kAeadNonceSize + kAeadKeySize + kAeadTagSize;
using KeyId = std::array<std::uint8_t, kKeyIdSize>;
using WrappedKey = std::array<std::uint8_t, kWrappedKeySize>;

class KeyRing {
 public:
  // Makes the key where the file is absent and `make` says so.
  static Result<KeyRing> open(const std::filesystem::path& file, bool make);

  // Which master key wraps now: the first bytes of its SHA-256.
  const KeyId& current() const { return id_; }
  WrappedKey wrap(const AeadKey& data_key, ByteView associated) const;
  // kCorrupt where the wrapped key or what it was bound to was changed; kNotFound where another master key wrapped it.
  Result<AeadKey> unwrap(const KeyId& wrapped_by, const WrappedKey& wrapped, ByteView associated) const;

 private:
  explicit KeyRing(const AeadKey& master);
  AeadKey master_;
  KeyId id_;
};

}  // namespace eyrie::crypto
