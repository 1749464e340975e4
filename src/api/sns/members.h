// What SNS's operations share: parameters in, errors out. Thread-safe: pure functions.
//
// Lists are NAME.member.N, maps NAME.entry.N.key and .value (message attributes: .Name and .Value...); both end with the first number that is missing.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/common/query_service.h"
#include "base/transform_error.h"
#include "notify/topics/topics.h"

namespace eyrie::api::sns {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

// InvalidParameter, "Invalid parameter: WHAT".
aws::WireError invalid_parameter(const std::string& what);
inline std::unexpected<aws::WireError> invalid(const std::string& what) { return std::unexpected(invalid_parameter(what)); }

inline std::unexpected<Error> bad(std::string message) { return fail(Code::kInvalidArgument, std::move(message)); }

// NotFound, InvalidParameter, AuthorizationError, InternalError; `limit`: the code of what is over a quota.
aws::WireError wire_error(const Error& error, const char* limit = "InvalidParameter");
template <typename T>
Wire<T> wire(Result<T> result, const char* limit = "InvalidParameter") {
  return transform_error(std::move(result), [limit](const Error& error) { return wire_error(error, limit); });
}

// The name of the topic that the parameter is the ARN of: InvalidParameter where it is none.
Wire<std::string> topic_parameter(const QueryCall& call, std::string_view name = "TopicArn");
// The id of the subscription in SubscriptionArn.
Wire<std::string> subscription_parameter(const QueryCall& call);

std::vector<std::string> list_of(const QueryCall& call, const std::string& name);
// Pairs in the order they came.
std::vector<std::pair<std::string, std::string>> entries_of(const QueryCall& call, const std::string& name);
Wire<std::map<std::string, std::string>> tags_of(const QueryCall& call);

// NextToken: where the last page ended.
Wire<std::string> page_after(const QueryCall& call);
std::string page_token(const std::string& last);
inline constexpr std::size_t kPage = 100;

// <entry><key>KEY</key><value>VALUE</value></entry>
inline void write_entry(XmlWriter& xml, std::string_view key, std::string_view value) {
  xml.open("entry").text("key", key).text("value", value).close("entry");
}

}  // namespace eyrie::api::sns
