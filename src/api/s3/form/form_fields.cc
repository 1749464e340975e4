#include "api/s3/form/form_fields.h"

#include <algorithm>

#include "api/s3/object/checksums.h"
#include "api/s3/object/header_text.h"
#include "api/s3/service.h"
#include "api/s3/xml.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

// Fields that are headers of a PUT of the same name.
bool is_header(const std::string& name) {
  static constexpr std::string_view kHeaders[] = {
      "cache-control",           "content-type",        "content-disposition",          "content-encoding",
      "content-language",        "expires",             "content-md5",                  "x-amz-storage-class",
      "x-amz-sdk-checksum-algorithm", "x-amz-website-redirect-location"};
  return std::ranges::find(kHeaders, name) != std::end(kHeaders) || name.starts_with("x-amz-meta-") ||
         name.starts_with("x-amz-server-side-encryption") || name.starts_with("x-amz-object-lock-") ||
         name.starts_with("x-amz-checksum-");
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

// Where the browser is to go; empty where nothing sound is asked for.
std::string redirect(const Request& put, const PostPolicy::Fields& fields, const std::string& etag) {
  auto asked = fields.find("success_action_redirect");
  if (asked == fields.end()) asked = fields.find("redirect");
  if (asked == fields.end()) return "";
  const std::string& url = asked->second;
  const bool sound = (url.starts_with("http://") || url.starts_with("https://")) && !has_control(url) &&
                     !url.contains(' ') && !url.contains('#');
  if (!sound) return "";
  return url + (url.contains('?') ? "&" : "?") + "bucket=" + percent_encode(put.bucket) +
         "&key=" + percent_encode(put.key) + "&etag=" + percent_encode("\"" + etag + "\"");
}

}  // namespace

std::expected<PostPolicy::Fields, aws::WireError> by_name(const FormParser::Fields& fields) {
  PostPolicy::Fields result;
  for (const auto& [name, value] : fields) {
    if (!valid_utf8(name) || !valid_utf8(value)) {
      return std::unexpected(aws::s3::invalid_argument("The form's fields must be UTF-8.", "POST", ""));
    }
    if (!result.emplace(lower_case(name), value).second) {
      return std::unexpected(aws::s3::invalid_argument("The form has a field twice.", lower_case(name), value));
    }
  }
  return result;
}

std::expected<std::string, aws::WireError> required(const PostPolicy::Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  if (found != fields.end()) return found->second;
  static constexpr std::pair<std::string_view, std::string_view> kShown[] = {
      {"policy", "Policy"},           {"x-amz-algorithm", "X-Amz-Algorithm"}, {"x-amz-credential", "X-Amz-Credential"},
      {"x-amz-date", "X-Amz-Date"},   {"x-amz-signature", "X-Amz-Signature"}, {"awsaccesskeyid", "AWSAccessKeyId"},
      {"signature", "Signature"}};
  const auto known = std::ranges::find(kShown, name, &std::pair<std::string_view, std::string_view>::first);
  const std::string shown(known == std::end(kShown) ? std::string_view(name) : known->second);
  return std::unexpected(aws::s3::invalid_argument(
      "Bucket POST must contain a field named '" + shown + "'.  If it is specified, please check the order of the fields.", shown, ""));
}

std::expected<Request, aws::WireError> as_put(const Request& request, const PostPolicy::Fields& fields) {
  Request put = request;
  const auto key = required(fields, "key");
  if (!key) return std::unexpected(key.error());
  if (key->empty()) return std::unexpected(aws::s3::invalid_argument("User key must have a length greater than 0.", "key", ""));
  if (key->size() > kMaxKeyBytes) return std::unexpected(aws::s3::key_too_long(key->size(), kMaxKeyBytes));
  put.key = *key;
  // The request's own headers describe the form.
  auto context = std::make_shared<Context>(*request.context);
  net::Headers headers;
  headers.set("Host", std::string(request.headers().get("Host")));
  for (const auto& [name, value] : fields) {
    const std::string header = name == "acl" ? "x-amz-acl" : name;
    if (name != "acl" && !is_header(name)) continue;
    if (has_control(value)) {
      return std::unexpected(aws::s3::invalid_argument("A header cannot have this value", name, value));
    }
    // Fields are UTF-8, headers are not.
    headers.set(header, name.starts_with("x-amz-meta-") ? encode_header_text(value) : value);
  }
  context->head.headers = std::move(headers);
  put.context = std::move(context);
  return put;
}

net::Response form_answer(const Request& put, const PostPolicy::Fields& fields, const store::ObjectInfo& object) {
  const std::string etag = "\"" + object.etag + "\"", url = object_url(put);
  const std::string next = redirect(put, fields, object.etag);
  const auto status = fields.find("success_action_status");
  const std::string asked = status == fields.end() ? "" : status->second;
  net::Response response;
  if (!next.empty()) {
    response = empty_response(*put.context, 303);
  } else if (asked == "201") {
    XmlWriter xml("PostResponse", "");
    xml.text("Location", url).text("Bucket", put.bucket).text("Key", put.key).text("ETag", etag);
    response = xml_response(*put.context, xml.finish());
    response.status = 201;
  } else {
    response = empty_response(*put.context, asked == "200" ? 200 : 204);
  }
  response.headers.set("ETag", etag);
  response.headers.set("Location", next.empty() ? url : next);
  set_checksum_headers(response.headers, object.checksums);
  return response;
}

}  // namespace eyrie::api::s3
