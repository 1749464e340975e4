// People whose faces are known, each with one portrait's embedding or several; and who of them a face is.
//
//   EYRIE_TRY(const CelebrityGallery gallery, CelebrityGallery::open(path));
//   if (const auto match = gallery.match(face.embedding)) use(match->celebrity->name, match->confidence);
//
// A gallery holds embeddings of one model, of one length; those of another cannot be compared with them. Its
// file is described in docs/formats.md; it is written aside, synced and renamed, so a reader finds the old
// one or the new one, whole.
//
// Errors: kNotFound - no such file; kCorrupt - the file is damaged, or of a newer version; kInvalidArgument -
// what is to be added does not fit (the message says why); kAlreadyExists - another name has the id; system
// errors of reading and writing. Thread safety: const members from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::vision {

enum class KnownGender { kUnlisted, kFemale, kMale, kNonbinary };
// As the service description spells it: "Male".
std::string_view known_gender_name(KnownGender gender);
std::optional<KnownGender> known_gender_of(std::string_view name);

struct Celebrity {
  std::string id;    // letters and digits, 1..64
  std::string name;  // UTF-8, 1..255 bytes
  std::vector<std::string>
      urls;  // without a scheme, as Rekognition gives them: "en.wikipedia.org/wiki/Abraham_Lincoln"
  KnownGender gender = KnownGender::kUnlisted;
};

// Eight letters and digits, always the same for a name.
std::string celebrity_id(std::string_view name);

struct CelebrityMatch {
  const Celebrity* celebrity = nullptr;  // as long as the gallery lives, unchanged
  double confidence = 0;                 // 0..100
};

class CelebrityGallery {
 public:
  // Empty. `model`: the id of the pack whose embeddings it is for.
  explicit CelebrityGallery(std::string model) : model_(std::move(model)) {}

  static Result<CelebrityGallery> parse(ByteView file);
  static Result<CelebrityGallery> open(const std::filesystem::path& path);
  Bytes serialize() const;
  // Replaces the file, mode 0600; makes its folder.
  Status save(const std::filesystem::path& path) const;

  // One more portrait, as the embedding of its face. A known id keeps its name and takes the other members of
  // `who`.
  Status add(const Celebrity& who, std::span<const float> embedding);
  // False where there is no such id.
  bool remove(std::string_view id);

  const std::string& model() const { return model_; }
  std::size_t size() const { return entries_.size(); }
  std::size_t portraits() const;
  // In the order in which they were added.
  std::vector<const Celebrity*> celebrities() const;
  // nullptr where there is none.
  const Celebrity* find(std::string_view id) const;

  // The one whose portraits the face is most like, where it is like enough. nullopt for embeddings of another
  // length.
  std::optional<CelebrityMatch> match(std::span<const float> embedding) const;

 private:
  struct Entry {
    Celebrity celebrity;
    std::vector<float> embeddings;  // of unit length, one after the other
  };

  std::string model_;
  std::size_t dimensions_ = 0;  // 0: nothing added yet
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_id_;  // index of the entry
};

// How surely a face is the celebrity's whose portrait is this alike (cosine, -1..1): 0..100.
double match_confidence(double cosine);

}  // namespace eyrie::vision
