// CloudWatch's two protocols of documents: AWS JSON 1.0 (X-Amz-Target: GraniteServiceVersion20100801.OPERATION) and Smithy RPC v2 CBOR
// (POST /service/GraniteServiceVersion20100801/operation/OPERATION), bodies plain or compressed.
//
// Errors carry the query protocol's code in x-amzn-query-error, by which SDKs name them. Source: Smithy 2.0, "AWS JSON 1.0 protocol", "Smithy RPC v2 CBOR
// protocol", "AWS Query compatible". Thread safety: all of it.
#pragma once

#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {

class Documents {
 public:
  using Needs = std::vector<Need> (*)(Backend& backend, std::string_view operation, const json::object& request);

  Documents(Backend& backend, const std::map<std::string, Operation, std::less<>>& operations, Needs needs, const Door& door, net::MemoryBudget& budget)
      : backend_(backend), operations_(operations), needs_(needs), door_(door), budget_(budget) {}

  static bool takes(const net::RequestHead& head);
  BeginResult begin(ContextPtr context);

 private:
  net::Response handle(Context& context, const iam::Authenticator::Claim& claim, Bytes body);
  JsonResult run(Context& context, Bytes body);

  Backend& backend_;
  const std::map<std::string, Operation, std::less<>>& operations_;
  const Needs needs_;
  const Door door_;
  net::MemoryBudget& budget_;
};

// What one request may bring, also once it is unpacked.
inline constexpr std::size_t kMaxBody = 2U << 20;

}  // namespace eyrie::api::cloudwatch
