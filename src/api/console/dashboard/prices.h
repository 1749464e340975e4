// What the work done here would have cost at AWS's list prices: the prices, and the arithmetic.
//
//   cost_of(kRekognitionGroup2, {{.what = "pictures", .factor = 3, .counts = {{"2026-11", 120}}}})   // 360
//   images, $0.36
//
// Prices are public ones in US dollars for us-east-1, each with where it stands and since when it is known
// to; only such as are certain. Rekognition, S3 and Lambda have tiers, which each calendar month (UTC) begins
// anew. Of a month that is not in the range from its beginning on, the first tier is taken for what is seen.
// Free tiers, discounts, taxes and data transfer are left out, and what cannot be counted is not: the sum is
// rather too low. Thread-safe: constants and pure functions.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eyrie::api::console {

struct Tier {
  double up_to = std::numeric_limits<double>::infinity();  // units a month
  double usd = 0;                                          // for one unit
};

struct Price {
  std::string_view name;
  std::string_view unit;
  std::array<Tier, 4> tiers;  // the last that counts has no end
  std::string_view as_of;     // a day on which it was so
  std::string_view source;
};

inline constexpr double kNoEnd = std::numeric_limits<double>::infinity();

// Face search: CompareFaces, IndexFaces, SearchFaces, SearchFacesByImage, SearchUsers, SearchUsersByImage,
// AssociateFaces, DisassociateFaces.
inline constexpr Price kRekognitionGroup1{"rekognition-group-1",
                                          "image",
                                          {{{1e6, 0.001}, {5e6, 0.0008}, {35e6, 0.0006}, {kNoEnd, 0.0004}}},
                                          "2026-10-07",
                                          "aws.amazon.com/rekognition/pricing"};
// DetectLabels, DetectFaces, DetectText, DetectModerationLabels, DetectProtectiveEquipment,
// RecognizeCelebrities.
inline constexpr Price kRekognitionGroup2{"rekognition-group-2",
                                          "image",
                                          {{{1e6, 0.001}, {5e6, 0.0008}, {35e6, 0.0006}, {kNoEnd, 0.00025}}},
                                          "2026-10-07",
                                          "aws.amazon.com/rekognition/pricing"};
// Of DetectLabels with IMAGE_PROPERTIES, beside the labels. What more than five million in a month cost is
// not known here, and not counted.
inline constexpr Price kRekognitionProperties{"rekognition-image-properties",
                                              "image",
                                              {{{1e6, 0.00075}, {5e6, 0.0006}, {kNoEnd, 0}}},
                                              "2026-10-07",
                                              "aws.amazon.com/rekognition/pricing"};
inline constexpr Price kLambdaRequests{
    "lambda-requests", "request", {{{kNoEnd, 0.20 / 1e6}}}, "2025-01-01", "aws.amazon.com/lambda/pricing"};
// x86.
inline constexpr Price kLambdaDuration{"lambda-duration",
                                       "GB-second",
                                       {{{6e9, 0.0000166667}, {15e9, 0.000015}, {kNoEnd, 0.0000133334}}},
                                       "2025-01-01",
                                       "aws.amazon.com/lambda/pricing"};
// PUT, COPY, POST, LIST.
inline constexpr Price kS3Writes{
    "s3-put", "request", {{{kNoEnd, 0.005 / 1e3}}}, "2025-01-01", "aws.amazon.com/s3/pricing"};
// GET and what is billed as GET.
inline constexpr Price kS3Reads{
    "s3-get", "request", {{{kNoEnd, 0.0004 / 1e3}}}, "2025-01-01", "aws.amazon.com/s3/pricing"};
// Standard; GB of 2^30 bytes.
inline constexpr Price kS3Storage{"s3-storage",
                                  "GB-month",
                                  {{{50.0 * 1024, 0.023}, {500.0 * 1024, 0.022}, {kNoEnd, 0.021}}},
                                  "2025-01-01",
                                  "aws.amazon.com/s3/pricing"};
// On demand, standard table class.
inline constexpr Price kDynamoWrites{"dynamodb-write",
                                     "write request unit",
                                     {{{kNoEnd, 0.625 / 1e6}}},
                                     "2025-01-01",
                                     "aws.amazon.com/dynamodb/pricing"};

// By month, "2026-11".
using Monthly = std::map<std::string, double>;

// A count of which each one takes `factor` units.
struct UsagePart {
  std::string what;
  double factor = 1;
  Monthly counts = {};
};

struct CostLine {
  const Price* price = nullptr;
  std::vector<UsagePart> parts;
  double units = 0;
  struct At {
    double usd = 0;    // for one unit
    double units = 0;  // that cost so much, of all months
  };
  std::vector<At> at;  // the first tier first
  double cost = 0;     // US dollars
};

CostLine cost_of(const Price& price, std::vector<UsagePart> parts);

// "2026-11", and how many seconds that month has.
std::string month_of(std::int64_t time_s);
std::int64_t month_seconds(std::int64_t time_s);

}  // namespace eyrie::api::console
