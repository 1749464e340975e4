// How much of what AWS bills for was done here, out of the time series.
#include <algorithm>
#include <set>

#include "api/console/dashboard/dashboard.h"

namespace eyrie::api::console {
namespace {

using monitor::MetricKey;

constexpr std::size_t kMostFunctions = 200, kMostBuckets = 200;
// Of a function whose memory nobody told: the least there is.
constexpr int kLeastMemoryMb = 128;
constexpr double kMbPerGb = 1024, kBytesPerGb = 1024.0 * 1024 * 1024;

constexpr const char* kGroup1[] = {"AssociateFaces", "CompareFaces",      "DisassociateFaces",
                                   "IndexFaces",     "SearchFaces",       "SearchFacesByImage",
                                   "SearchUsers",    "SearchUsersByImage"};
constexpr const char* kGroup2[] = {
    "DetectFaces", "DetectLabels",        "DetectModerationLabels", "DetectProtectiveEquipment",
    "DetectText",  "RecognizeCelebrities"};

class Usage {
 public:
  Usage(const Monitoring& monitoring, const Range& range) : monitoring_(monitoring), range_(range) {}

  enum class Of { kSum, kCount };
  // Adds to `into`, each period to the month it begins in.
  Status add(const MetricKey& metric, Of of, double factor, Monthly& into) const {
    EYRIE_TRY(const auto points, read(metric, range_.period_s, range_.start_s));
    for (const monitor::Point& point : points) {
      const double value = (of == Of::kSum ? point.values.sum() : point.values.count()) * factor;
      if (value > 0) into[month_of(point.time_s)] += value;
    }
    return {};
  }

  // GB-months of a level that is noted once an hour.
  Status add_stored(const MetricKey& metric, Monthly& into) const {
    EYRIE_TRY(const auto points, read(metric, kHour_s, range_.start_s - range_.start_s % kHour_s));
    for (const monitor::Point& point : points) {
      const std::int64_t begin = std::max(point.time_s, range_.start_s),
                         end =
                             std::min({point.time_s + kHour_s, range_.end_s, std::max(range_.now_s, begin)});
      if (end <= begin || point.values.count() <= 0) continue;
      const double bytes = point.values.sum() / point.values.count();
      into[month_of(begin)] +=
          bytes / kBytesPerGb * static_cast<double>(end - begin) / static_cast<double>(month_seconds(begin));
    }
    return {};
  }

  // Values of the one dimension, of all series of this metric that have it (beside those of `others`, where
  // these are asked for).
  std::vector<std::string> names(const std::string& name_space, const std::string& metric,
                                 const std::string& dimension, std::size_t dimensions,
                                 std::size_t most) const {
    std::set<std::string> found;
    const monitor::SeriesKey before{.metric = {.name_space = name_space, .name = metric}, .unit = ""};
    const auto wanted = [&](const monitor::KnownSeries& known) {
      const MetricKey& key = known.key.metric;
      return key.name_space == name_space && key.name == metric && key.dimensions.size() == dimensions &&
             key.dimensions.contains(dimension);
    };
    for (const monitor::KnownSeries& known : monitoring_.series.list(&before, most, wanted))
      found.insert(known.key.metric.dimensions.at(dimension));
    return {found.begin(), found.end()};
  }

 private:
  Result<std::vector<monitor::Point>> read(const MetricKey& metric, std::int64_t period_s,
                                           std::int64_t start_s) const {
    return monitoring_.series.read({.metric = metric,
                                    .unit = {},
                                    .period_s = period_s,
                                    .start_s = start_s,
                                    .end_s = range_.end_s,
                                    .now_s = range_.now_s});
  }

  const Monitoring& monitoring_;
  const Range& range_;
};

Result<UsagePart> calls(const Usage& usage, std::span<const char* const> operations) {
  UsagePart part{.what = "calls"};
  for (const char* operation : operations)
    EYRIE_CHECK_OK(usage.add({.name_space = "AWS/Rekognition",
                              .name = "SuccessfulRequestCount",
                              .dimensions = {{"Operation", operation}}},
                             Usage::Of::kSum, 1, part.counts));
  return part;
}

Result<UsagePart> lambda_duration(const Usage& usage, const Monitoring& monitoring) {
  UsagePart part{.what = "gb-seconds"};
  for (const std::string& function :
       usage.names("AWS/Lambda", "Duration", "FunctionName", 1, kMostFunctions)) {
    const int told = monitoring.memory_mb(function);
    const double gb = (told > 0 ? told : kLeastMemoryMb) / kMbPerGb;
    EYRIE_CHECK_OK(usage.add(
        {.name_space = "AWS/Lambda", .name = "Duration", .dimensions = {{"FunctionName", function}}},
        Usage::Of::kSum, gb / 1000, part.counts));
  }
  return part;
}

Result<UsagePart> s3_requests(const Usage& usage, std::string what,
                              std::initializer_list<const char*> metrics) {
  UsagePart part{.what = std::move(what)};
  for (const char* metric : metrics) {
    for (const std::string& bucket : usage.names("AWS/S3", metric, "BucketName", 2, kMostBuckets))
      EYRIE_CHECK_OK(usage.add({.name_space = "AWS/S3",
                                .name = metric,
                                .dimensions = {{"BucketName", bucket}, {"FilterId", "EntireBucket"}}},
                               Usage::Of::kSum, 1, part.counts));
  }
  return part;
}

Result<UsagePart> s3_storage(const Usage& usage) {
  UsagePart part{.what = "gb-months"};
  for (const std::string& bucket : usage.names("AWS/S3", "BucketSizeBytes", "BucketName", 2, kMostBuckets))
    EYRIE_CHECK_OK(
        usage.add_stored({.name_space = "AWS/S3",
                          .name = "BucketSizeBytes",
                          .dimensions = {{"BucketName", bucket}, {"StorageType", "StandardStorage"}}},
                         part.counts));
  return part;
}

}  // namespace

Result<std::vector<CostLine>> costs_of(const Monitoring& monitoring, const Range& range) {
  const Usage usage(monitoring, range);
  // One value for each picture that was analyzed, and for each of these that shows a person.
  Monthly pictures, people, invocations;
  EYRIE_CHECK_OK(
      usage.add({.name_space = "Eyrie", .name = "DetectedLabels"}, Usage::Of::kCount, 1, pictures));
  EYRIE_CHECK_OK(usage.add({.name_space = "Eyrie", .name = "Detections", .dimensions = {{"Label", "Person"}}},
                           Usage::Of::kCount, 1, people));
  EYRIE_CHECK_OK(
      usage.add({.name_space = "AWS/Lambda", .name = "Invocations"}, Usage::Of::kSum, 1, invocations));
  EYRIE_TRY(UsagePart group1, calls(usage, kGroup1));
  EYRIE_TRY(UsagePart group2, calls(usage, kGroup2));
  EYRIE_TRY(UsagePart duration, lambda_duration(usage, monitoring));
  EYRIE_TRY(UsagePart writes, s3_requests(usage, "requests", {"PutRequests", "ListRequests"}));
  EYRIE_TRY(UsagePart reads, s3_requests(usage, "requests", {"GetRequests", "HeadRequests"}));
  EYRIE_TRY(UsagePart stored, s3_storage(usage));
  // What the analysis of a picture asks of Rekognition: labels with properties, text, moderation; faces where
  // there are people. It writes a result to S3 and two records, each of at least one unit.
  std::vector<CostLine> lines;
  lines.push_back(cost_of(kRekognitionGroup2, {{.what = "pictures", .factor = 3, .counts = pictures},
                                               {.what = "people", .factor = 1, .counts = people},
                                               std::move(group2)}));
  lines.push_back(cost_of(kRekognitionProperties, {{.what = "pictures", .factor = 1, .counts = pictures}}));
  lines.push_back(cost_of(kRekognitionGroup1, {std::move(group1)}));
  lines.push_back(
      cost_of(kLambdaRequests, {{.what = "invocations", .factor = 1, .counts = std::move(invocations)}}));
  lines.push_back(cost_of(kLambdaDuration, {std::move(duration)}));
  lines.push_back(
      cost_of(kS3Writes, {std::move(writes), {.what = "pictures", .factor = 1, .counts = pictures}}));
  lines.push_back(cost_of(kS3Reads, {std::move(reads)}));
  lines.push_back(cost_of(kS3Storage, {std::move(stored)}));
  lines.push_back(cost_of(kDynamoWrites, {{.what = "pictures", .factor = 2, .counts = std::move(pictures)}}));
  std::erase_if(lines, [](const CostLine& line) { return line.units <= 0; });
  return lines;
}

}  // namespace eyrie::api::console
