// The awsJson protocols (1.0 and 1.1): POST /, the operation in X-Amz-Target, JSON in and out.
//
// Gathers the body (bounded, its memory out of a budget), verifies the signature over it, parses it, and
// calls the operation. An operation is a function from the request's object to the answer's, or a WireError.
// Thread safety: handle() from many threads, once the operations are registered.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "api/common/caller.h"
#include "api/common/need.h"
#include "aws/wire_error.h"
#include "base/json.h"

namespace eyrie::api {

using JsonResult = std::expected<json::object, aws::WireError>;

struct JsonCall {
  json::object& request;  // the operation may use it up
  const Context& context;
  json::object&
      error_members;  // go into the body of an error answer (ConditionalCheckFailedException's Item)
};
using JsonOperation = std::function<JsonResult(const JsonCall&)>;

struct JsonServiceOptions {
  std::string name;           // "dynamodb"
  std::string target_prefix;  // "DynamoDB_20120810."
  std::string content_type;   // "application/x-amz-json-1.0"
  aws::JsonFlavour flavour = aws::JsonFlavour::kDynamoDb;
  std::size_t max_body = 0;
  std::size_t max_values = 0;  // JSON values in it
  bool crc32_header = false;   // DynamoDB's x-amz-crc32
  // What an operation needs; absent: SERVICE:OPERATION on "*".
  std::function<std::vector<Need>(const std::string& operation, const json::object& request)> needs = {};
  aws::WireError unknown_operation, too_large, busy, serialization;
};

class JsonService : public Service {
 public:
  JsonService(JsonServiceOptions options, const Door& door, net::MemoryBudget& budget);

  std::string_view name() const override { return options_.name; }
  std::string_view target_prefix() const override { return options_.target_prefix; }
  BeginResult begin(ContextPtr context) override;

 protected:
  void add(std::string operation, JsonOperation run) { operations_[std::move(operation)] = std::move(run); }

 private:
  net::Response handle(Context& context, const iam::Authenticator::Claim& claim, Bytes body);
  std::vector<Need> needs(const std::string& operation, const json::object& request) const;
  aws::WireError unknown_operation(const net::RequestHead& head) const;
  net::Response answer(const Context& context, const JsonResult& result,
                       const json::object& error_members = {});

  const JsonServiceOptions options_;
  const Door door_;
  net::MemoryBudget& budget_;
  std::map<std::string, JsonOperation> operations_;
};

}  // namespace eyrie::api
