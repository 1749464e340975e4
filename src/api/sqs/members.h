// Reads the members of an SQS request; SQS's exceptions; queue URLs. A member that is null counts as absent. Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/common/json_service.h"
#include "base/transform_error.h"
#include "notify/queues/local_queues.h"

namespace eyrie::api::sqs {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

struct Call {
  const json::object& request;
  const Context& context;
};

aws::WireError wire_error(const notify::QueueFailure& failure);
template <typename T>
Wire<T> wire(notify::QueueOutcome<T> outcome) {
  return transform_error(std::move(outcome), wire_error);
}
std::unexpected<aws::WireError> refuse(std::string_view exception, std::string message);
std::unexpected<aws::WireError> invalid_value(std::string_view value, std::string_view parameter, std::string_view reason);

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name);
Wire<std::string> required_text(const json::object& request, std::string_view name);
// Within [least, most]; else InvalidParameterValue with the reason.
Wire<std::optional<int>> number_member(const json::object& request, std::string_view name, int least, int most, std::string_view reason);
Wire<std::vector<std::string>> list_member(const json::object& request, std::string_view name);
Wire<notify::QueueTexts> map_member(const json::object& request, std::string_view name);

// The request's QueueUrl as the name of a queue that could be here.
Wire<std::string> queue_name(const json::object& request);
// nullopt where the URL is none of this account's queues.
std::optional<std::string> name_of_url(std::string_view url);
// As the client reaches it: by the host that it named.
std::string queue_url(const Context& context, std::string_view name);

// A page of `queues` from NextToken on; answers `member` and NextToken.
Wire<json::object> page_of_urls(const Call& call, const std::vector<notify::QueuePtr>& queues, std::string_view member);

}  // namespace eyrie::api::sqs
