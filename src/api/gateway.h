// The one door: tells which service a request is for, hands it over, and notes how it went.
//
// The service is told by the SigV4 credential scope, else X-Amz-Target, else the path. Paths that begin with
// /_ are Eyrie's own pages; a browser that asks for / without credentials is sent to the console. Thread
// safety: begin() from many threads, once services and pages are added.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/common/service.h"
#include "api/request_metrics.h"
#include "base/trace/trace_steps.h"
#include "monitor/metrics.h"
#include "net/http.h"

namespace eyrie::api {

class Gateway final : public net::Handler {
 public:
  using Page = std::function<net::Response(const net::RequestHead&)>;

  explicit Gateway(monitor::Metrics& metrics, RateLimit limit = {}) : metrics_(metrics), series_(metrics), limiter_(limit) {}

  // Services by the name in credential scopes; the first one added takes what nothing else claims (S3).
  void add_service(std::unique_ptr<Service> service);
  // Whatever is below this path, which begins with /_.
  void add_own_service(std::string path, std::unique_ptr<Service> service);
  // GET and HEAD of this path, and where it ends with '/' of all below it.
  void add_page(std::string path, Page page);

  std::expected<std::unique_ptr<net::RequestSink>, net::Response> begin(net::RequestHead head) override;

 private:
  class Observed;
  Service& service_for(const net::RequestHead& head);
  Service* own_service_for(const net::RequestHead& head);
  std::expected<std::unique_ptr<net::RequestSink>, net::Response> serve(Service* own, net::RequestHead head);
  net::Response own_page(const net::RequestHead& head);
  void note(const Context& context, std::string_view service, const net::Response& response, const StepLog& steps);
  void trace(const Context& context, const net::Response& response, const StepLog& steps);

  monitor::Metrics& metrics_;
  RequestMetrics series_;
  RateLimiter limiter_;
  std::vector<std::unique_ptr<Service>> services_;
  std::map<std::string, std::unique_ptr<Service>> own_services_;
  std::map<std::string, Page> pages_;
};

}  // namespace eyrie::api
