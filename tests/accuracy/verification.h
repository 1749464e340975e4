// How well a similarity tells pairs of pictures of one person from pairs of two, as LFW's protocol does (Huang et al. 2007).
#pragma once

#include <cstddef>
#include <vector>

namespace eyrie::accuracy {

struct JudgedPair {
  double similarity = 0;
  bool same = false;
};

// Mean over ten folds (every tenth pair) of how many pairs are judged right with the threshold that is best on the other nine.
double verification_accuracy(const std::vector<JudgedPair>& pairs);

// Of the pairs of one person: how many are over the lowest threshold that at most `rate` of the other pairs are over.
double true_accepts(const std::vector<JudgedPair>& pairs, double rate);

// Of the pairs of two people: how many are at `threshold` and above.
double false_matches(const std::vector<JudgedPair>& pairs, double threshold);

}  // namespace eyrie::accuracy
