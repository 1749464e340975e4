// The characters a text recognizer knows, by class.
//
// Class 0 is CTC's blank, the last class the space; each other class is one short piece of UTF-8. Full-width
// forms of ASCII (U+FF01..U+FF5E) read as their ASCII ones, and the ideographic space as a space: the
// recognizers were trained on Chinese too, and pick those forms for Latin punctuation at times.
//
// Errors: kInvalidArgument - a class that is empty or no UTF-8. Thread safety: immutable once made.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eyrie::vision {

class Alphabet {
 public:
  // `classes` as a pack has them: the first one's name does not matter.
  static Result<Alphabet> make(const std::vector<std::string>& classes);

  std::size_t classes() const { return texts_.size(); }
  bool is_space(std::size_t cls) const { return texts_[cls] == " "; }
  std::string_view text(std::size_t cls) const { return texts_[cls]; }  // blank: ""
  std::size_t space() const { return texts_.size() - 1; }

 private:
  explicit Alphabet(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  // Constant after construction.
  std::vector<std::string> texts_;
};

}  // namespace eyrie::vision
