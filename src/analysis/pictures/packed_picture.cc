#include "analysis/pictures/packed_picture.h"

#include <algorithm>
#include <cstring>

#include "base/encoding.h"

namespace eyrie::analysis {
namespace {

constexpr std::uint16_t kNowhere = 0xFFFF;
constexpr std::size_t kUuidText = 36;

std::optional<Uuid> uuid_of(std::string_view text) {
  if (!is_uuid(text)) return std::nullopt;
  Uuid uuid;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const auto value = static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    std::uint8_t& byte = uuid[digits / 2];
    byte =
        digits++ % 2 == 0 ? static_cast<std::uint8_t>(value << 4) : static_cast<std::uint8_t>(byte | value);
  }
  return uuid;
}

// As uuid_text() says it; a search asks for it picture by picture.
void append_uuid(std::string& text, std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::array<char, kUuidText> out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out[at++] = '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[at++] = kDigits[byte >> 4];
    out[at++] = kDigits[byte & 0x0F];
  }
  text.append(out.data(), at);
}

std::string_view last_part(std::string_view key) {
  return key.substr(key.rfind('/') + 1);
}

}  // namespace

IdToFind::IdToFind(std::string_view text) : text_(text), uuid_(uuid_of(text)) {}

PackedId IdToFind::packed() const {
  return uuid_ ? PackedId{true, as_text(*uuid_)} : PackedId{false, text_};
}

PackedPicture::PackedPicture(const Picture& picture, SharedNames& names) {
  // A member more does not compile until it is packed here.
  const auto& [id, uploaded, bucket, key, version, name, sha256, status, error, width, height, bytes, faces,
               flagged, archived, place, country, taken_day, traits, labels, summary, words] = picture;
  uploaded_ = uploaded;
  bytes_ = bytes;
  width_ = width;
  height_ = height;
  faces_ = faces;
  bucket_ = names.take(bucket);
  status_ = status;
  flagged_ = flagged;
  archived_ = archived;
  placed_ = place.has_value();
  place_ = place.value_or(Place{});
  country_ = country;
  taken_day_ = taken_day;
  traits_ = traits;
  summary_count_ = static_cast<std::uint8_t>(std::min(summary.size(), summary_.size()));
  std::ranges::copy_n(summary.begin(), summary_count_, summary_.begin());
  labels_ = static_cast<std::uint8_t>(std::min(labels.size(), kMaxPictureLabels));

  const IdToFind packed_id(id);
  uuid_ = packed_id.packed().uuid;
  name_in_key_ = name == last_part(key);
  const std::size_t id_at = uuid_ ? key.find(id) : std::string::npos;
  id_at_ = id_at < kNowhere ? static_cast<std::uint16_t>(id_at) : kNowhere;
  const std::string short_key = id_at_ == kNowhere ? key : std::string(key).erase(id_at_, kUuidText);

  const std::array<std::string_view, kParts> parts = {
      packed_id.packed().bytes,
      short_key,
      version,
      name_in_key_ ? std::string_view() : std::string_view(name),
      sha256,
      error,
      words};
  std::size_t size = 0;
  for (std::size_t i = 0; i < parts.size(); ++i)
    ends_[i] = static_cast<std::uint16_t>(size += parts[i].size());
  rest_ = std::make_unique_for_overwrite<char[]>(labels_ * sizeof(Label) + size);
  char* at = rest_.get();
  for (std::size_t i = 0; i < labels_; ++i) {
    const Label label{.name = names.take(labels[i].name), .confidence = labels[i].confidence};
    std::memcpy(at, &label, sizeof(Label));
    at += sizeof(Label);
  }
  for (const std::string_view part : parts) at = std::ranges::copy(part, at).out;
}

Picture PackedPicture::unpack(const SharedNames& names) const {
  Picture picture{.id = id_text(),
                  .uploaded = uploaded_,
                  .bucket = std::string(names[bucket_]),
                  .key = {},
                  .version = std::string(part(kVersion)),
                  .name = {},
                  .sha256 = std::string(part(kSha256)),
                  .status = status_,
                  .error = std::string(part(kError)),
                  .width = width_,
                  .height = height_,
                  .bytes = bytes_,
                  .faces = faces_,
                  .flagged = flagged_,
                  .archived = archived_,
                  .place = taken(),
                  .country = country_,
                  .taken_day = taken_day_,
                  .traits = traits_,
                  .labels = {},
                  .summary = {summary_.begin(), summary_.begin() + summary_count_},
                  .words = std::string(part(kWords))};
  append_key(picture.key);
  picture.name = name_in_key_ ? last_part(picture.key) : part(kName);
  for (std::size_t i = 0; i < labels_; ++i) {
    const Label packed = label(i);
    picture.labels.push_back({.name = std::string(names[packed.name]), .confidence = packed.confidence});
  }
  return picture;
}

void PackedPicture::give_back(SharedNames& names) const {
  names.give_back(bucket_);
  for (std::size_t i = 0; i < labels_; ++i) names.give_back(label(i).name);
}

PackedPicture::Label PackedPicture::label(std::size_t at) const {
  Label label;
  std::memcpy(&label, rest_.get() + at * sizeof(Label), sizeof(Label));
  return label;
}

std::string_view PackedPicture::part(Part part) const {
  const std::size_t begin = part == kId ? 0 : ends_[part - 1];
  return {rest_.get() + labels_ * sizeof(Label) + begin, ends_[part] - begin};
}

std::string PackedPicture::id_text() const {
  if (!uuid_) return std::string(part(kId));
  std::string text;
  append_uuid(text, part(kId));
  return text;
}

void PackedPicture::append_key(std::string& text) const {
  const std::string_view key = part(kKey);
  if (id_at_ == kNowhere) {
    text += key;
    return;
  }
  text += key.substr(0, id_at_);
  append_uuid(text, part(kId));
  text += key.substr(id_at_);
}

std::string_view PackedPicture::name(std::string& room) const {
  if (!name_in_key_) return part(kName);
  if (id_at_ == kNowhere) return last_part(part(kKey));
  room.clear();
  append_key(room);
  return last_part(room);
}

std::size_t PackedPicture::heap_bytes() const {
  return labels_ * sizeof(Label) + ends_[kParts - 1];
}

}  // namespace eyrie::analysis
