// Age and gender, as a face looks: shares of 100 years and of two genders out of one network, asked about the
// face and its mirror image.
//
// Errors: those of Network. Thread safety: plain data and functions.
#pragma once

#include <span>
#include <utility>

#include "vision/faces/description/face_crop.h"
#include "vision/networks/network.h"

namespace eyrie::vision {

struct AgeGender {
  double raw_age = 0;    // years, as the network has it: the middle of its shares, evened
  double male_odds = 0;  // logarithm of male over female, as the network has it
};

// Shares as they would be had the network been taught with as many people of each age: it was with those in their thirties
// mostly, and leans to them where it is not sure. Source: Saerens, Latinne, Decaestecker, "Adjusting the outputs of a
// classifier to new a priori probabilities" (2002).
void even_shares(std::span<float> shares);

// The year below and above which half of the shares lie.
double middle_year(std::span<const float> shares);

// `face`: the smallest square round the face.
Result<AgeGender> find_age_gender(Network& network, const image::Image& picture, const FaceSquare& face);

// Calibrated (docs/vision.md).
double years_of(const AgeGender& found);
std::pair<int, int> age_range_of(const AgeGender& found);  // its middle is years_of()
std::pair<Gender, double> gender_of(const AgeGender& found);

}  // namespace eyrie::vision
