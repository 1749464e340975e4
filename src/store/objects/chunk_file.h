// One object version's bytes on disk: a header, then chunks sealed with AES-256-GCM under a data key of the
// object's own. Layout and what each tag binds: docs/formats.md.
//
// The data key is wrapped by the key ring, or by a key that is given each time and kept nowhere as it is: a customer's, or one
// that a key of KMS wraps (object_store.h).
//
// A flipped bit, a cut tail, chunks swapped within a file or files swapped for one another fail
// authentication: kCorrupt. Thread safety: one writer or reader is one thread's at a time; any number of
// readers may share a file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/aes_gcm.h"
#include "crypto/key_ring.h"

namespace eyrie::store {

inline constexpr std::size_t kChunkBytes = 64U << 10;  // of plaintext

// An open file, closed when it goes.
class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File();
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

Status sync_directory(const std::filesystem::path& directory);

// What a file begins with: its data key among it, wrapped.
inline constexpr std::size_t kObjectHeaderBytes = 32 + crypto::WrappedKey::kBytes - 4;
using ObjectHeader = std::array<std::uint8_t, kObjectHeaderBytes>;

// The header of the file at `path` with its data key wrapped by the ring's current key; nullopt where it is so already, or is wrapped by a key that
// is given. kCorrupt: none that opens; kNotFound: no such file.
Result<std::optional<ObjectHeader>> rewrapped_header(const std::filesystem::path& path, const std::string& object_id, const crypto::KeyRing& keys);
// Puts a header in the place of the one there, which must be of the same object (kCorrupt). Not synced: the caller does that with the file answered.
Result<File> write_header(const std::filesystem::path& path, const ObjectHeader& header);

// What can be said of a file whose data key is under a key that is given, without that key: kCorrupt where length or header are wrong. `size`: as for ChunkReader.
Status check_without_key(const std::filesystem::path& path, const std::string& object_id, std::uint64_t size);

class SealedChunks;

// Writes a new file at `path`; the caller renames and removes it. After a failure every later call fails too.
class ChunkWriter {
 public:
  static Result<std::unique_ptr<ChunkWriter>> create(const std::filesystem::path& path,
                                                     const std::string& object_id,
                                                     const crypto::KeyRing& keys,
                                                     const crypto::SecretKey* given_key = nullptr);
  Status write(ByteView bytes);
  // Seals the last chunk. Nothing may be written after it.
  Status finish();
  Status sync();
  std::uint64_t size() const { return size_; }

 private:
  ChunkWriter(File file, const crypto::SecretKey& key, const std::array<std::uint8_t, 16>& id);
  void seal(ByteView plain, bool last, SealedChunks& into);
  Status write_file(ByteView bytes);

  File file_;
  crypto::Aes256Gcm cipher_;
  const std::array<std::uint8_t, 16> id_;
  std::uint64_t index_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t written_ = 0, begun_ = 0;  // bytes of the file, and how many of them the disk was told to write
  bool failed_ = false;
  Bytes plain_;  // of the chunk at hand
};

class ChunkReader {
 public:
  // `size` is the plaintext's, as the index says; a file of another length is kCorrupt.
  static Result<std::unique_ptr<ChunkReader>> open(const std::filesystem::path& path,
                                                   const std::string& object_id, std::uint64_t size,
                                                   const crypto::KeyRing& keys,
                                                   const crypto::SecretKey* given_key = nullptr);
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into);

 private:
  ChunkReader(File file, const crypto::SecretKey& key, const std::array<std::uint8_t, 16>& id,
              std::uint64_t size);
  Status load(std::uint64_t index);
  Status read_chunks(std::uint64_t index, std::span<std::uint8_t> into);
  std::size_t chunk_length(std::uint64_t index) const;
  std::size_t whole_chunks(std::uint64_t offset, std::size_t room) const;

  File file_;
  crypto::Aes256Gcm cipher_;
  const std::array<std::uint8_t, 16> id_;
  const std::uint64_t size_;
  std::uint64_t loaded_ = ~0ULL;  // index of the chunk in plain_
  Bytes plain_;
};

}  // namespace eyrie::store
