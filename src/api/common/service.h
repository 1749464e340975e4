// What the gateway and the services agree on: one request's context, and the interface of a service.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "api/common/rate_limiter.h"
#include "api/common/request_trace.h"
#include "aws/account.h"
#include "aws/sigv4.h"
#include "iam/access_control.h"
#include "net/http.h"

namespace eyrie::api {

using aws::kAccount;
using aws::kRegion;

// One request on its way. Shared by the gateway (log, metrics) and the service's sink.
struct Context {
  net::RequestHead head;
  std::string operation = "Unknown";  // set by the service once it knows: "PutObject"
  std::string user;                   // who signed; empty until verified
  std::optional<iam::Caller> caller;  // the same, with their rights
  bool version_4 = true;              // Signature Version 4 it was; S3 asks for it where KMS is to be used
  std::string_view service;           // its name, as the gateway knows it
  RequestTrace trace;
  RateLimiter* limiter = nullptr;     // asked once it is known whose key has signed; null: no limit

  bool over_rate(const std::string& access_key) const { return limiter != nullptr && !limiter->take(access_key); }
};
using ContextPtr = std::shared_ptr<Context>;

using BeginResult = std::expected<std::unique_ptr<net::RequestSink>, net::Response>;

class Service {
 public:
  virtual ~Service() = default;
  virtual std::string_view name() const = 0;                     // as in credential scopes: "s3"
  virtual std::string_view target_prefix() const { return {}; }  // of X-Amz-Target; empty: not told by it
  virtual BeginResult begin(ContextPtr context) = 0;
};

}  // namespace eyrie::api
