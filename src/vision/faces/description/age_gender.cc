#include "vision/faces/description/age_gender.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "vision/faces/description/trait.h"

namespace eyrie::vision {
namespace {

// How much of what is around the face the network is shown.
constexpr double kAgeMargin = 1.4;

constexpr std::size_t kYears = 100;

// The ages that the network expects: a normal distribution, years. Fitted on FairFace, as everything below.
constexpr double kExpectedAge = 33;
constexpr double kExpectedSpread = 25.4;

struct Knot {
  double raw, years;
};
// What is left of its leaning (least absolute error).
constexpr Knot kAgeCurve[] = {{0, 1}, {20, 18}, {40, 44.5}, {100, 93}};

// Faces that it gives even odds are women's more often than men's (logistic regression).
constexpr double kEvenMaleOdds = 0.6;
constexpr double kOddsSlope = 1.4;

// Seven in ten of FairFace's faces are within this of years_of().
constexpr double kLeastSpread = 3;
constexpr double kSpreadAYear = 0.12;

}  // namespace

void even_shares(std::span<float> shares) {
  for (std::size_t year = 0; year < shares.size(); ++year) {
    const double away = (static_cast<double>(year) + 0.5 - kExpectedAge) / kExpectedSpread;
    shares[year] *= static_cast<float>(std::exp(away * away / 2));
  }
}

double middle_year(std::span<const float> shares) {
  double sum = 0;
  for (const float share : shares) sum += share;
  double below = 0;
  for (std::size_t year = 0; year < shares.size(); ++year) {
    const double until = below + shares[year];
    if (until >= sum / 2 && until > below)
      return static_cast<double>(year) + (sum / 2 - below) / (until - below);
    below = until;
  }
  return 0;
}

Result<AgeGender> find_age_gender(Network& network, const image::Image& picture, const FaceSquare& face) {
  const FaceSquare shown = face.scaled(kAgeMargin);
  std::vector<float> years(kYears);
  AgeGender found;
  for (const bool mirrored : {false, true}) {
    EYRIE_TRY(const Session::Outputs outputs,
              network.run(cut_out(picture, shown, network.pack().input, mirrored)));
    if (outputs.size() < 2 || outputs[0].values.size() != kYears || outputs[1].values.size() != 1)
      return fail(Code::kInternal, network.pack().id + ": not 100 years and a gender");
    for (std::size_t i = 0; i < kYears; ++i) years[i] += outputs[0].values[i];
    const double male = std::clamp(static_cast<double>(outputs[1].values[0]), 1e-6, 1 - 1e-6);
    found.male_odds += std::log(male / (1 - male)) / 2;
  }
  even_shares(years);
  found.raw_age = middle_year(years);
  if (!std::isfinite(found.raw_age + found.male_odds))
    return fail(Code::kInternal, network.pack().id + ": an answer is not finite");
  return found;
}

double years_of(const AgeGender& found) {
  const Knot* high = std::ranges::find_if(kAgeCurve + 1, std::end(kAgeCurve) - 1,
                                          [&](const Knot& knot) { return found.raw_age < knot.raw; });
  const Knot* low = high - 1;
  return low->years + (found.raw_age - low->raw) / (high->raw - low->raw) * (high->years - low->years);
}

std::pair<int, int> age_range_of(const AgeGender& found) {
  const double years = std::max(0.0, years_of(found));
  const double around = std::min(years, kLeastSpread + kSpreadAYear * years);
  return {static_cast<int>(std::lround(years - around)), static_cast<int>(std::lround(years + around))};
}

std::pair<Gender, double> gender_of(const AgeGender& found) {
  const Trait male = trait_of(logistic(kOddsSlope * (found.male_odds - kEvenMaleOdds)));
  return {male.value ? Gender::kMale : Gender::kFemale, male.confidence};
}

}  // namespace eyrie::vision
