#include "api/s3/bucket/cors.h"

#include <algorithm>

#include "api/s3/request_xml.h"
#include "api/s3/xml.h"
#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {

constexpr const char* kSetting = "cors";
constexpr std::size_t kMaxCorsRules = 100;
constexpr std::size_t kMaxCorsId = 255;
constexpr ElementRule kCorsRules[] = {{"CORSConfiguration", "CORSRule*"},
                                  {"CORSRule", "ID AllowedOrigin* AllowedMethod* AllowedHeader* ExposeHeader* MaxAgeSeconds"}};

std::vector<std::string> values(const pugi::xml_node& node, const char* name) {
  std::vector<std::string> result;
  for (const pugi::xml_node child : node.children(name)) result.emplace_back(child.child_value());
  return result;
}

std::optional<aws::WireError> check_rule(const CorsRule& rule) {
  static constexpr std::string_view kMethods[] = {"GET", "PUT", "POST", "DELETE", "HEAD"};
  if (rule.origins.empty() || rule.methods.empty() || rule.id.size() > kMaxCorsId) return aws::s3::malformed_xml();
  for (const std::string& method : rule.methods) {
    if (std::ranges::find(kMethods, method) == std::end(kMethods)) {
      return aws::s3::invalid_request("Found unsupported HTTP method in CORS config. Unsupported method is " + method);
    }
  }
  const std::pair<const char*, const std::vector<std::string>*> patterns[] = {{"AllowedOrigin", &rule.origins},
                                                                              {"AllowedHeader", &rule.headers}};
  for (const auto& [name, list] : patterns) {
    for (const std::string& pattern : *list) {
      if (std::ranges::count(pattern, '*') > 1) {
        return aws::s3::invalid_request(std::string(name) + " \"" + pattern +
                                        "\" can not have more than one wildcard.");
      }
    }
  }
  for (const std::string& header : rule.exposed) {
    if (header.contains('*')) {
      return aws::s3::invalid_request("ExposeHeader \"" + header +
                                      "\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
    }
  }
  // They become parts of headers.
  for (const auto* list : {&rule.origins, &rule.headers, &rule.exposed}) {
    for (const std::string& value : *list) {
      if (value.empty() || std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
        return aws::s3::malformed_xml();
    }
  }
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& list) {
  std::string result;
  for (const std::string& one : list) result += (result.empty() ? "" : ", ") + one;
  return result;
}

std::vector<std::string> names_in(std::string_view header) {
  std::vector<std::string> names;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view one = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) names.push_back(lower_case(one));
  }
  return names;
}

struct CorsRequest {
  std::string origin, method;
  std::vector<std::string> headers;
};

// The first rule that permits all of it.
const CorsRule* find_rule(const std::vector<CorsRule>& rules, const CorsRequest& asked) {
  for (const CorsRule& rule : rules) {
    const bool origin =
        std::ranges::any_of(rule.origins, [&](const auto& one) { return matches_wildcard(one, asked.origin); });
    const bool method = std::ranges::find(rule.methods, asked.method) != rule.methods.end();
    const bool headers = std::ranges::all_of(asked.headers, [&](const std::string& header) {
      return std::ranges::any_of(rule.headers,
                                 [&](const auto& one) { return matches_wildcard(lower_case(one), header); });
    });
    if (origin && method && headers) return &rule;
  }
  return nullptr;
}

net::Headers headers_of(const CorsRule& rule, const CorsRequest& asked) {
  net::Headers headers;
  const bool anyone = std::ranges::find(rule.origins, "*") != rule.origins.end();
  headers.set("Access-Control-Allow-Origin", anyone ? "*" : asked.origin);
  if (!anyone) headers.set("Access-Control-Allow-Credentials", "true");
  headers.set("Access-Control-Allow-Methods", joined(rule.methods));
  if (!asked.headers.empty()) headers.set("Access-Control-Allow-Headers", joined(asked.headers));
  if (!rule.exposed.empty()) headers.set("Access-Control-Expose-Headers", joined(rule.exposed));
  if (rule.max_age_s) headers.set("Access-Control-Max-Age", std::to_string(*rule.max_age_s));
  headers.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
  return headers;
}

// As it is: a rule that was taken once goes on, whatever is refused since.
std::expected<std::vector<CorsRule>, aws::WireError> read_cors(std::string_view xml) {
  const auto document = load_root(as_bytes(xml), kCorsRules);
  if (!document) return std::unexpected(document.error());
  std::vector<CorsRule> rules;
  for (const pugi::xml_node node : document->document_element().children("CORSRule")) {
    CorsRule rule{.id = node.child_value("ID"),
                  .origins = values(node, "AllowedOrigin"),
                  .methods = values(node, "AllowedMethod"),
                  .headers = values(node, "AllowedHeader"),
                  .exposed = values(node, "ExposeHeader")};
    if (node.child("MaxAgeSeconds")) {
      const std::string_view text = node.child_value("MaxAgeSeconds");
      rule.max_age_s = whole_number<std::uint32_t>(text);
      if (!rule.max_age_s) return std::unexpected(aws::s3::malformed_xml());
    }
    rules.push_back(std::move(rule));
  }
  if (rules.empty() || rules.size() > kMaxCorsRules) return std::unexpected(aws::s3::malformed_xml());
  return rules;
}

// Of the request's bucket; empty where there is none or it has no rules.
std::vector<CorsRule> rules_of(Backend& backend, const Request& request) {
  if (request.bucket.empty()) return {};
  const auto text = backend.objects.bucket_setting(request.bucket, kSetting);
  if (!text || !*text) return {};
  auto rules = read_cors(**text);
  if (!rules) log_error("the rules of other origins cannot be read", {{"bucket", request.bucket}, {"error", rules.error().message}});
  return rules ? std::move(*rules) : std::vector<CorsRule>();
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  const std::string_view before = pattern.substr(0, star), after = pattern.substr(star + 1);
  return text.size() >= before.size() + after.size() && text.starts_with(before) && text.ends_with(after);
}

std::expected<std::vector<CorsRule>, aws::WireError> parse_cors(std::string_view xml) {
  auto rules = read_cors(xml);
  if (!rules) return rules;
  for (const CorsRule& rule : *rules) {
    if (auto wrong = check_rule(rule)) return std::unexpected(*wrong);
  }
  return rules;
}

std::string write_cors(const std::vector<CorsRule>& rules) {
  Xml xml("CORSConfiguration");
  for (const CorsRule& rule : rules) {
    xml.open("CORSRule");
    if (!rule.id.empty()) xml.text("ID", rule.id);
    for (const std::string& value : rule.headers) xml.text("AllowedHeader", value);
    for (const std::string& value : rule.methods) xml.text("AllowedMethod", value);
    for (const std::string& value : rule.origins) xml.text("AllowedOrigin", value);
    for (const std::string& value : rule.exposed) xml.text("ExposeHeader", value);
    if (rule.max_age_s) xml.number("MaxAgeSeconds", *rule.max_age_s);
    xml.close("CORSRule");
  }
  return xml.finish();
}

OperationResult put_bucket_cors(Backend& backend, const Request& request, const Bytes& body) {
  const auto rules = parse_cors(as_text(body));
  if (!rules) return std::unexpected(rules.error());
  const Status set = backend.objects.set_bucket_setting(request.bucket, kSetting, write_cors(*rules));
  if (!set) return std::unexpected(store_error(request, set.error()));
  return empty_response(*request.context, 200);
}

OperationResult get_bucket_cors(Backend& backend, const Request& request, const Bytes&) {
  auto text = backend.objects.bucket_setting(request.bucket, kSetting);
  if (!text) return std::unexpected(store_error(request, text.error()));
  if (*text) return xml_response(*request.context, std::move(**text));
  return std::unexpected(aws::WireError{404,
                                        "NoSuchCORSConfiguration",
                                        "The CORS configuration does not exist",
                                        {{"BucketName", request.bucket}}});
}

OperationResult delete_bucket_cors(Backend& backend, const Request& request, const Bytes&) {
  const Status set = backend.objects.set_bucket_setting(request.bucket, kSetting, std::nullopt);
  if (!set) return std::unexpected(store_error(request, set.error()));
  return empty_response(*request.context, 204);
}

net::Response preflight(Backend& backend, const Request& request) {
  auto refuse = [&](int status, const char* code, const std::string& message) {
    return error_response(*request.context, {status, code, message});
  };
  const CorsRequest asked{.origin = std::string(request.headers().get("Origin")),
                    .method = std::string(request.headers().get("Access-Control-Request-Method")),
                    .headers = names_in(request.headers().get("Access-Control-Request-Headers"))};
  if (asked.origin.empty())
    return refuse(400, "BadRequest", "Insufficient information. Origin request header needed.");
  if (asked.method.empty()) return refuse(400, "BadRequest", "Invalid Access-Control-Request-Method: null");
  // Whether the bucket exists is nobody's business here.
  const auto rules = rules_of(backend, request);
  if (rules.empty())
    return refuse(403, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.");
  const CorsRule* rule = find_rule(rules, asked);
  if (rule == nullptr) {
    return refuse(403, "AccessForbidden",
                  "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "
                  "request method / Access-Control-Request-Method or Access-Control-Request-Headers are not "
                  "whitelisted by the resource's CORS spec.");
  }
  net::Response response = empty_response(*request.context, 200);
  for (const auto& [name, value] : headers_of(*rule, asked)) response.headers.set(name, value);
  return response;
}

net::Headers cors_headers(Backend& backend, const Request& request) {
  const CorsRequest asked{.origin = std::string(request.headers().get("Origin")),
                    .method = request.context->head.method,
                    .headers = {}};
  if (asked.origin.empty()) return {};
  const auto rules = rules_of(backend, request);
  const CorsRule* rule = find_rule(rules, asked);
  return rule == nullptr ? net::Headers() : headers_of(*rule, asked);
}

}  // namespace eyrie::api::s3
