// A Picture in few bytes: the index holds one of each record. Labels and bucket are numbers of SharedNames, a
// UUID is its 16 bytes and is cut out of the key that holds it, a name that is the key's last part is not
// kept again. Typical is 300 bytes; at most some 8 KB, and the names that only it has.
//
//   PackedPicture packed(picture, names);
//   packed.unpack(names) == picture
//   packed.give_back(names);              // before it goes: its labels' names may go with it
//
// What is packed keeps to picture_of()'s bounds.
// A packed picture is found by its position: when it was uploaded, then its id. Errors: none. Thread safety:
// plain data; `names` its owner's.
#pragma once

#include <array>
#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/pictures/picture.h"
#include "analysis/pictures/shared_names.h"
#include "base/ids.h"

namespace eyrie::analysis {

// An ImageID as it is packed: UUIDs after all others. Looks into what it was made of.
struct PackedId {
  bool uuid = false;
  std::string_view bytes;
  auto operator<=>(const PackedId&) const = default;
};
// The same of a text, to look for.
class IdToFind {
 public:
  explicit IdToFind(std::string_view text);
  PackedId packed() const;

 private:
  std::string text_;
  std::optional<Uuid> uuid_;
};

struct Position {
  std::int64_t uploaded = 0;  // epoch seconds
  PackedId id;
  auto operator<=>(const Position&) const = default;
};

class PackedPicture {
 public:
  PackedPicture(const Picture& picture, SharedNames& names);
  PackedPicture(PackedPicture&&) noexcept = default;
  PackedPicture& operator=(PackedPicture&&) noexcept = default;

  Picture unpack(const SharedNames& names) const;
  void give_back(SharedNames& names) const;

  PackedId id() const { return {uuid_, part(kId)}; }
  Position position() const { return {uploaded_, id()}; }
  std::int64_t uploaded() const { return uploaded_; }
  std::uint64_t bytes() const { return bytes_; }
  PictureStatus status() const { return status_; }
  bool flagged() const { return flagged_; }
  bool archived() const { return archived_; }
  std::optional<Place> taken() const { return placed_ ? std::optional(place_) : std::nullopt; }
  std::uint8_t country() const { return country_; }
  std::int32_t taken_day() const { return taken_day_; }
  FaceTraits traits() const { return traits_; }
  std::string_view sha256() const { return part(kSha256); }
  std::string_view words() const { return part(kWords); }

  struct Label {
    SharedNames::Id name;
    float confidence;  // percent
  };
  std::size_t label_count() const { return labels_; }
  Label label(std::size_t at) const;  // the surest first

  // What has to be put together is appended to `text`.
  void append_key(std::string& text) const;
  // The name: it looks into this picture or, where it has to be put together, into `room`.
  std::string_view name(std::string& room) const;
  bool name_is_in_key() const { return name_in_key_; }

  // On the heap, the allocator's own beside it.
  std::size_t heap_bytes() const;

 private:
  enum Part : std::uint8_t { kId, kKey, kVersion, kName, kSha256, kError, kWords, kParts };
  std::string_view part(Part part) const;
  std::string id_text() const;

  std::int64_t uploaded_;
  std::uint64_t bytes_;
  std::uint32_t width_, height_, faces_;
  SharedNames::Id bucket_;
  Place place_;  // where placed_ says so
  std::int32_t taken_day_;
  FaceTraits traits_;
  PictureStatus status_;
  std::uint8_t country_;
  bool flagged_ : 1;
  bool archived_ : 1;
  bool placed_ : 1;
  bool uuid_ : 1;         // the id is one, and kept as such
  bool name_in_key_ : 1;  // the name is what follows the key's last '/'
  std::uint8_t labels_;
  std::uint8_t summary_count_;
  std::array<std::uint8_t, kMaxPictureSummary> summary_;
  std::uint16_t id_at_;                     // where in the key the id's text was cut out; kNowhere
  std::array<std::uint16_t, kParts> ends_;  // of the parts, from where the labels end
  std::unique_ptr<char[]> rest_;            // labels, then the parts
};

}  // namespace eyrie::analysis
