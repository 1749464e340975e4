// What the requests and answers about collections have in common. Thread-safe: pure functions.
#pragma once

#include <string>
#include <vector>

#include "api/rekognition/fields.h"
#include "store/face_store.h"

namespace eyrie::api::rekognition {

Field<std::string> collection_id(const json::object& request);
Field<std::optional<std::string>> user_id(const json::object& request);
Field<std::optional<std::string>> face_id(const json::object& request);
Field<std::optional<std::string>> external_image_id(const json::object& request);
// Empty where the member is absent; a list of none is refused.
Field<std::vector<std::string>> face_ids(const json::object& request, std::size_t most);
// A similarity, 0..100, as the cosine from which on it is reached.
Field<double> least_cosine(const json::object& request, std::string_view name, const std::string& path,
                           double absent);
// ClientRequestToken, with the digest of `asked`: what the request is about.
Field<store::RequestToken> request_token(const json::object& request,
                                         std::initializer_list<std::string_view> asked);

// A page's size and beginning: MaxResults (0 reads as absent) and NextToken. `walk` names the list that the
// token belongs to.
struct PageAsked {
  std::size_t most = 0;
  std::int64_t after = 0;
};
Field<PageAsked> page_asked(const json::object& request, std::int64_t least_size, std::int64_t largest_size,
                            std::int64_t usual_size, std::string_view walk);
// NextToken for where a page ended; opaque, and good for this walk only.
std::string page_token(std::string_view walk, std::int64_t position);
// The name of a walk: a token of one list or filter is refused by another.
std::string walk_name(std::initializer_list<std::string_view> parts);

// The store's errors as the service's exceptions.
aws::WireError told(const Error& error);
template <typename T>
Field<T> told(Result<T> result) {
  if (result) return std::move(*result);
  return std::unexpected(told(result.error()));
}
inline Check told(const Status& status) {
  if (status) return {};
  return std::unexpected(told(status.error()));
}

// "arn:aws:rekognition:us-east-1:000000000000:collection/NAME"
std::string collection_arn(std::string_view name);

// Face; `model`: the collection's.
json::object face_answer(const store::StoredFace& face, const std::string& model);
std::string_view user_status(std::uint64_t faces);  // ACTIVE, or CREATED while there are none
json::object user_answer(const store::StoredUser& user);

}  // namespace eyrie::api::rekognition
