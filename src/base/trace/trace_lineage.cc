#include "base/trace/trace_lineage.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/bytes.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie {
namespace {

constexpr std::size_t kHashDigits = 8;

struct Passes {
  std::string hash;
  int count = 0;
};

std::string lineage_hash(std::string_view function) {
  static const std::array<std::uint8_t, 16> kSecret = [] {
    std::array<std::uint8_t, 16> made{};
    fill_random(made);
    return made;
  }();
  Bytes text(kSecret.begin(), kSecret.end());
  text.insert(text.end(), function.begin(), function.end());
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(text.data(), text.size(), digest.data());
  return hex_encode(ByteView(digest).first(kHashDigits / 2));
}

bool is_lineage_hash(std::string_view text) {
  return text.size() == kHashDigits && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The first part of the text, which is taken off it.
std::string_view take_part(std::string_view& text) {
  std::size_t end = text.size(), next = text.size();
  for (const std::string_view mark : {"|", "%7C", "%7c"}) {
    const std::size_t at = text.find(mark);
    if (at >= end) continue;
    end = at;
    next = at + mark.size();
  }
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(next);
  return part;
}

std::vector<Passes> read_lineage(std::string_view text) {
  std::vector<Passes> all;
  while (!text.empty()) {
    const std::string_view part = take_part(text);
    const std::size_t colon = std::min(part.find(':'), part.size());
    const std::string_view hash = part.substr(0, colon);
    const auto count = whole_number<int>(part.substr(std::min(colon + 1, part.size())));
    if (!is_lineage_hash(hash) || !count || *count < 1) continue;
    const int told = std::min(*count, kMostPassesTold);
    if (const auto known = std::ranges::find(all, hash, &Passes::hash); known != all.end()) {
      known->count = std::max(known->count, told);
    } else if (all.size() < kMostInLineage) {
      all.push_back({.hash = std::string(hash), .count = told});
    }
  }
  return all;
}

std::string write_lineage(const std::vector<Passes>& all) {
  std::string text;
  for (const auto& [hash, count] : all) text += (text.empty() ? "" : "|") + hash + ":" + std::to_string(count);
  return text;
}

}  // namespace

std::string parse_lineage(std::string_view text) { return write_lineage(read_lineage(text)); }

int passes_of(std::string_view lineage, std::string_view function) {
  if (lineage.empty()) return 0;
  const std::vector<Passes> all = read_lineage(lineage);
  const auto found = std::ranges::find(all, lineage_hash(function), &Passes::hash);
  return found == all.end() ? 0 : found->count;
}

std::string with_pass(std::string_view lineage, std::string_view function) {
  std::vector<Passes> all = read_lineage(lineage);
  const std::string hash = lineage_hash(function);
  if (const auto found = std::ranges::find(all, hash, &Passes::hash); found != all.end()) {
    found->count = std::min(found->count + 1, kMostPassesTold);
  } else if (all.size() < kMostInLineage) {
    all.push_back({.hash = hash, .count = 1});
  }
  return write_lineage(all);
}

}  // namespace eyrie
