#include "crypto/key_ring.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"
#include "crypto/sealed_message.h"

namespace eyrie::crypto {
namespace {

constexpr std::size_t kMaxFile = 32768;  // what a KMS wraps a key in has some hundred bytes to 6 KiB
constexpr std::string_view kMark = "eyrie key ring ";           // of every format but keys in clear
constexpr std::string_view kSealedMark = "eyrie key ring 2 ";  // then the kind of source, a space, its note

std::uint32_t id_of(const SecretKey& key) {
  const auto mac = hmac_sha256(key.view(), as_bytes("eyrie master key"));
  return static_cast<std::uint32_t>(mac[0]) << 24 | static_cast<std::uint32_t>(mac[1]) << 16 |
         static_cast<std::uint32_t>(mac[2]) << 8 | mac[3];
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status write_key_file(const std::string& name, std::string_view text) {
  const Descriptor file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return fail(system_error("cannot make " + name, errno));
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write " + name, errno));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return fail(system_error("cannot sync " + name, errno));
  return {};
}

Status write_aside(const std::string& aside, std::string& text) {
  ::unlink(aside.c_str());  // left by a crash
  const Status written = write_key_file(aside, text);
  OPENSSL_cleanse(text.data(), text.size());
  return written;
}

Status sync_folder_of(const std::filesystem::path& file) {
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0 && ::fsync(directory.get()) == 0) return {};
  return fail(system_error("cannot sync " + parent.string(), errno));
}

}  // namespace

std::array<std::uint8_t, WrappedKey::kBytes> WrappedKey::bytes() const {
  std::array<std::uint8_t, kBytes> out;
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(key_id >> (8 * i));
  std::ranges::copy(nonce, out.begin() + 4);
  std::ranges::copy(sealed, out.begin() + 4 + nonce.size());
  return out;
}

WrappedKey WrappedKey::of_bytes(std::span<const std::uint8_t, kBytes> bytes) {
  WrappedKey key;
  for (std::size_t i = 4; i-- > 0;) key.key_id = key.key_id << 8 | bytes[i];
  std::ranges::copy(bytes.subspan(4, key.nonce.size()), key.nonce.begin());
  std::ranges::copy(bytes.subspan(4 + key.nonce.size()), key.sealed.begin());
  return key;
}

Result<KeyRing> KeyRing::load(const std::filesystem::path& file, const KeySources& sources) {
  const std::string name = file.string();
  const Descriptor opened(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) return fail(system_error("cannot open " + name, errno));
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return fail(system_error("cannot examine " + name, errno));
  if ((status.st_mode & 077) != 0) {
    return fail(Code::kPermissionDenied, name + " may be read by others; make it mode 0600");
  }
  std::vector<char> text(kMaxFile);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(opened.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error("cannot read " + name, errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  const std::string_view read(text.data(), size);
  auto ring = size == text.size()             ? fail(Code::kCorrupt, name + " is too long")
              : read.starts_with(kSealedMark) ? parse_sealed(read, name, sources)
              : read.starts_with(kMark)       ? fail(Code::kCorrupt, name + " is of a format that this program does not know: of a newer program, or damaged")
                                              : parse(read, name);
  OPENSSL_cleanse(text.data(), text.size());
  return ring;
}

Result<KeyRing> KeyRing::parse(std::string_view text, const std::string& name) {
  std::vector<Entry> keys;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    auto bytes = base64_decode(line);
    const auto key = bytes ? SecretKey::take(*bytes) : std::nullopt;
    if (!key) return fail(Code::kCorrupt, name + ": a line is not a key of 32 bytes in base64");
    keys.push_back({id_of(*key), *key});
  }
  if (keys.empty()) return fail(Code::kCorrupt, name + " holds no key");
  return KeyRing(std::move(keys));
}

// The first line, to which the seal is bound; then the keys, one behind the other, as one sealed message in base64.
Result<KeyRing> KeyRing::parse_sealed(std::string_view text, const std::string& name, const KeySources& sources) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view head = text.substr(0, end), said = head.substr(kSealedMark.size());
  const std::string kind(said.substr(0, said.find(' ')));
  const std::string_view note = said.substr(std::min(kind.size() + 1, said.size()));
  Error problem{Code::kFailedPrecondition, "it is sealed by the source \"" + kind + "\", which is not given"};
  std::optional<SecretKey> sealing;
  for (const KeySource* source : sources) {
    if (sealing || source->kind() != kind) continue;
    auto opened = source->open(note);
    if (opened) sealing = *opened;
    else problem = opened.error();
  }
  if (!sealing) return fail(problem.code, name + ": " + problem.message);

  std::string_view line = text.substr(std::min(end + 1, text.size()));
  line = line.substr(0, line.find('\n'));
  const auto sealed = base64_decode(line);
  Aes256Gcm cipher(*sealing);
  Bytes plain;
  const bool open = sealed && open_message(cipher, as_bytes(head), *sealed, plain);
  if (!open || plain.empty() || plain.size() % SecretKey::kSize != 0) {
    return fail(Code::kCorrupt, name + " fails its check: it was damaged, or is not the file that this key has sealed");
  }
  std::vector<Entry> keys;
  for (std::size_t at = 0; at < plain.size(); at += SecretKey::kSize) {
    SecretKey key;
    std::copy_n(plain.begin() + static_cast<std::ptrdiff_t>(at), SecretKey::kSize, key.writable().begin());
    keys.push_back({id_of(key), key});
  }
  OPENSSL_cleanse(plain.data(), plain.size());
  return KeyRing(std::move(keys), kind);
}

Result<std::string> KeyRing::text(const KeySource* seal) const {
  std::string text;
  if (seal == nullptr) {
    for (const Entry& entry : keys_) text += base64_encode(entry.key.view()) + "\n";
    return text;
  }
  EYRIE_TRY(const KeySource::Made made, seal->make());
  const std::string head = std::string(kSealedMark) + std::string(seal->kind()) + " " + made.note;
  Bytes plain;
  plain.reserve(keys_.size() * SecretKey::kSize);  // so that none is left behind where it was before
  for (const Entry& entry : keys_) plain.insert(plain.end(), entry.key.view().begin(), entry.key.view().end());
  Aes256Gcm cipher(made.key);
  const Bytes sealed = seal_message(cipher, as_bytes(head), plain);
  OPENSSL_cleanse(plain.data(), plain.size());
  return head + "\n" + base64_encode(sealed) + "\n";
}

Result<KeyRing> KeyRing::create(const std::filesystem::path& file, const KeySource* seal) {
  const std::string name = file.string(), aside = name + ".new";
  const SecretKey key = SecretKey::random();
  KeyRing ring({{id_of(key), key}}, std::string(seal == nullptr ? kInClear : seal->kind()));
  EYRIE_TRY(std::string text, ring.text(seal));
  EYRIE_CHECK_OK(write_aside(aside, text));
  // link, unlike rename, never replaces a key that is there.
  if (::link(aside.c_str(), name.c_str()) != 0) {
    const int reason = errno;
    ::unlink(aside.c_str());
    if (reason == EEXIST) return fail(Code::kAlreadyExists, name + " exists");
    return fail(system_error("cannot make " + name, reason));
  }
  ::unlink(aside.c_str());
  EYRIE_CHECK_OK(sync_folder_of(file));
  return ring;
}

Result<KeyRing> KeyRing::replace(const std::filesystem::path& file, const KeySource* seal) const {
  const std::string name = file.string(), aside = name + ".new";
  EYRIE_TRY(std::string content, text(seal));
  EYRIE_CHECK_OK(write_aside(aside, content));
  if (::rename(aside.c_str(), name.c_str()) != 0) return fail(system_error("cannot replace " + name, errno));
  EYRIE_CHECK_OK(sync_folder_of(file));
  return KeyRing(keys_, std::string(seal == nullptr ? kInClear : seal->kind()));
}

KeyRing KeyRing::with_new_key() const {
  KeyRing ring(*this);
  const SecretKey key = SecretKey::random();
  ring.keys_.insert(ring.keys_.begin(), Entry{id_of(key), key});
  return ring;
}

KeyRing KeyRing::with_current_key_alone() const { return KeyRing({keys_.front()}, sealed_by_); }

const KeyRing::Entry* KeyRing::find(std::uint32_t key_id) const {
  const auto found = std::ranges::find(keys_, key_id, &Entry::id);
  return found == keys_.end() ? nullptr : std::to_address(found);
}

void wrap_key(const SecretKey& under, const SecretKey& key, ByteView aad, WrappedKey& wrapped) {
  fill_random(wrapped.nonce);
  Aes256Gcm(under).seal(wrapped.nonce, aad, key.view(), wrapped.sealed);
}

Result<SecretKey> unwrap_key(const SecretKey& under, const WrappedKey& wrapped, ByteView aad) {
  SecretKey key;
  if (!Aes256Gcm(under).open(wrapped.nonce, aad, wrapped.sealed, key.writable())) {
    return fail(Code::kCorrupt, "a wrapped data key fails its check");
  }
  return key;
}

WrappedKey KeyRing::wrap(const SecretKey& key, ByteView aad) const {
  WrappedKey wrapped{.key_id = current_key_id()};
  wrap_key(keys_.front().key, key, aad, wrapped);
  return wrapped;
}

Result<SecretKey> KeyRing::unwrap(const WrappedKey& wrapped, ByteView aad) const {
  const Entry* entry = find(wrapped.key_id);
  if (entry == nullptr) {
    return fail(Code::kFailedPrecondition,
                "the master key that wrapped this data key is not in the key file");
  }
  return unwrap_key(entry->key, wrapped, aad);
}

Result<WrappedKey> KeyRing::rewrap(const WrappedKey& wrapped, ByteView aad, ByteView new_aad) const {
  EYRIE_TRY(const SecretKey key, unwrap(wrapped, aad));
  return wrap(key, new_aad);
}

Bytes KeyRing::new_key(std::string_view place) const {
  const auto bytes = wrap(SecretKey::random(), as_bytes(place)).bytes();
  return {bytes.begin(), bytes.end()};
}

Result<SecretKey> KeyRing::open_key(std::string_view place, ByteView stored, std::string_view whose) const {
  constexpr std::size_t kSize = WrappedKey::kBytes;
  if (stored.size() != kSize) return fail(Code::kCorrupt, std::string(whose) + "'s key has a wrong length");
  return unwrap(WrappedKey::of_bytes(stored.first<kSize>()), as_bytes(place));
}

}  // namespace eyrie::crypto
