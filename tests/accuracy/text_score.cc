#include "text_score.h"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace eyrie::accuracy {
namespace {

using vision::Point;
using vision::TextDetection;

// A truth line's box is looked at in this many points along and across.
constexpr int kAlong = 64;
constexpr int kAcross = 16;
constexpr double kCovered = 0.5;

bool inside(const Polygon& polygon, Point at) {
  bool in = false;
  for (std::size_t i = 0; i < 4; ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % 4];
    if ((a.y > at.y) != (b.y > at.y) && at.x < a.x + (b.x - a.x) * (at.y - a.y) / (b.y - a.y)) in = !in;
  }
  return in;
}

Point between(const Polygon& quad, double across, double down) {
  const auto mix = [](Point a, Point b, double at) {
    return Point{a.x + (b.x - a.x) * at, a.y + (b.y - a.y) * at};
  };
  return mix(mix(quad[0], quad[1], across), mix(quad[3], quad[2], across), down);
}

// Calls at() with points spread evenly over the quadrilateral.
template <typename F>
void spread(const Polygon& quad, F at) {
  for (int y = 0; y < kAcross; ++y) {
    for (int x = 0; x < kAlong; ++x) at(between(quad, (x + 0.5) / kAlong, (y + 0.5) / kAcross));
  }
}

bool is_covered(const TrueLine& line, const std::vector<TextDetection>& found) {
  int hits = 0;
  spread(line.polygon, [&](Point at) {
    hits += std::ranges::any_of(found,
                                [&](const TextDetection& text) {
                                  return text.type == vision::TextType::kLine && inside(text.polygon, at);
                                })
                ? 1
                : 0;
  });
  return hits >= kCovered * kAlong * kAcross;
}

// The truth line that most of the word lies in; -1 where less than half of it is in any.
int owner_of(const TextDetection& word, const std::vector<TrueLine>& truth) {
  int best = -1;
  int most = kAlong * kAcross / 2;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    int hits = 0;
    spread(word.polygon, [&](Point at) { hits += inside(truth[i].polygon, at) ? 1 : 0; });
    if (hits <= most) continue;
    most = hits;
    best = static_cast<int>(i);
  }
  return best;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// The characters of UTF-8, each with the bytes that continue it.
std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  for (std::size_t i = 0, begin = 0; i < text.size(); begin = i) {
    do {
      ++i;
    } while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80);
    characters.push_back(text.substr(begin, i - begin));
  }
  return characters;
}

}  // namespace

std::size_t edit_distance(const std::string& one, const std::string& other) {
  const std::vector<std::string_view> a = characters_of(one);
  const std::vector<std::string_view> b = characters_of(other);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string normalized(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '\r' || c == '\t') c = ' ';
    if (c == ' ' && (result.empty() || result.back() == ' ')) continue;
    result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

std::string alphanumeric(const std::string& text) {
  std::string result;
  for (const char c : normalized(text)) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) result += c;
  }
  return result;
}

bool overlaps(const vision::BoundingBox& a, const vision::BoundingBox& b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height &&
         b.top < a.top + a.height;
}

void ReceiptScore::add(const std::vector<TrueLine>& truth, const std::vector<TextDetection>& found) {
  std::vector<std::vector<const TextDetection*>> words(truth.size());
  for (const TextDetection& text : found) {
    if (text.type != vision::TextType::kWord) continue;
    ++words_;
    const int owner = owner_of(text, truth);
    if (owner < 0) {
      ++words_elsewhere_;
    } else {
      words[static_cast<std::size_t>(owner)].push_back(&text);
    }
  }
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++lines_;
    covered_ += is_covered(truth[i], found) ? 1 : 0;
    std::ranges::sort(words[i], {},
                      [](const TextDetection* word) { return word->box.left + word->box.width / 2; });
    std::string read;
    for (const TextDetection* word : words[i]) read += (read.empty() ? "" : " ") + word->text;
    read = normalized(read);
    const std::string wanted = normalized(truth[i].text);
    const std::size_t errors = edit_distance(read, wanted);
    characters_ += characters_of(wanted).size();
    errors_ += errors;
    characters_without_spaces_ += characters_of(without_spaces(wanted)).size();
    errors_without_spaces_ += edit_distance(without_spaces(read), without_spaces(wanted));
    if (errors > 0) wrong_.push_back(wanted + " | " + read);
  }
}

void ReceiptScore::add(const ReceiptScore& other) {
  lines_ += other.lines_;
  covered_ += other.covered_;
  characters_ += other.characters_;
  errors_ += other.errors_;
  characters_without_spaces_ += other.characters_without_spaces_;
  errors_without_spaces_ += other.errors_without_spaces_;
  words_ += other.words_;
  words_elsewhere_ += other.words_elsewhere_;
  wrong_.insert(wrong_.end(), other.wrong_.begin(), other.wrong_.end());
}

}  // namespace eyrie::accuracy
