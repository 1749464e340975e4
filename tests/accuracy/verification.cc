#include "verification.h"

#include <algorithm>
#include <functional>

namespace eyrie::accuracy {
namespace {

constexpr std::size_t kFolds = 10;

// The share of the pairs (those of one fold, or all but those) that a threshold judges right.
double right_at(const std::vector<JudgedPair>& pairs, double threshold, std::size_t fold, bool of_fold) {
  std::size_t right = 0, all = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if ((i % kFolds == fold) != of_fold) continue;
    ++all;
    if ((pairs[i].similarity >= threshold) == pairs[i].same) ++right;
  }
  return all == 0 ? 0 : static_cast<double>(right) / static_cast<double>(all);
}

std::vector<double> similarities(const std::vector<JudgedPair>& pairs, bool same) {
  std::vector<double> found;
  for (const JudgedPair& pair : pairs) {
    if (pair.same == same) found.push_back(pair.similarity);
  }
  std::ranges::sort(found, std::greater{});
  return found;
}

}  // namespace

double verification_accuracy(const std::vector<JudgedPair>& pairs) {
  double sum = 0;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    double best = 0, threshold = 0;
    for (const JudgedPair& pair : pairs) {
      const double right = right_at(pairs, pair.similarity, fold, false);
      if (right > best) best = right, threshold = pair.similarity;
    }
    sum += right_at(pairs, threshold, fold, true);
  }
  return sum / kFolds;
}

double true_accepts(const std::vector<JudgedPair>& pairs, double rate) {
  const std::vector<double> same = similarities(pairs, true);
  const std::vector<double> others = similarities(pairs, false);
  if (same.empty() || others.empty()) return 0;
  const auto allowed = static_cast<std::size_t>(rate * static_cast<double>(others.size()));
  const double threshold = others[std::min(allowed, others.size() - 1)];
  const auto over = std::ranges::count_if(same, [&](double similarity) { return similarity > threshold; });
  return static_cast<double>(over) / static_cast<double>(same.size());
}

double false_matches(const std::vector<JudgedPair>& pairs, double threshold) {
  const std::vector<double> others = similarities(pairs, false);
  if (others.empty()) return 0;
  const auto over = std::ranges::count_if(others, [&](double similarity) { return similarity >= threshold; });
  return static_cast<double>(over) / static_cast<double>(others.size());
}

}  // namespace eyrie::accuracy
