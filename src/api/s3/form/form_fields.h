// The fields of a POST form, and what they say about the object to be.
#pragma once

#include "api/s3/form/form_parser.h"
#include "api/s3/form/post_policy.h"
#include "api/s3/request.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

// By name in lower case. 400 where one comes twice, or is not UTF-8.
std::expected<PostPolicy::Fields, aws::WireError> by_name(const FormParser::Fields& fields);

// The field; 400 InvalidArgument where it is absent.
std::expected<std::string, aws::WireError> required(const PostPolicy::Fields& fields, const std::string& name);

// As if the object came by PUT: the key, and the fields that are headers there as headers.
std::expected<Request, aws::WireError> as_put(const Request& request, const PostPolicy::Fields& fields);

// What the form's sender sees when all went well: 204, or what success_action_status or success_action_redirect asks for.
net::Response form_answer(const Request& put, const PostPolicy::Fields& fields, const store::ObjectInfo& object);

}  // namespace eyrie::api::s3
