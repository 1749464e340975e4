// SQS on the wire, in both of its protocols: JSON (X-Amz-Target: AmazonSQS.*; clients since 2023) and the query protocol (a form in, XML out;
// clients before, which send to the queue's URL, http://HOST/ACCOUNT/NAME). An operation is written once, from a JSON object to one: a form is read
// as the object it would be, and the answer written as XML (query_form.h).
//
// Source: SQS API reference, "Making requests with AWS JSON protocol", "Making Query API requests". Thread safety: all of it.
#pragma once

#include <memory>

#include "api/common/json_service.h"
#include "api/common/query_service.h"
#include "notify/queues/local_queues.h"

namespace eyrie::api::sqs {

class SqsService final : public Service {
 public:
  // All must outlive it.
  SqsService(notify::LocalQueues& queues, const Door& door, net::MemoryBudget& budget);
  ~SqsService() override;

  std::string_view name() const override { return "sqs"; }
  std::string_view target_prefix() const override { return "AmazonSQS."; }
  BeginResult begin(ContextPtr context) override;

 private:
  class Json;
  class Query;
  std::unique_ptr<Json> json_;
  std::unique_ptr<Query> query_;
};

}  // namespace eyrie::api::sqs
