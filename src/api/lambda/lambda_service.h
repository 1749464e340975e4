// AWS Lambda's REST API over the functions of this server. Which operations: the table in lambda_service.cc and docs/compatibility.md.
// Source: AWS service description `lambda`, 2015-03-31 (protocol rest-json). Thread safety: begin() from many threads.
#pragma once

#include "api/common/caller.h"
#include "api/common/service.h"
#include "api/lambda/operations.h"

namespace eyrie::api::lambda {

class LambdaService final : public Service {
 public:
  // All that the backend refers to must outlive the service.
  LambdaService(Backend backend, const Door& door, net::MemoryBudget& budget) : backend_(std::move(backend)), door_(door), budget_(budget) {}

  std::string_view name() const override { return "lambda"; }
  BeginResult begin(ContextPtr context) override;

 private:
  struct Route;
  static std::optional<Route> route_of(const net::RequestHead& head);
  net::Response handle(Context& context, const iam::Authenticator::Claim& claim, const Route& route, const Bytes& body);

  Backend backend_;
  const Door door_;
  net::MemoryBudget& budget_;
};

}  // namespace eyrie::api::lambda
