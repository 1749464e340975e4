#include "analysis/pictures/sieve.h"

#include <algorithm>

#include "analysis/pictures/countries.h"

namespace eyrie::analysis {
namespace {

constexpr std::int64_t kDay_s = 86'400;
constexpr std::size_t kShortestCountry = 3;  // letters: "in" is not India

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Whether a word of the name begins so. "car" finds "Car" and "Sports Car", not "Scarf".
bool names(std::string_view name, std::string_view word) {
  for (std::size_t at = 0; at + word.size() <= name.size(); ++at) {
    const bool begins = at == 0 || name[at - 1] == ' ' || name[at - 1] == '-' || name[at - 1] == '\n';
    if (begins && std::ranges::equal(word, name.substr(at, word.size()), {}, {}, lower_ascii)) return true;
  }
  return false;
}

std::vector<bool> countries_called(std::string_view word) {
  if (word.size() < kShortestCountry) return {};
  std::vector<bool> called(last_country() + 1U);
  bool any = false;
  for (std::size_t id = 1; id < called.size(); ++id) any |= called[id] = names(country_names(static_cast<CountryId>(id)), word);
  return any ? called : std::vector<bool>();
}

std::vector<std::string> texts_of(const std::vector<SearchTerm>& terms) {
  std::vector<std::string> texts;
  for (const SearchTerm& term : terms) texts.push_back(term.text);
  return texts;
}

}  // namespace

Sieve::Sieve(const PictureQuery& query, const SharedNames& known) : Sieve(query, known, search_terms(query.words)) {}

Sieve::Sieve(const PictureQuery& query, const SharedNames& known, std::vector<SearchTerm> terms) : query_(query), days_(texts_of(terms)) {
  for (SearchTerm& term : terms) {
    Word& made = words_.emplace_back(Word{.text = std::move(term.text), .coordinate = term.coordinate, .labels = std::vector<bool>(known.size())});
    made.traits = traits_called(made.text);
    made.countries = countries_called(made.text);
    for (SharedNames::Id id = 0; id < known.size(); ++id) made.labels[id] = names(known[id], made.text);
  }
}

bool Sieve::fits(const PackedPicture& picture) {
  if (query_.status && picture.status() != *query_.status) return false;
  if (query_.moderation == PictureQuery::Moderation::kFlagged && !picture.flagged()) return false;
  if (query_.moderation == PictureQuery::Moderation::kClean && (picture.flagged() || picture.status() != PictureStatus::kCompleted)) return false;
  if (query_.archived != PictureQuery::Archived::kAny && picture.archived() != (query_.archived == PictureQuery::Archived::kOnly)) return false;
  if (query_.within) {
    const auto taken = picture.taken();
    if (!taken || !query_.within->contains(*taken)) return false;
  }
  if (words_.empty()) return query_.min_confidence <= 0 || (picture.label_count() > 0 && picture.label(0).confidence >= query_.min_confidence);
  return has_words(picture);
}

bool Sieve::has_words(const PackedPicture& picture) {
  WordBits left = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (!told_by_numbers(picture, words_[i])) left |= WordBits{1} << i;
  }
  if (left == 0) return true;
  // Words of a day must all be of the same one: "november 2008" is not what was taken in October 2008 and uploaded in November.
  const auto uploaded = days_.named(static_cast<std::int32_t>(picture.uploaded() / kDay_s));
  const auto taken = picture.taken_day() == kNoDay ? WordBits{0} : days_.named(picture.taken_day());
  const auto dated = [&] { return (left & ~uploaded) == 0 || (left & ~taken) == 0; };
  if (dated()) return true;
  text_.clear();
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const WordBits bit = WordBits{1} << i;
    if ((left & bit) == 0) continue;
    if (text_of(picture).contains(words_[i].text)) {
      left &= ~bit;
    } else if (((uploaded | taken) & bit) == 0) {
      return false;
    }
  }
  return dated();
}

bool Sieve::told_by_numbers(const PackedPicture& picture, const Word& word) const {
  if (labelled(picture, word) || (picture.traits() & word.traits) != 0) return true;
  if (!word.countries.empty() && word.countries[picture.country()]) return true;
  if (!word.coordinate) return false;
  const auto taken = picture.taken();
  return taken && word.coordinate->of(*taken);
}

bool Sieve::labelled(const PackedPicture& picture, const Word& word) const {
  for (std::size_t i = 0; i < picture.label_count(); ++i) {
    const PackedPicture::Label label = picture.label(i);
    if (label.confidence < query_.min_confidence) return false;  // as are those that follow
    if (word.labels[label.name]) return true;
  }
  return false;
}

// All that words are looked for in, lower case; put together where numbers have not answered already.
const std::string& Sieve::text_of(const PackedPicture& picture) {
  if (!text_.empty()) return text_;
  picture.append_key(text_);
  text_ += '\n';
  if (!picture.name_is_in_key()) text_ += picture.name(room_);
  std::ranges::transform(text_, text_.begin(), lower_ascii);
  text_ += '\n';
  text_ += picture.words();
  return text_;
}

}  // namespace eyrie::analysis
