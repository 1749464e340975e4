// What anybody types into a search.
#include "analysis/pictures/search_terms.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie::analysis;
  const std::string_view typed(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> words;
  for (const SearchTerm& term : search_terms(typed)) {
    if (term.text.empty()) __builtin_trap();
    if (term.coordinate) (void)term.coordinate->of({.latitude = 43.5F, .longitude = -11.9F});
    words.push_back(term.text);
  }
  if (words.size() > kMaxWords) __builtin_trap();
  WrittenDays days(words);
  const WordBits bits = days.named(14'174);
  if ((bits & ~days.possible()) != 0 || bits != days.named(14'174)) __builtin_trap();
  (void)day_of_camera(typed);
  return 0;
}
