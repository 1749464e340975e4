#include "api/sqs/members.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::api::sqs {
namespace {

constexpr std::size_t kLargestPage = 1000;

const json::value* member(const json::object& request, std::string_view name) {
  const json::value* found = request.if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::unexpected<aws::WireError> wrong_type(std::string_view name) {
  return std::unexpected(aws::WireError{400, "SerializationException", "The member " + std::string(name) + " is of another type."});
}

}  // namespace

aws::WireError wire_error(const notify::QueueFailure& failure) {
  using notify::QueueProblem;
  const auto as = [&](std::string_view exception, int status = 400) { return aws::WireError{status, std::string(exception), failure.message}; };
  switch (failure.problem) {
    case QueueProblem::kNoSuchQueue:
      return as("QueueDoesNotExist");
    case QueueProblem::kQueueExists:
      return as("QueueNameExists");
    case QueueProblem::kAttributeName:
      return as("InvalidAttributeName");
    case QueueProblem::kAttributeValue:
      return as("InvalidAttributeValue");
    case QueueProblem::kParameter:
      return as("InvalidParameterValueException");
    case QueueProblem::kMissingParameter:
      return as("MissingRequiredParameterException");
    case QueueProblem::kMessageContents:
      return as("InvalidMessageContents");
    case QueueProblem::kReceiptHandle:
      return as("ReceiptHandleIsInvalid");
    case QueueProblem::kNotInFlight:
      return as("MessageNotInflight");
    case QueueProblem::kUnsupported:
      return as("UnsupportedOperation");
    case QueueProblem::kBusy:
      return as("ServiceUnavailable", 503);
    case QueueProblem::kInternal:
      break;
  }
  return as("InternalFailure", 500);
}

std::unexpected<aws::WireError> refuse(std::string_view exception, std::string message) {
  return std::unexpected(aws::WireError{400, std::string(exception), std::move(message)});
}

std::unexpected<aws::WireError> invalid_value(std::string_view value, std::string_view parameter, std::string_view reason) {
  return refuse("InvalidParameterValueException", "Value " + std::string(value.substr(0, 256)) + " for parameter " + std::string(parameter) +
                                                      " is invalid. Reason: " + std::string(reason));
}

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name) {
  const json::value* value = member(request, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong_type(name);
  return std::string(value->get_string());
}

Wire<std::string> required_text(const json::object& request, std::string_view name) {
  EYRIE_TRY(auto text, text_member(request, name));
  if (!text || text->empty()) return refuse("MissingRequiredParameterException", "The request must contain the parameter " + std::string(name) + ".");
  return std::move(*text);
}

Wire<std::optional<int>> number_member(const json::object& request, std::string_view name, int least, int most, std::string_view reason) {
  const json::value* value = member(request, name);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) return invalid_value(*text, name, reason);
  const auto* number = value->if_int64();
  if (number == nullptr) return wrong_type(name);
  if (*number < least || *number > most) return invalid_value(std::to_string(*number), name, reason);
  return static_cast<int>(*number);
}

Wire<std::vector<std::string>> list_member(const json::object& request, std::string_view name) {
  std::vector<std::string> found;
  const json::value* value = member(request, name);
  if (value == nullptr) return found;
  if (!value->is_array()) return wrong_type(name);
  for (const json::value& one : value->get_array()) {
    if (!one.is_string()) return wrong_type(name);
    found.emplace_back(one.get_string());
  }
  return found;
}

Wire<notify::QueueTexts> map_member(const json::object& request, std::string_view name) {
  notify::QueueTexts found;
  const json::value* value = member(request, name);
  if (value == nullptr) return found;
  if (!value->is_object()) return wrong_type(name);
  for (const auto& [key, text] : value->get_object()) {
    if (!text.is_string()) return wrong_type(name);
    found[std::string(key)] = text.get_string();
  }
  return found;
}

std::optional<std::string> name_of_url(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    url.remove_prefix(std::min(url.find('/'), url.size()));
  }
  const std::string prefix = "/" + std::string(kAccount) + "/";
  if (!url.starts_with(prefix)) return std::nullopt;
  url.remove_prefix(prefix.size());
  if (url.empty() || url.contains('/')) return std::nullopt;
  return std::string(url);
}

Wire<std::string> queue_name(const json::object& request) {
  EYRIE_TRY(const std::string url, required_text(request, "QueueUrl"));
  auto name = name_of_url(url);
  if (!name) return refuse("QueueDoesNotExist", "The specified queue does not exist.");
  return std::move(*name);
}

std::string queue_url(const Context& context, std::string_view name) {
  const std::string_view host = context.head.headers.get("Host");
  return std::string(context.head.secure ? "https://" : "http://") + std::string(host) + "/" + std::string(kAccount) + "/" + std::string(name);
}

Wire<json::object> page_of_urls(const Call& call, const std::vector<notify::QueuePtr>& queues, std::string_view member) {
  EYRIE_TRY(const auto most, number_member(call.request, "MaxResults", 1, kLargestPage, "MaxResults must be an integer between 1 and 1000."));
  EYRIE_TRY(const auto token, text_member(call.request, "NextToken"));
  std::string after;
  if (token && !token->empty()) {
    const auto decoded = base64_decode(*token);
    if (!decoded) return invalid_value(*token, "NextToken", "The token is not valid.");
    after = as_text(*decoded);
  }
  json::array urls;
  std::string last;
  bool more = false;
  for (const notify::QueuePtr& queue : queues) {
    const std::string& name = queue->definition.name;
    if (!after.empty() && name <= after) continue;
    more = urls.size() == static_cast<std::size_t>(most.value_or(kLargestPage));
    if (more) break;
    urls.emplace_back(queue_url(call.context, name));
    last = name;
  }
  json::object answer;
  if (!urls.empty()) answer[member] = std::move(urls);
  // Without MaxResults there is no next page, however many there are.
  if (more && most) answer["NextToken"] = base64_encode(as_bytes(last));
  return answer;
}

}  // namespace eyrie::api::sqs
