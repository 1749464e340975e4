// The time series of requests: AWS/S3 of each bucket, AWS/Rekognition and Eyrie of each operation.
//
// Names of buckets come from clients, so a bucket is told of once a request to it has succeeded, and of kMostBuckets at most. Source: S3 user guide, "Amazon S3 metrics and
// dimensions"; Rekognition developer guide, "CloudWatch metrics for Rekognition". Thread safety: all of it.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "api/common/service.h"
#include "monitor/metrics.h"

namespace eyrie::api {

class RequestMetrics {
 public:
  static constexpr std::size_t kMostBuckets = 200;

  explicit RequestMetrics(monitor::Metrics& metrics) : metrics_(metrics) {}

  void add(const Context& context, std::string_view service, int status, double ms);

 private:
  void add_of_bucket(const Context& context, int status, double ms);
  bool is_known(const std::string& bucket, int status);

  monitor::Metrics& metrics_;
  std::mutex mutex_;
  std::set<std::string> buckets_;  // guarded by mutex_
};

}  // namespace eyrie::api
