#include "vision/celebrities/celebrity_gallery.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::vision {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxUrls = 255;
constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxDimensions = 4096;

// Straight lines between these, strictly rising. Fitted for galleries of some dozens of people: see
// docs/decisions.md.
struct Knot {
  double cosine, confidence;
};
constexpr std::array kCurve{Knot{-1, 0},   Knot{0.2, 10},   Knot{0.42, 50}, Knot{0.5, 80},
                            Knot{0.6, 95}, Knot{0.8, 99.5}, Knot{1, 100}};
// Below this nobody is named.
constexpr double kLeastConfidence = 50;

constexpr std::array<std::string_view, 4> kGenders{"Unlisted", "Female", "Male", "Nonbinary"};

bool plain_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

Status check(const Celebrity& who) {
  if (!plain_id(who.id))
    return fail(Code::kInvalidArgument, "the id \"" + who.id + "\" is not 1 to 64 letters and digits");
  if (who.name.empty() || who.name.size() > kMaxName || !valid_utf8(who.name)) {
    return fail(Code::kInvalidArgument, "a name must have 1 to 255 bytes of UTF-8");
  }
  if (who.urls.size() > kMaxUrls) return fail(Code::kInvalidArgument, who.name + " has more than 255 URLs");
  for (const std::string& url : who.urls) {
    if (url.empty() || url.size() > kMaxUrl || !valid_utf8(url)) {
      return fail(Code::kInvalidArgument, "a URL of " + who.name + " is empty, too long or no UTF-8");
    }
  }
  return {};
}

// Empty where the vector has no direction.
std::vector<float> of_unit_length(std::span<const float> vector) {
  double square = 0;
  for (const float value : vector) square += static_cast<double>(value) * value;
  if (!std::isfinite(square) || square <= 0) return {};
  std::vector<float> unit(vector.begin(), vector.end());
  for (float& value : unit) value = static_cast<float>(value / std::sqrt(square));
  return unit;
}

}  // namespace

std::string_view known_gender_name(KnownGender gender) {
  return kGenders[static_cast<std::size_t>(gender)];
}

std::optional<KnownGender> known_gender_of(std::string_view name) {
  const auto* at = std::ranges::find(kGenders, name);
  if (at == kGenders.end()) return std::nullopt;
  return static_cast<KnownGender>(at - kGenders.begin());
}

std::string celebrity_id(std::string_view name) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  crypto::Sha256 digest;
  digest.update(as_bytes(name));
  const auto value = digest.finish();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | value[i];
  std::string id;
  for (int i = 0; i < 8; ++i, number /= kAlphabet.size()) id += kAlphabet[number % kAlphabet.size()];
  return id;
}

double match_confidence(double cosine) {
  const double at = std::isfinite(cosine) ? std::clamp(cosine, -1.0, 1.0) : -1.0;
  const auto* upper = std::ranges::lower_bound(kCurve.begin() + 1, kCurve.end() - 1, at, {}, &Knot::cosine);
  const Knot& low = *(upper - 1);
  return low.confidence +
         (at - low.cosine) / (upper->cosine - low.cosine) * (upper->confidence - low.confidence);
}

Status CelebrityGallery::add(const Celebrity& who, std::span<const float> embedding) {
  EYRIE_CHECK_OK(check(who));
  if (embedding.empty() || embedding.size() > kMaxDimensions ||
      (dimensions_ != 0 && embedding.size() != dimensions_)) {
    return fail(Code::kInvalidArgument, "the embedding of " + who.name + " has " +
                                            std::to_string(embedding.size()) +
                                            " numbers; the gallery's have " + std::to_string(dimensions_));
  }
  const std::vector<float> unit = of_unit_length(embedding);
  if (unit.empty()) return fail(Code::kInvalidArgument, "the embedding of " + who.name + " has no direction");
  const auto [at, fresh] = by_id_.try_emplace(who.id, entries_.size());
  if (fresh) entries_.emplace_back();
  Entry& entry = entries_[at->second];
  if (!fresh && entry.celebrity.name != who.name) {
    return fail(Code::kAlreadyExists,
                "the id " + who.id + " of " + who.name + " is that of " + entry.celebrity.name);
  }
  entry.celebrity = who;
  entry.embeddings.insert(entry.embeddings.end(), unit.begin(), unit.end());
  dimensions_ = embedding.size();
  return {};
}

bool CelebrityGallery::remove(std::string_view id) {
  const auto at = by_id_.find(std::string(id));
  if (at == by_id_.end()) return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at->second));
  by_id_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i) by_id_.emplace(entries_[i].celebrity.id, i);
  return true;
}

std::size_t CelebrityGallery::portraits() const {
  std::size_t floats = 0;
  for (const Entry& one : entries_) floats += one.embeddings.size();
  return dimensions_ == 0 ? 0 : floats / dimensions_;
}

std::vector<const Celebrity*> CelebrityGallery::celebrities() const {
  std::vector<const Celebrity*> all;
  for (const Entry& one : entries_) all.push_back(&one.celebrity);
  return all;
}

const Celebrity* CelebrityGallery::find(std::string_view id) const {
  const auto at = by_id_.find(std::string(id));
  return at == by_id_.end() ? nullptr : &entries_[at->second].celebrity;
}

std::optional<CelebrityMatch> CelebrityGallery::match(std::span<const float> embedding) const {
  if (embedding.size() != dimensions_) return std::nullopt;
  const std::vector<float> unit = of_unit_length(embedding);
  if (unit.empty()) return std::nullopt;
  float best = -2;
  const Entry* who = nullptr;
  for (const Entry& one : entries_) {
    for (auto portrait = one.embeddings.begin(); portrait != one.embeddings.end();
         portrait += static_cast<std::ptrdiff_t>(dimensions_)) {
      const float cosine = std::transform_reduce(unit.begin(), unit.end(), portrait, 0.0F);
      if (cosine > best) {
        best = cosine;
        who = &one;
      }
    }
  }
  const double confidence = match_confidence(best);
  if (who == nullptr || confidence < kLeastConfidence) return std::nullopt;
  return CelebrityMatch{.celebrity = &who->celebrity, .confidence = confidence};
}

}  // namespace eyrie::vision
