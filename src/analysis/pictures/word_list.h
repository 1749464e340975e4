// Words in one text, parted by blanks, of which what is typed may begin any. Thread-safe: pure functions.
#pragma once

#include <string_view>

namespace eyrie::analysis {

inline bool begins_one(std::string_view words, std::string_view typed) {
  while (true) {
    if (words.starts_with(typed)) return true;
    const std::size_t blank = words.find(' ');
    if (blank == std::string_view::npos) return false;
    words.remove_prefix(blank + 1);
  }
}

}  // namespace eyrie::analysis
