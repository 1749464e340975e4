#include "store/objects/chunk_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"

namespace eyrie::store {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic = {'E', 'Y', 'R', 'O'};
// Version 1: the data key is wrapped by a master key. Version 2: by a key that is given: a customer's, or one out of KMS.
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kGivenKeyVersion = 2;
// magic 4, version 1, zero 3, chunk size 4, object id 16, master key id 4; then the wrapped data key: nonce,
// sealed key.
constexpr std::size_t kPreambleBytes = 32;
constexpr std::size_t kKeyIdOffset = 28;
constexpr std::size_t kTagBytes = crypto::Aes256Gcm::kTagSize;
constexpr std::uint64_t kWriteBackBytes = 1U << 20;
constexpr std::uint64_t kWriteBackAlignment = 256U << 10;  // Linux keeps what one write() brought in pages of up to its size
constexpr std::size_t kSealedChunkBytes = kChunkBytes + kTagBytes;
constexpr std::size_t kBatchChunks = 4;  // to a system call

using ObjectId = std::array<std::uint8_t, 16>;
using Preamble = std::array<std::uint8_t, kPreambleBytes>;

void put_little_endian(std::uint8_t* into, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) into[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

Result<ObjectId> parse_object_id(std::string uuid) {
  std::erase(uuid, '-');
  const auto bytes = hex_decode(uuid);
  if (!bytes || bytes->size() != 16) return fail(Code::kInternal, "object file name is no UUID");
  ObjectId id;
  std::ranges::copy(*bytes, id.begin());
  return id;
}

Preamble make_preamble(const ObjectId& id, std::uint8_t version, std::uint32_t key_id) {
  Preamble preamble{};
  std::ranges::copy(kMagic, preamble.begin());
  preamble[4] = version;
  put_little_endian(preamble.data() + 8, kChunkBytes, 4);
  std::ranges::copy(id, preamble.begin() + 12);
  put_little_endian(preamble.data() + kKeyIdOffset, key_id, 4);
  return preamble;
}

// A key of its own for each object, so that what a given key wraps in one says nothing of another.
crypto::SecretKey wrapping_key(const crypto::SecretKey& given_key, const ObjectId& id) {
  constexpr std::string_view kPurpose = "eyrie customer key";
  Bytes text(kPurpose.begin(), kPurpose.end());
  text.insert(text.end(), id.begin(), id.end());
  crypto::SecretKey key;
  std::ranges::copy(crypto::hmac_sha256(given_key.view(), text), key.writable().begin());
  return key;
}

// Nonces count: the data key serves this one file, so none repeats.
crypto::Aes256Gcm::Nonce chunk_nonce(std::uint64_t index) {
  crypto::Aes256Gcm::Nonce nonce{};
  put_little_endian(nonce.data() + 4, index, 8);
  return nonce;
}

// What a chunk's tag binds besides its bytes: whose it is, where it stands, whether it is the last.
std::array<std::uint8_t, 25> chunk_binding(const ObjectId& id, std::uint64_t index, bool last) {
  std::array<std::uint8_t, 25> binding{};
  std::ranges::copy(id, binding.begin());
  put_little_endian(binding.data() + 16, index, 8);
  binding[24] = last ? 1 : 0;
  return binding;
}

std::uint64_t chunk_count(std::uint64_t size) {
  return std::max<std::uint64_t>(1, (size + kChunkBytes - 1) / kChunkBytes);
}

std::uint64_t file_length(std::uint64_t size) {
  return kObjectHeaderBytes + size + chunk_count(size) * kTagBytes;
}

Status read_fully(int fd, std::uint64_t offset, std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error("cannot read an object's file", errno));
    if (got == 0) return fail(Code::kCorrupt, "an object's file ends too early");
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

crypto::WrappedKey wrapped_key_of(const ObjectHeader& header) {
  return crypto::WrappedKey::of_bytes(std::span(header).subspan<kKeyIdOffset, crypto::WrappedKey::kBytes>());
}

ObjectHeader make_header(const Preamble& preamble, const crypto::WrappedKey& wrapped) {
  ObjectHeader header;
  const auto nonce = std::ranges::copy(preamble, header.begin()).out;
  std::ranges::copy(wrapped.sealed, std::ranges::copy(wrapped.nonce, nonce).out);
  return header;
}

}  // namespace

Result<std::optional<ObjectHeader>> rewrapped_header(const std::filesystem::path& path, const std::string& object_id, const crypto::KeyRing& keys) {
  EYRIE_TRY(const ObjectId id, parse_object_id(object_id));
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return fail(system_error("cannot open " + path.string(), errno));
  ObjectHeader header;
  EYRIE_CHECK_OK(read_fully(file.fd(), 0, header));
  const crypto::WrappedKey wrapped = wrapped_key_of(header);
  const Preamble given = make_preamble(id, kGivenKeyVersion, 0), own = make_preamble(id, kVersion, wrapped.key_id);
  if (std::equal(given.begin(), given.end(), header.begin())) return std::nullopt;
  if (!std::equal(own.begin(), own.end(), header.begin())) return fail(Code::kCorrupt, "an object's file has a wrong header");
  if (wrapped.key_id == keys.current_key_id()) return std::nullopt;
  const Preamble preamble = make_preamble(id, kVersion, keys.current_key_id());
  EYRIE_TRY(const crypto::WrappedKey anew, keys.rewrap(wrapped, own, preamble));
  return make_header(preamble, anew);
}

Result<File> write_header(const std::filesystem::path& path, const ObjectHeader& header) {
  File file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.fd() < 0) return fail(system_error("cannot open " + path.string(), errno));
  ObjectHeader there;
  EYRIE_CHECK_OK(read_fully(file.fd(), 0, there));
  if (!std::equal(header.begin(), header.begin() + kKeyIdOffset, there.begin())) return fail(Code::kCorrupt, path.string() + " is not the file of this header");
  // One write within one sector; where even that is torn, the journal has it (rotation/header_journal.h).
  if (::pwrite(file.fd(), header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) {
    return fail(system_error("cannot write " + path.string(), errno));
  }
  return file;
}

// Sealed chunks on their way to or from the file, several to a system call: each thread's own scratch memory, used by one call at a time.
class SealedChunks {
 public:
  void clear() { size_ = 0; }
  bool full() const { return size_ + kSealedChunkBytes > kCapacity; }
  std::span<std::uint8_t> add(std::size_t bytes) {
    size_ += bytes;
    return {scratch() + size_ - bytes, bytes};
  }
  ByteView bytes() const { return {scratch(), size_}; }

 private:
  static constexpr std::size_t kCapacity = kBatchChunks * kSealedChunkBytes;
  static std::uint8_t* scratch() {
    thread_local const auto kScratch = std::make_unique_for_overwrite<std::uint8_t[]>(kCapacity);
    return kScratch.get();
  }
  std::size_t size_ = 0;
};

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

Status sync_directory(const std::filesystem::path& directory) {
  const File file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd() < 0 || ::fsync(file.fd()) != 0) {
    return fail(system_error("cannot sync " + directory.string(), errno));
  }
  return {};
}

ChunkWriter::ChunkWriter(File file, const crypto::SecretKey& key, const ObjectId& id)
    : file_(std::move(file)), cipher_(key), id_(id) {
  plain_.reserve(kChunkBytes);
}

Result<std::unique_ptr<ChunkWriter>> ChunkWriter::create(const std::filesystem::path& path,
                                                         const std::string& object_id,
                                                         const crypto::KeyRing& keys,
                                                         const crypto::SecretKey* given_key) {
  EYRIE_TRY(const ObjectId id, parse_object_id(object_id));
  File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd() < 0) {
    Error error = system_error("cannot make an object's file", errno);
    // The folder for uploads is gone: not what a caller would take kNotFound for.
    if (error.code == Code::kNotFound) error.code = Code::kIo;
    return fail(error);
  }
  const crypto::SecretKey key = crypto::SecretKey::random();
  const bool own = given_key == nullptr;
  const Preamble preamble = make_preamble(id, own ? kVersion : kGivenKeyVersion, own ? keys.current_key_id() : 0);
  crypto::WrappedKey wrapped;
  if (own) {
    wrapped = keys.wrap(key, preamble);
  } else {
    crypto::wrap_key(wrapping_key(*given_key, id), key, preamble, wrapped);
  }
  std::unique_ptr<ChunkWriter> writer(new ChunkWriter(std::move(file), key, id));
  if (const Status written = writer->write_file(make_header(preamble, wrapped)); !written) {
    ::unlink(path.c_str());  // on a full disk the file is made all the same, and nobody else knows of it
    return fail(written.error());
  }
  return writer;
}

Status ChunkWriter::write(ByteView bytes) {
  SealedChunks sealed;
  size_ += bytes.size();
  // A full chunk waits for the next byte: only then is it known not to be the last.
  while (plain_.size() + bytes.size() > kChunkBytes) {
    const std::size_t taken = kChunkBytes - plain_.size();
    if (plain_.empty()) {
      seal(bytes.first(taken), false, sealed);
    } else {
      plain_.insert(plain_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
      seal(plain_, false, sealed);
      plain_.clear();
    }
    bytes = bytes.subspan(taken);
    if (!sealed.full()) continue;
    EYRIE_CHECK_OK(write_file(sealed.bytes()));
    sealed.clear();
  }
  plain_.insert(plain_.end(), bytes.begin(), bytes.end());
  return write_file(sealed.bytes());
}

void ChunkWriter::seal(ByteView plain, bool last, SealedChunks& into) {
  cipher_.seal(chunk_nonce(index_), chunk_binding(id_, index_, last), plain, into.add(plain.size() + kTagBytes));
  ++index_;
}

Status ChunkWriter::finish() {
  SealedChunks sealed;
  seal(plain_, true, sealed);
  return write_file(sealed.bytes());
}

Status ChunkWriter::sync() {
  if (failed_) return fail(Code::kIo, "an object's file was not written whole");
  if (::fsync(file_.fd()) == 0) return {};
  failed_ = true;
  return fail(system_error("cannot sync an object's file", errno));
}

Status ChunkWriter::write_file(ByteView bytes) {
  if (failed_) return fail(Code::kIo, "an object's file was not written whole");
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      failed_ = true;
      return fail(system_error("cannot write an object's file", errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    written_ += static_cast<std::uint64_t>(written);
  }
  // The disk may begin while the rest still comes, so that sync() has less to wait for. Where it cannot, sync() does it all. Pages that are not
  // full yet are kept back: they would be written twice, and the second time would wait for the first.
  const std::uint64_t full = written_ - written_ % kWriteBackAlignment;
  if (full - begun_ >= kWriteBackBytes) {
    ::sync_file_range(file_.fd(), static_cast<off64_t>(begun_), static_cast<off64_t>(full - begun_), SYNC_FILE_RANGE_WRITE);
    begun_ = full;
  }
  return {};
}

ChunkReader::ChunkReader(File file, const crypto::SecretKey& key, const ObjectId& id, std::uint64_t size)
    : file_(std::move(file)), cipher_(key), id_(id), size_(size) {}

namespace {

struct OpenFile {
  File file;
  ObjectHeader header{};
};

Result<OpenFile> open_of_size(const std::filesystem::path& path, std::uint64_t size) {
  OpenFile opened{.file = File(::open(path.c_str(), O_RDONLY | O_CLOEXEC))};
  if (opened.file.fd() < 0) return fail(system_error("cannot open an object's file", errno));
  struct stat status{};
  if (::fstat(opened.file.fd(), &status) != 0) return fail(system_error("cannot look at an object's file", errno));
  if (static_cast<std::uint64_t>(status.st_size) != file_length(size)) {
    return fail(Code::kCorrupt, "an object's file has another length than its index says");
  }
  EYRIE_CHECK_OK(read_fully(opened.file.fd(), 0, opened.header));
  return opened;
}

}  // namespace

Status check_without_key(const std::filesystem::path& path, const std::string& object_id, std::uint64_t size) {
  EYRIE_TRY(const ObjectId id, parse_object_id(object_id));
  EYRIE_TRY(const OpenFile opened, open_of_size(path, size));
  const Preamble expected = make_preamble(id, kGivenKeyVersion, 0);
  if (std::equal(expected.begin(), expected.end(), opened.header.begin())) return {};
  return fail(Code::kCorrupt, "an object's file has a wrong header");
}

Result<std::unique_ptr<ChunkReader>> ChunkReader::open(const std::filesystem::path& path,
                                                       const std::string& object_id, std::uint64_t size,
                                                       const crypto::KeyRing& keys,
                                                       const crypto::SecretKey* given_key) {
  EYRIE_TRY(const ObjectId id, parse_object_id(object_id));
  EYRIE_TRY(OpenFile opened, open_of_size(path, size));
  auto& [file, header] = opened;
  const crypto::WrappedKey wrapped = wrapped_key_of(header);
  const Preamble expected = make_preamble(id, given_key == nullptr ? kVersion : kGivenKeyVersion, wrapped.key_id);
  if (!std::equal(expected.begin(), expected.end(), header.begin())) {
    return fail(Code::kCorrupt, "an object's file has a wrong header");
  }
  const auto key = given_key == nullptr ? keys.unwrap(wrapped, expected)
                                           : crypto::unwrap_key(wrapping_key(*given_key, id), wrapped, expected);
  if (!key) return fail(Code::kCorrupt, "an object's file: " + key.error().message);
  return std::unique_ptr<ChunkReader>(new ChunkReader(std::move(file), *key, id, size));
}

std::size_t ChunkReader::chunk_length(std::uint64_t index) const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, size_ - index * kChunkBytes));
}

// Chunks from `index` on, as many as `into` has the lengths of.
Status ChunkReader::read_chunks(std::uint64_t index, std::span<std::uint8_t> into) {
  const std::uint64_t count = chunk_count(into.size());
  SealedChunks chunks;
  const std::span<std::uint8_t> sealed = chunks.add(into.size() + static_cast<std::size_t>(count) * kTagBytes);
  EYRIE_CHECK_OK(read_fully(file_.fd(), kObjectHeaderBytes + index * kSealedChunkBytes, sealed));
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto plain = into.subspan(i * kChunkBytes, chunk_length(index + i));
    const bool last = index + i + 1 == chunk_count(size_);
    if (!cipher_.open(chunk_nonce(index + i), chunk_binding(id_, index + i, last), sealed.subspan(i * kSealedChunkBytes, plain.size() + kTagBytes),
                      plain)) {
      return fail(Code::kCorrupt, "an object's bytes failed their authentication");
    }
  }
  return {};
}

Status ChunkReader::load(std::uint64_t index) {
  if (loaded_ == index) return {};
  loaded_ = ~0ULL;
  plain_.resize(chunk_length(index));
  EYRIE_CHECK_OK(read_chunks(index, plain_));
  loaded_ = index;
  return {};
}

// How many bytes from `offset` on are whole chunks and may go straight to the caller, several at a time.
std::size_t ChunkReader::whole_chunks(std::uint64_t offset, std::size_t room) const {
  if (offset % kChunkBytes != 0) return 0;
  const auto batch = static_cast<std::size_t>(std::min<std::uint64_t>({room, size_ - offset, kBatchChunks * kChunkBytes}));
  return offset + batch == size_ ? batch : batch - batch % kChunkBytes;
}

Result<std::size_t> ChunkReader::read_at(std::uint64_t offset, std::span<std::uint8_t> into) {
  // An empty object still has a chunk to authenticate.
  if (size_ == 0) {
    EYRIE_CHECK_OK(load(0));
    return 0;
  }
  std::size_t done = 0;
  while (done < into.size() && offset < size_) {
    std::size_t count = whole_chunks(offset, into.size() - done);
    if (count > 0) {
      EYRIE_CHECK_OK(read_chunks(offset / kChunkBytes, into.subspan(done, count)));
    } else {
      EYRIE_CHECK_OK(load(offset / kChunkBytes));
      const auto within = static_cast<std::size_t>(offset % kChunkBytes);
      count = std::min(plain_.size() - within, into.size() - done);
      std::memcpy(into.data() + done, plain_.data() + within, count);
    }
    done += count;
    offset += count;
  }
  return done;
}

}  // namespace eyrie::store
