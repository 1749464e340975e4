// A query of the picture index made ready for many pictures: what each word may mean is worked out once, so that most pictures are judged by numbers, and only what is left is looked for
// in their text. Errors: none. Thread safety: none; it remembers, and looks into the index's names.
#pragma once

#include <string>
#include <vector>

#include "analysis/pictures/face_words.h"
#include "analysis/pictures/picture_index.h"
#include "analysis/pictures/search_terms.h"

namespace eyrie::analysis {

class Sieve {
 public:
  // Both must outlive it.
  Sieve(const PictureQuery& query, const SharedNames& names);

  bool fits(const PackedPicture& picture);

 private:
  Sieve(const PictureQuery& query, const SharedNames& names, std::vector<SearchTerm> terms);

  struct Word {
    std::string text;                     // lower case
    std::optional<Coordinate> coordinate;
    FaceTraits traits = 0;
    std::vector<bool> labels;             // by number: whether it begins a word of that name
    std::vector<bool> countries;          // by number: the same; empty: of none
  };

  bool has_words(const PackedPicture& picture);
  bool labelled(const PackedPicture& picture, const Word& word) const;
  bool told_by_numbers(const PackedPicture& picture, const Word& word) const;
  const std::string& text_of(const PackedPicture& picture);

  const PictureQuery& query_;
  std::vector<Word> words_;
  WrittenDays days_;
  std::string text_, room_;
};

}  // namespace eyrie::analysis
