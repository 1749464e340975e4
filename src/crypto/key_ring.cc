#include "crypto/key_ring.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"

namespace eyrie::crypto {
namespace {

constexpr std::size_t kMaxKeyFile = 256;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Status make_key_file(const std::filesystem::path& file) {
  AeadKey key;
  fill_random(key);
  const std::string text = base64_encode(key) + "\n";
  // Written aside and linked into place: a crash leaves a whole key or none.
  const std::string aside = file.string() + ".new";
  ::unlink(aside.c_str());
  const Descriptor fd(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) return fail(system_error("cannot make " + aside, errno));
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0) {
    return fail(system_error("cannot write " + aside, errno));
  }
  if (::rename(aside.c_str(), file.c_str()) != 0) return fail(system_error("cannot rename " + aside, errno));
  const Descriptor folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) {
    return fail(system_error("cannot sync " + file.parent_path().string(), errno));
  }
  return {};
}

Result<AeadKey> read_key_file(const std::filesystem::path& file) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return fail(system_error("cannot open " + file.string(), errno));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return fail(system_error("cannot look at " + file.string(), errno));
  if ((status.st_mode & 077) != 0) {
    return fail(Code::kPermissionDenied, file.string() + " may be read by others; make it mode 0600");
  }
  std::string text(kMaxKeyFile, '\0');
  const ssize_t size = ::read(fd.get(), text.data(), text.size());
  if (size < 0) return fail(system_error("cannot read " + file.string(), errno));
  text.resize(static_cast<std::size_t>(size));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  const auto bytes = base64_decode(text);
  if (!bytes || bytes->size() != kAeadKeySize) {
    return fail(Code::kCorrupt, file.string() + " does not hold 32 bytes of base64");
  }
  AeadKey key;
  std::ranges::copy(*bytes, key.begin());
  return key;
}

}  // namespace

KeyRing::KeyRing(const AeadKey& master) : master_(master) {
  const auto digest = sha256(master);
  std::copy_n(digest.begin(), kKeyIdSize, id_.begin());
}

Result<KeyRing> KeyRing::open(const std::filesystem::path& file, bool make) {
  auto key = read_key_file(file);
  if (!key && key.error().code == Code::kNotFound && make) {
    EYRIE_CHECK_OK(make_key_file(file));
    key = read_key_file(file);
  }
  if (!key) return fail(key.error());
  return KeyRing(*key);
}

WrappedKey KeyRing::wrap(const AeadKey& data_key, ByteView associated) const {
  WrappedKey wrapped;
  AeadNonce nonce;
  fill_random(nonce);
  std::ranges::copy(nonce, wrapped.begin());
  Aead(master_).seal(nonce, associated, data_key, std::span(wrapped).subspan(kAeadNonceSize));
  return wrapped;
}

Result<AeadKey> KeyRing::unwrap(const KeyId& wrapped_by, const WrappedKey& wrapped, ByteView associated) const {
  if (wrapped_by != id_) {
    return fail(Code::kNotFound, "data was encrypted under another master key (" + hex_encode(wrapped_by) + ")");
  }
  AeadNonce nonce;
  std::copy_n(wrapped.begin(), kAeadNonceSize, nonce.begin());
  AeadKey key;
  if (!Aead(master_).open(nonce, associated, ByteView(wrapped).subspan(kAeadNonceSize), key)) {
    return fail(Code::kCorrupt, "a data key failed its authentication");
  }
  return key;
}

}  // namespace eyrie::crypto
