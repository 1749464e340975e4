#include "api/s3/request.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

// The bucket named by the Host header, "" in path style.
std::string bucket_of_host(std::string_view host) {
  host = host.substr(0, host.rfind(':') == std::string_view::npos ? host.size() : host.rfind(':'));
  for (const std::string_view suffix : {".localhost", ".s3.amazonaws.com", ".s3.us-east-1.amazonaws.com",
                                        ".s3.localhost", ".s3.localhost.localstack.cloud"}) {
    if (host.size() > suffix.size() && host.ends_with(suffix)) {
      const std::string_view bucket = host.substr(0, host.size() - suffix.size());
      return bucket == "s3" ? "" : std::string(bucket);
    }
  }
  return "";
}

bool is_ipv4(std::string_view name) {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::expected<Request, aws::WireError> parse_request(ContextPtr context) {
  Request request;
  const net::RequestHead& head = context->head;
  const auto path = percent_decode(std::string_view(head.path).substr(head.path.starts_with('/') ? 1 : 0));
  const auto query = net::parse_query(head.query);
  if (!path || !query || !valid_utf8(*path)) return std::unexpected(aws::s3::invalid_uri());
  for (const auto& [name, value] : *query) request.query.emplace(name, value);
  request.bucket = bucket_of_host(head.headers.get("Host"));
  if (!request.bucket.empty()) {
    request.key = *path;
  } else {
    const std::size_t slash = path->find('/');
    request.bucket = path->substr(0, slash);
    if (slash != std::string::npos) request.key = path->substr(slash + 1);
  }
  if (request.key.size() > kMaxKeyBytes) {
    return std::unexpected(aws::s3::key_too_long(request.key.size(), kMaxKeyBytes));
  }
  request.context = std::move(context);
  return request;
}

bool valid_bucket_name(std::string_view name) {
  auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 63) return false;
  if (!alphanumeric(name.front()) || !alphanumeric(name.back())) return false;
  if (!std::ranges::all_of(name, [&](char c) { return alphanumeric(c) || c == '-' || c == '.'; })) return false;
  if (name.contains("..") || is_ipv4(name)) return false;
  for (const std::string_view prefix : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(prefix)) return false;
  }
  return !name.ends_with("-s3alias") && !name.ends_with("--ol-s3");
}

}  // namespace eyrie::api::s3
