// What IAM's operations share: their parameters, pages, errors. Thread-safe: pure functions.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/common/page_marker.h"
#include "api/common/query_service.h"
#include "base/transform_error.h"
#include "iam/identities.h"

namespace eyrie::api::iam_api {

template <typename T>
using Wire = std::expected<T, aws::WireError>;

// NoSuchEntity, EntityAlreadyExists, DeleteConflict, LimitExceeded, ValidationError, ServiceFailure.
aws::WireError wire_error(const Error& error);

template <typename T>
Wire<T> wire(Result<T> result) {
  return transform_error(std::move(result), wire_error);
}

std::unexpected<aws::WireError> invalid(const std::string& message);

// ValidationError where it is absent or empty.
Wire<std::string> required(const QueryCall& call, std::string_view name);
// UserName, or the calling user where it is absent; the root has no keys and policies of this kind.
Wire<std::string> user_name(const QueryCall& call);
// "/" where it is absent.
std::string path_of(const QueryCall& call);
// NotImplemented where a parameter of these names, or one below ("Tags.member.1.Key"), is given.
Wire<void> refuse_members(const QueryCall& call, std::initializer_list<std::string_view> names);
// The parameter PolicyDocument, parsed: MalformedPolicyDocument.
Wire<iam::PolicyPtr> policy_document(const QueryCall& call);

// Policies that are a user's or a role's own, by name.
using OwnPolicies = std::map<std::string, iam::PolicyPtr>;
// The one that the parameter PolicyName names; `whose`: "user" or "role". NoSuchEntity.
Wire<OwnPolicies::value_type> own_policy(const QueryCall& call, const OwnPolicies& policies, std::string_view whose);
// <PolicyNames>, a page of it.
QueryResult write_policy_names(const QueryCall& call, XmlWriter& xml, const OwnPolicies& policies);

// The part of a list that MaxItems (100 by default) and Marker ask for. `key_of`: as of page_span().
struct PageAsked {
  std::optional<std::string> after;
  std::size_t most = 0;
};
Wire<PageAsked> page_asked(const QueryCall& call);
template <typename T, typename KeyOf>
Wire<PageSpan> page_of(const QueryCall& call, const std::vector<T>& entries, KeyOf key_of) {
  EYRIE_TRY(const PageAsked asked, page_asked(call));
  return page_span(entries, asked.after, asked.most, key_of);
}
// Ends the list NAME: IsTruncated and Marker.
void close_page(XmlWriter& xml, const char* name, const PageSpan& page);
// <NAME> with a <member> for each of the page, then IsTruncated and Marker.
template <typename T, typename KeyOf, typename Write>
QueryResult write_page(const QueryCall& call, XmlWriter& xml, const char* name, const std::vector<T>& entries, KeyOf key_of, Write write) {
  EYRIE_TRY(const PageSpan page, page_of(call, entries, key_of));
  xml.open(name);
  for (std::size_t i = page.begin; i < page.end; ++i) {
    xml.open("member");
    write(entries[i]);
    xml.close("member");
  }
  close_page(xml, name, page);
  return {};
}

// Times as IAM writes them: 2026-11-28T10:15:30Z.
std::string time_text(std::int64_t ms);

}  // namespace eyrie::api::iam_api
