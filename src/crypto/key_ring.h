// The master keys that wrap each object's data key. They live in one file, mode 0600, in clear or sealed (docs/formats.md). The first
// key wraps; every key unwraps.
//
// A key's id is the first four bytes of HMAC-SHA256(key, "eyrie master key"), so the file needs no other
// field. Wrapping is AES-256-GCM under a random nonce; the associated data binds a wrapped key to its place.
//
// Errors: kNotFound (no file), kPermissionDenied (others may read it), kCorrupt (not keys; or a wrapped key
// fails its check), kAlreadyExists (create), kFailedPrecondition (wrapped by a key that is not in the ring; or the file is sealed by what is not
// given), and what the source of the sealing key says.
// Thread safety: all of it, after construction.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/aes_gcm.h"
#include "crypto/key_source.h"
#include "crypto/secret.h"

namespace eyrie::crypto {

struct WrappedKey {
  std::uint32_t key_id = 0;
  Aes256Gcm::Nonce nonce{};
  std::array<std::uint8_t, SecretKey::kSize + Aes256Gcm::kTagSize> sealed{};

  // As it is stored: the key's id (little-endian), the nonce, the sealed key.
  static constexpr std::size_t kBytes = 4 + Aes256Gcm::kNonceSize + SecretKey::kSize + Aes256Gcm::kTagSize;
  std::array<std::uint8_t, kBytes> bytes() const;
  static WrappedKey of_bytes(std::span<const std::uint8_t, kBytes> bytes);
};

// A data key sealed under another key, told by the caller; `wrapped.key_id` is the caller's too.
void wrap_key(const SecretKey& under, const SecretKey& key, ByteView aad, WrappedKey& wrapped);
// kCorrupt where it does not open.
Result<SecretKey> unwrap_key(const SecretKey& under, const WrappedKey& wrapped, ByteView aad);

using KeySources = std::vector<const KeySource*>;

class KeyRing {
 public:
  // `sources`: what the file may be sealed by; the first that opens it counts.
  static Result<KeyRing> load(const std::filesystem::path& file, const KeySources& sources = {});
  // Makes the file with one random key, sealed by `seal` or in clear. It appears whole and synced, or not at all.
  static Result<KeyRing> create(const std::filesystem::path& file, const KeySource* seal = nullptr);
  // Puts this ring in the file's place: the old or the new one is there, whole, whatever happens meanwhile.
  Result<KeyRing> replace(const std::filesystem::path& file, const KeySource* seal) const;

  // The same with a new key before the others; with the first alone.
  KeyRing with_new_key() const;
  KeyRing with_current_key_alone() const;

  // The kind of source that the file is sealed by; kInClear.
  const std::string& sealed_by() const { return sealed_by_; }
  static constexpr std::string_view kInClear = "file";
  std::size_t size() const { return keys_.size(); }

  std::uint32_t current_key_id() const { return keys_.front().id; }
  bool has(std::uint32_t key_id) const { return find(key_id) != nullptr; }

  WrappedKey wrap(const SecretKey& key, ByteView aad) const;
  Result<SecretKey> unwrap(const WrappedKey& wrapped, ByteView aad) const;

  // A new key of `place` as it is stored, and back; `whose` names the owner in errors: "a table".
  Bytes new_key(std::string_view place) const;
  Result<SecretKey> open_key(std::string_view place, ByteView stored, std::string_view whose) const;
  // The same key wrapped by the ring's current one.
  Result<WrappedKey> rewrap(const WrappedKey& wrapped, ByteView aad, ByteView new_aad) const;

 private:
  struct Entry {
    std::uint32_t id;
    SecretKey key;
  };
  explicit KeyRing(std::vector<Entry> keys, std::string sealed_by = std::string(kInClear))
      : keys_(std::move(keys)), sealed_by_(std::move(sealed_by)) {}
  static Result<KeyRing> parse(std::string_view text, const std::string& name);
  static Result<KeyRing> parse_sealed(std::string_view text, const std::string& name, const KeySources& sources);
  Result<std::string> text(const KeySource* seal) const;
  const Entry* find(std::uint32_t key_id) const;

  std::vector<Entry> keys_;  // never empty
  std::string sealed_by_;
};

}  // namespace eyrie::crypto
