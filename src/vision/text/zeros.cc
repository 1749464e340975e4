#include "vision/text/zeros.h"

#include <algorithm>
#include <string_view>

namespace eyrie::vision {
namespace {

// ASCII alone: what is none is neither letter nor digit nor punctuation here.
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_round(char c) { return c == 'O' || c == 'o'; }
bool is_punctuation(char c) { return std::string_view(".,:;/%()$*#+-").contains(c); }

bool is_number(const std::string& word) {
  return std::ranges::count_if(word, is_digit) >= 2 &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || is_round(c) || is_punctuation(c); });
}

bool is_of_letters(const std::string& word) {
  return std::ranges::count_if(word, is_letter) >= 3 &&
         std::ranges::none_of(word, [](char c) { return is_digit(c) && c != '0'; });
}

}  // namespace

std::string settle_zeros(std::string word) {
  if (is_number(word)) {
    std::ranges::replace_if(word, is_round, '0');
  } else if (is_of_letters(word)) {
    for (std::size_t begin = word.find('0'); begin != std::string::npos; begin = word.find('0', begin)) {
      const std::size_t end = std::min(word.find_first_not_of('0', begin), word.size());
      if (begin > 0 && end < word.size() && is_letter(word[begin - 1]) && is_letter(word[end])) {
        const bool capitals = is_upper(word[begin - 1]) || is_upper(word[end]);
        std::fill(word.begin() + static_cast<std::ptrdiff_t>(begin), word.begin() + static_cast<std::ptrdiff_t>(end),
                  capitals ? 'O' : 'o');
      }
      begin = end;
    }
  }
  return word;
}

}  // namespace eyrie::vision
