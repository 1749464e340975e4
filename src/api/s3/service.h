// Amazon S3's REST API over an ObjectStore. Source: S3 API reference, 2006-03-01.
//
// An operation is a row of the table in service.cc and a function in a file named for what it serves. PutObject streams;
// every other operation's body is gathered first (small, bounded).
// Thread safety: begin() from many threads.
#pragma once

#include <functional>
#include <optional>

#include "api/common/caller.h"
#include "api/common/service.h"
#include "api/s3/lifecycle/rules.h"
#include "api/s3/object/customer_key.h"
#include "api/s3/object/encryption.h"
#include "api/s3/policy/policy_checks.h"
#include "api/s3/request.h"
#include "base/time/clock.h"
#include "notify/publisher.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

// What a function is called in the queue where events of the bucket may go to it, by its ARN; nullopt: there is none, or it does not let S3.
using FunctionFinder = std::function<std::optional<std::string>(const std::string& arn, const std::string& bucket)>;

// What operations work with.
struct Backend {
  store::ObjectStore& objects;
  net::MemoryBudget& budget;
  const iam::ObjectKeys& keys;
  FunctionFinder find_function = {};  // absent: events may go to no function
  notify::Publisher* publisher = nullptr;  // of queues and topics that events may go to; null: there are none
  Calendar calendar = {};                   // of lifecycle rules
  const Clock& clock = Clock::system();
  UploadKeys upload_keys = {};
  PrincipalFinder is_principal = [](const std::string&) { return false; };  // who may be named in buckets' policies
};

using OperationResult = std::expected<net::Response, aws::WireError>;
using Operation = OperationResult (*)(Backend&, const Request&, const Bytes& body);

class S3Service final : public Service {
 public:
  // What it refers to must outlive the service.
  S3Service(store::ObjectStore& objects, const Door& door, net::MemoryBudget& budget, const iam::ObjectKeys& keys,
            FunctionFinder find_function = {}, Calendar calendar = {}, const Clock& clock = Clock::system(),
            notify::Publisher* publisher = nullptr)
      : backend_{.objects = objects,
                 .budget = budget,
                 .keys = keys,
                 .find_function = std::move(find_function),
                 .publisher = publisher,
                 .calendar = calendar,
                 .clock = clock,
                 .is_principal = [&access = door.access](const std::string& name) { return access.has_principal(name); }},
        door_(door) {}

  std::string_view name() const override { return "s3"; }
  BeginResult begin(ContextPtr context) override;

 private:
  // What is known of a request once it is known who asks.
  struct Admitted {
    aws::Authorization authorization;
    aws::VerifiedSignature verified;
  };
  BeginResult begin_operation(Request request);
  std::expected<Admitted, aws::WireError> admit_signed(const Request& request);
  std::expected<Admitted, aws::WireError> admit_unsigned(const Request& request);

  Backend backend_;
  const Door door_;
};

// --- shared by operations ---

net::Response error_response(const Context& context, const aws::WireError& error);
// 200 with an XML body and the id headers.
net::Response xml_response(const Context& context, std::string xml);
net::Response empty_response(const Context& context, int status);
// A store's error about this request's bucket or key.
aws::WireError store_error(const Request& request, const Error& error);
// What is wrong where the bucket, or the object that the request names, is not there.
std::optional<aws::WireError> missing(Backend& backend, const Request& request);
// The same of a commit that had conditions.
aws::WireError commit_error(const Request& request, const store::PutConditions& conditions, const Error& error);

}  // namespace eyrie::api::s3
