// How alike two faces are, on Rekognition's scale from 0 to 100.
//
// The cosine of the two embeddings goes through a fixed rising curve: 80 is where at most one in 1,000 pairs
// of different adults comes; children are more alike. See similarity.cc for the fit and docs/decisions.md for what it was measured on.
// For 1:N search compare cosines and turn only the best into similarities. Thread-safe.
#pragma once

#include <span>

namespace eyrie::vision {

// Of two embeddings of unit length and one model. Of different lengths, or empty: 0.
double similarity(std::span<const float> a, std::span<const float> b);

double similarity_of_cosine(double cosine);
// The cosine at and above which similarity_of_cosine() is at least `similarity` (0..100).
double cosine_of_similarity(double similarity);

}  // namespace eyrie::vision
