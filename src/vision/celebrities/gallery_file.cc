// The file of a gallery: docs/formats.md.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "vision/celebrities/celebrity_gallery.h"

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "EYRG";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHead = 12;  // magic, version, three zeros, bytes of the index
constexpr std::uint64_t kMaxFile = 1U << 30;

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

std::unexpected<Error> corrupt(const std::string& why) {
  return fail(Code::kCorrupt, "celebrity gallery: " + why);
}

json::object index_of(const Celebrity& who, std::size_t portraits) {
  json::array urls;
  for (const std::string& url : who.urls) urls.emplace_back(url);
  return {{"id", who.id},
          {"name", who.name},
          {"urls", std::move(urls)},
          {"gender", known_gender_name(who.gender)},
          {"portraits", portraits}};
}

Result<Celebrity> celebrity_of(const json::value& value) {
  const json::string* id = find_string(value, "id");
  const json::string* name = find_string(value, "name");
  const json::string* gender = find_string(value, "gender");
  const json::value* urls = find(value, "urls");
  const auto known = gender == nullptr ? std::nullopt : known_gender_of(*gender);
  if (id == nullptr || name == nullptr || !known || urls == nullptr || !urls->is_array())
    return corrupt("an entry lacks a member");
  Celebrity who{.id = std::string(*id), .name = std::string(*name), .urls = {}, .gender = *known};
  for (const json::value& url : urls->get_array()) {
    if (!url.is_string()) return corrupt("a URL is no string");
    who.urls.emplace_back(url.get_string());
  }
  return who;
}

Result<std::size_t> count_of(const json::value& value, std::string_view name) {
  const json::value* count = find(value, name);
  if (count == nullptr || !count->is_int64() || count->get_int64() < 1)
    return corrupt("\"" + std::string(name) + "\" is no count");
  return static_cast<std::size_t>(count->get_int64());
}

// Takes floats off the file's rest.
class Floats {
 public:
  explicit Floats(ByteView bytes) : bytes_(bytes) {}

  Result<std::vector<float>> take(std::size_t count) {
    if (count > bytes_.size() / sizeof(float)) return corrupt("it ends within an embedding");
    std::vector<float> floats(count);
    std::memcpy(floats.data(), bytes_.data(), count * sizeof(float));
    bytes_ = bytes_.subspan(count * sizeof(float));
    return floats;
  }
  bool empty() const { return bytes_.empty(); }

 private:
  ByteView bytes_;
};

void append(Bytes& bytes, ByteView more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

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
  const int fd_;
};

Status write_new_file(const std::string& name, ByteView bytes) {
  ::unlink(name.c_str());  // left by a crash
  const Descriptor file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return fail(system_error("cannot make " + name, errno));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write " + name, errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return fail(system_error("cannot sync " + name, errno));
  return {};
}

// What processes that were killed had begun: theirs, and one's that had this process's number.
void remove_leftovers(const fs::path& folder, const std::string& beside) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(beside)) continue;
    const auto process = whole_number<pid_t>(std::string_view(name).substr(beside.size()));
    if (process && (*process == ::getpid() || (::kill(*process, 0) != 0 && errno == ESRCH))) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

Bytes CelebrityGallery::serialize() const {
  json::array people;
  for (const Entry& one : entries_)
    people.push_back(index_of(one.celebrity, one.embeddings.size() / dimensions_));
  const std::string index = write_json(
      json::object{{"model", model_}, {"dimensions", dimensions_}, {"celebrities", std::move(people)}});
  Bytes file;
  append(file, as_bytes(kMagic));
  append(file, std::array<std::uint8_t, 4>{kVersion, 0, 0, 0});
  const auto length = std::bit_cast<std::array<std::uint8_t, 4>>(static_cast<std::uint32_t>(index.size()));
  append(file, length);
  append(file, as_bytes(index));
  for (const Entry& one : entries_) {
    append(file, {reinterpret_cast<const std::uint8_t*>(one.embeddings.data()),
                  one.embeddings.size() * sizeof(float)});
  }
  crypto::Sha256 digest;
  digest.update(file);
  append(file, digest.finish());
  return file;
}

Result<CelebrityGallery> CelebrityGallery::parse(ByteView file) {
  if (file.size() < kHead + crypto::Sha256::kSize || as_text(file.first(4)) != kMagic)
    return corrupt("not a gallery");
  if (file[4] != kVersion) return corrupt("version " + std::to_string(file[4]) + " is not known here");
  const ByteView content = file.first(file.size() - crypto::Sha256::kSize);
  crypto::Sha256 digest;
  digest.update(content);
  if (!std::ranges::equal(digest.finish(), file.last(crypto::Sha256::kSize)))
    return corrupt("its checksum is wrong");
  std::uint32_t length = 0;
  std::memcpy(&length, file.data() + 8, sizeof(length));
  if (length > content.size() - kHead) return corrupt("it ends within the index");
  const auto index = parse_json(as_text(content.subspan(kHead, length)));
  if (!index) return corrupt("its index is no JSON");
  const json::string* model = find_string(*index, "model");
  const json::value* people = eyrie::find(*index, "celebrities");
  if (model == nullptr || people == nullptr || !people->is_array())
    return corrupt("its index lacks a member");
  CelebrityGallery gallery{std::string(*model)};
  if (people->get_array().empty()) return gallery;
  EYRIE_TRY(const std::size_t dimensions, count_of(*index, "dimensions"));
  Floats floats(content.subspan(kHead + length));
  for (const json::value& person : people->get_array()) {
    EYRIE_TRY(const Celebrity who, celebrity_of(person));
    EYRIE_TRY(const std::size_t portraits, count_of(person, "portraits"));
    if (gallery.find(who.id) != nullptr) return corrupt("two have the id " + who.id);
    for (std::size_t i = 0; i < portraits; ++i) {
      EYRIE_TRY(const std::vector<float> embedding, floats.take(dimensions));
      if (const Status added = gallery.add(who, embedding); !added) return corrupt(added.error().message);
    }
  }
  if (!floats.empty()) return corrupt("it goes on after its end");
  return gallery;
}

Result<CelebrityGallery> CelebrityGallery::open(const fs::path& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) return fail(system_error("cannot read " + path.string(), errno));
  const auto size = static_cast<std::int64_t>(stream.tellg());
  if (size < 0 || static_cast<std::uint64_t>(size) > kMaxFile)
    return corrupt(path.string() + " is no file of up to 1 GiB");
  Bytes bytes(static_cast<std::size_t>(size));
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!stream) return fail(Code::kIo, "cannot read the whole of " + path.string());
  auto gallery = parse(bytes);
  if (!gallery) return fail(gallery.error().code, path.string() + ": " + gallery.error().message);
  return gallery;
}

Status CelebrityGallery::save(const fs::path& path) const {
  const fs::path folder = fs::absolute(path).parent_path();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(system_error("cannot make " + folder.string(), error.value()));
  // Of this process alone, as two may save one gallery at a time.
  const std::string beside = path.filename().string() + ".new-";
  remove_leftovers(folder, beside);
  const std::string aside = folder / (beside + std::to_string(::getpid()));
  EYRIE_CHECK_OK(write_new_file(aside, serialize()));
  if (::rename(aside.c_str(), path.c_str()) != 0) return fail(system_error("cannot rename " + aside, errno));
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0)
    return fail(system_error("cannot sync " + folder.string(), errno));
  return {};
}

}  // namespace eyrie::vision
