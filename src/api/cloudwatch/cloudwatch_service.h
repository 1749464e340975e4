// CloudWatch on the wire: metrics and alarms, in the three protocols that its clients speak: the query protocol (forms in, XML out), AWS JSON 1.0
// and Smithy RPC v2 CBOR. An operation is written once, from an object to one (form.h, documents.h).
//
// Source: Amazon CloudWatch API reference, 2010-08-01. Thread safety: all of it.
#pragma once

#include <memory>

#include "api/cloudwatch/operations.h"

namespace eyrie::api::cloudwatch {

class CloudWatchService final : public Service {
 public:
  // What these name must outlive it.
  CloudWatchService(const Backend& backend, const Door& door, net::MemoryBudget& budget);
  ~CloudWatchService() override;

  std::string_view name() const override { return "monitoring"; }
  std::string_view target_prefix() const override { return "GraniteServiceVersion20100801."; }
  BeginResult begin(ContextPtr context) override;

 private:
  class Query;
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace eyrie::api::cloudwatch
