// The awsQuery protocol of CloudWatch, IAM, SNS, SQS and STS: parameters as a form (or in the query of a GET), XML out.
//
//   <GetUserResponse xmlns="..."><GetUserResult>...</GetUserResult><ResponseMetadata><RequestId>...
//   <ErrorResponse xmlns="..."><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>...
//
// Gathers the body (bounded, its memory out of a budget), verifies the signature over it, asks whether the caller may, runs the
// operation. Source: AWS documentation, "AWS Query protocol" (Smithy 2.0). Thread safety: begin() from many threads, once the operations
// are registered.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/common/caller.h"
#include "api/common/need.h"
#include "api/common/xml.h"
#include "aws/wire_error.h"

namespace eyrie::api {

using Parameters = std::map<std::string, std::string, std::less<>>;

struct QueryCall {
  const Parameters& parameters;
  const Context& context;

  // "" where absent.
  std::string get(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? "" : found->second;
  }
  std::optional<std::string> optional(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::nullopt : std::optional(found->second);
  }
};

using QueryResult = std::expected<void, aws::WireError>;

struct QueryOperation {
  // Writes what belongs into <OPERATIONResult>.
  std::function<QueryResult(const QueryCall&, XmlWriter&)> run;
  bool answers = true;  // whether it has a Result at all
  std::function<std::vector<Need>(const QueryCall&)> needs = {};  // absent: everybody with a key may
};

struct QueryServiceOptions {
  std::string name;     // "iam"
  std::string xmlns;    // of answers
  std::string version;  // "2010-05-08"
  std::size_t max_body = 1U << 20;
  std::string (*code_of)(std::string_view) = nullptr;  // where operations answer other codes than this protocol's
  const char* denied = "AccessDenied";  // the code where the caller may not
  std::size_t max_parameters = 1000;
  bool takes_gzip = false;  // bodies with Content-Encoding: gzip; max_body holds for what comes out of them too
};

class QueryService : public Service {
 public:
  QueryService(QueryServiceOptions options, const Door& door, net::MemoryBudget& budget)
      : options_(std::move(options)), door_(door), budget_(budget) {}

  std::string_view name() const override { return options_.name; }
  BeginResult begin(ContextPtr context) override;

 protected:
  void add(std::string operation, QueryOperation description) { operations_[std::move(operation)] = std::move(description); }

 private:
  net::Response handle(Context& context, const iam::Authenticator::Claim& claim, Bytes body);
  std::expected<std::string, aws::WireError> run(Context& context, const Parameters& parameters);
  net::Response refuse(const Context& context, const aws::WireError& error) const;

  const QueryServiceOptions options_;
  const Door door_;
  net::MemoryBudget& budget_;
  std::map<std::string, QueryOperation> operations_;
};

}  // namespace eyrie::api
