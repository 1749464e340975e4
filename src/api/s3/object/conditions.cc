#include "api/s3/object/conditions.h"

#include "base/time/clock.h"

namespace eyrie::api::s3 {
namespace {

// A comma-separated list of entity tags, or "*".
bool lists_etag(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view one = header.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*" || unquoted(one) == etag) return true;
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
  }
  return false;
}

}  // namespace

std::string_view unquoted(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

// The order of the four conditions: each shadows its weaker neighbour.
std::optional<aws::WireError> check_conditions(const net::Headers& headers, std::string_view prefix,
                                               const store::ObjectInfo& object, std::int64_t now_ms) {
  const std::string before(prefix);
  const std::int64_t modified_s = object.modified_ms / 1000;
  auto time_of = [&](const char* name) -> std::optional<std::int64_t> {
    const auto ms = parse_http_date(headers.get(before + name));
    return ms ? std::optional(*ms / 1000) : std::nullopt;
  };
  if (const std::string* match = headers.find(before + "If-Match")) {
    if (!lists_etag(*match, object.etag)) return aws::s3::precondition_failed(before + "If-Match");
  } else if (const auto since = time_of("If-Unmodified-Since"); since && modified_s > *since) {
    return aws::s3::precondition_failed(before + "If-Unmodified-Since");
  }
  if (const std::string* none_match = headers.find(before + "If-None-Match")) {
    if (lists_etag(*none_match, object.etag)) return aws::s3::not_modified();
  } else if (const auto since = time_of("If-Modified-Since"); since && modified_s <= *since && *since <= now_ms / 1000) {
    return aws::s3::not_modified();
  }
  return std::nullopt;
}

}  // namespace eyrie::api::s3
