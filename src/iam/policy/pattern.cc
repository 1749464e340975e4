#include "iam/policy/pattern.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::iam {
namespace {

constexpr std::size_t kMaxExpanded = 1U << 16;
constexpr int kArnParts = 6;

char16_t byte_of(char c) {
  return static_cast<unsigned char>(c);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text, Options options) {
  Pattern pattern;
  pattern.options_ = options;
  while (!text.empty()) {
    if (options.variables && text.starts_with("${")) {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) return fail(Code::kInvalidArgument, "a policy variable is not closed");
      EYRIE_CHECK_OK(pattern.add_variable(text.substr(2, end - 2)));
      text.remove_prefix(end + 1);
      continue;
    }
    if (pattern.pieces_.empty() || !pattern.pieces_.back().variable.empty()) pattern.pieces_.emplace_back();
    Marked& marked = pattern.pieces_.back().text;
    const char c = text.front();
    text.remove_prefix(1);
    if (options.wildcards && c == '*') {
      if (marked.empty() || marked.back() != kAny) marked += kAny;
    } else {
      marked += options.wildcards && c == '?' ? kOne : byte_of(c);
    }
  }
  return pattern;
}

Status Pattern::add_variable(std::string_view inside) {
  if (inside == "*" || inside == "?" || inside == "$") {
    if (pieces_.empty() || !pieces_.back().variable.empty()) pieces_.emplace_back();
    pieces_.back().text += byte_of(inside.front());
    return {};
  }
  const std::size_t comma = inside.find(',');
  Piece piece;
  piece.variable = lower_case(trimmed(inside.substr(0, comma)));
  if (piece.variable.empty()) return fail(Code::kInvalidArgument, "a policy variable has no name");
  if (comma != std::string_view::npos) {
    const std::string_view quoted = trimmed(inside.substr(comma + 1));
    if (quoted.size() < 2 || !quoted.starts_with('\'') || !quoted.ends_with('\'')) {
      return fail(Code::kInvalidArgument, "a policy variable's default value is not in single quotes");
    }
    piece.fallback = quoted.substr(1, quoted.size() - 2);
  }
  pieces_.push_back(std::move(piece));
  return {};
}

std::expected<Pattern::Marked, Match> Pattern::expand(const ConditionValues& values) const {
  Marked expanded;
  for (const Piece& piece : pieces_) {
    if (piece.variable.empty()) {
      expanded += piece.text;
      continue;
    }
    // Only a key of one value can stand in a text.
    const auto* found = values.find(piece.variable);
    const std::string* value = found != nullptr && found->size() == 1 ? &found->front() : nullptr;
    if (value == nullptr && piece.fallback) value = &*piece.fallback;
    if (value == nullptr) return std::unexpected(is_known_key(piece.variable) && (found == nullptr || found->empty()) ? Match::kNo : Match::kUnknown);
    if (expanded.size() + value->size() > kMaxExpanded) return std::unexpected(Match::kUnknown);
    for (const char c : *value) expanded += byte_of(c);
  }
  return expanded;
}

Match Pattern::match(std::string_view text, const ConditionValues& values) const {
  auto compare = [&](std::u16string_view pattern) {
    return (options_.arn ? matches_arn(pattern, text) : matches(pattern, text)) ? Match::kYes : Match::kNo;
  };
  if (pieces_.empty()) return compare({});
  if (pieces_.size() == 1 && pieces_.front().variable.empty()) return compare(pieces_.front().text);
  const auto expanded = expand(values);
  return expanded ? compare(*expanded) : expanded.error();
}

bool Pattern::equal(char16_t mark, char c) const {
  if (mark == byte_of(c)) return true;
  return options_.ignore_case && mark < kAny && lower(static_cast<char>(mark)) == lower(c);
}

// Greedy: what a `*` took is only ever taken back for the last one, which suffices, since an earlier one could
// only give way to make the last one begin later.
bool Pattern::matches(std::u16string_view pattern, std::string_view text) const {
  if (static_cast<std::size_t>(std::ranges::count_if(pattern, [](char16_t c) { return c < kAny; })) > text.size())
    return false;
  std::size_t at = 0, in = 0;
  std::size_t star = std::u16string_view::npos, star_in = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == kAny) {
      star = at++;
      star_in = in;
    } else if (at < pattern.size() && pattern[at] == kOne) {
      ++at;
      for (++in; in < text.size() && continues_character(text[in]);) ++in;
    } else if (at < pattern.size() && equal(pattern[at], text[in])) {
      ++at;
      ++in;
    } else if (star != std::u16string_view::npos) {
      at = star + 1;
      in = ++star_in;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == kAny) ++at;
  return at == pattern.size();
}

bool Pattern::matches_arn(std::u16string_view pattern, std::string_view text) const {
  for (int part = 1; part < kArnParts; ++part) {
    const std::size_t pattern_end = pattern.find(u':'), text_end = text.find(':');
    // Fewer parts make no ARN: equal only as texts.
    if (pattern_end == std::u16string_view::npos || text_end == std::string_view::npos) break;
    if (!matches(pattern.substr(0, pattern_end), text.substr(0, text_end))) return false;
    pattern.remove_prefix(pattern_end + 1);
    text.remove_prefix(text_end + 1);
  }
  return matches(pattern, text);
}

}  // namespace eyrie::iam
