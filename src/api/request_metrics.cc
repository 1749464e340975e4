#include "api/request_metrics.h"

#include <algorithm>

#include "api/s3/request.h"
#include "base/encoding.h"

namespace eyrie::api {
namespace {

constexpr int kFirstError = 400, kFirstOwnError = 500;

std::string bucket_of(const net::RequestHead& head) {
  std::string bucket = s3::bucket_of_host(head.headers.get("Host"));
  if (!bucket.empty()) return bucket;
  const std::string_view path = std::string_view(head.path).substr(std::min<std::size_t>(1, head.path.size()));
  return percent_decode(path.substr(0, path.find('/'))).value_or("");
}

// As S3 counts requests by their kind; "" where it has no count.
std::string_view kind_of(std::string_view operation) {
  if (operation == "GetObject") return "GetRequests";
  if (operation == "PutObject") return "PutRequests";
  if (operation == "HeadObject") return "HeadRequests";
  if (operation == "DeleteObject" || operation == "DeleteObjects") return "DeleteRequests";
  if (operation == "ListObjects" || operation == "ListObjectsV2") return "ListRequests";
  return "";
}

}  // namespace

bool RequestMetrics::is_known(const std::string& bucket, int status) {
  const std::lock_guard lock(mutex_);
  if (buckets_.contains(bucket)) return true;
  if (bucket.empty() || status >= kFirstError || buckets_.size() >= kMostBuckets) return false;
  return buckets_.insert(bucket).second;
}

void RequestMetrics::add_of_bucket(const Context& context, int status, double ms) {
  const std::string bucket = bucket_of(context.head);
  if (!is_known(bucket, status)) return;
  const auto record = [&](std::string_view name, double value, const char* unit) {
    metrics_.record({.metric = {.name_space = "AWS/S3", .name = std::string(name), .dimensions = {{"BucketName", bucket}, {"FilterId", "EntireBucket"}}}, .unit = unit}, value);
  };
  record("AllRequests", 1, "Count");
  if (const std::string_view kind = kind_of(context.operation); !kind.empty()) record(kind, 1, "Count");
  record("4xxErrors", status >= kFirstError && status < kFirstOwnError ? 1 : 0, "Count");
  record("5xxErrors", status >= kFirstOwnError ? 1 : 0, "Count");
  record("TotalRequestLatency", ms, "Milliseconds");
}

void RequestMetrics::add(const Context& context, std::string_view service, int status, double ms) {
  const auto record = [&](const char* name_space, const char* name, monitor::Dimensions dimensions, double value, const char* unit) {
    metrics_.record({.metric = {.name_space = name_space, .name = name, .dimensions = std::move(dimensions)}, .unit = unit}, value);
  };
  record("Eyrie", "RequestLatency", {{"Service", std::string(service)}, {"Operation", context.operation}}, ms, "Milliseconds");
  record("Eyrie", "ServerErrors", {{"Service", std::string(service)}}, status >= kFirstOwnError ? 1 : 0, "Count");
  if (service == "s3") add_of_bucket(context, status, ms);
  if (service != "rekognition" || context.operation == "Unknown") return;
  const monitor::Dimensions of_operation{{"Operation", context.operation}};
  const char* const outcome = status < kFirstError ? "SuccessfulRequestCount" : status < kFirstOwnError ? "UserErrorCount" : "ServerErrorCount";
  record("AWS/Rekognition", outcome, of_operation, 1, "Count");
  if (status < kFirstError) record("AWS/Rekognition", "ResponseTime", of_operation, ms, "Milliseconds");
}

}  // namespace eyrie::api
