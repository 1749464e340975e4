#include "aws/canonical_request.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::aws {
namespace {

bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// RFC 3986, 5.2.4, and double slashes made one. The result starts with '/', and ends with one where the path
// did.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = true;  // the path ends in '/', "/." or "/.."
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    at = end + 1;
    directory = end < path.size() || segment == "." || segment == "..";
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out = "/";
  for (std::size_t i = 0; i < kept.size(); ++i) {
    out += kept[i];
    if (i + 1 < kept.size() || directory) out += '/';
  }
  return out;
}

void append_header(std::string& out, const net::Headers& headers, const std::string& name) {
  out += name;
  out += ':';
  bool first = true;
  for (const auto& [key, value] : headers) {
    if (!net::equals_ignore_case(key, name)) continue;
    if (!first) out += ',';
    first = false;
    out += canonical_header_value(value);
  }
  out += '\n';
}

}  // namespace

PathEncoding path_encoding_of(std::string_view service) {
  const bool once =
      service == "s3" || service == "s3express" || service == "s3-object-lambda" || service == "s3-outposts";
  return once ? PathEncoding::kOnce : PathEncoding::kTwice;
}

std::optional<std::string> canonical_path(std::string_view path, PathEncoding encoding) {
  if (path.empty()) return "/";
  if (encoding == PathEncoding::kTwice) return percent_encode(normalized(path), true);
  const auto decoded = percent_decode(path);
  if (!decoded) return std::nullopt;
  return percent_encode(*decoded, true);
}

std::optional<std::string> canonical_query(std::string_view query, std::string_view omitted_parameter) {
  auto pairs = net::parse_query(query);
  if (!pairs) return std::nullopt;
  if (!omitted_parameter.empty()) {
    std::erase_if(*pairs, [&](const auto& pair) { return pair.first == omitted_parameter; });
  }
  for (auto& [name, value] : *pairs) {
    name = percent_encode(name);
    value = percent_encode(value);
  }
  std::sort(pairs->begin(), pairs->end());
  std::string out;
  for (const auto& [name, value] : *pairs) {
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    out += value;
  }
  return out;
}

std::string canonical_header_value(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  bool gap = false;
  for (const char c : value) {
    if (blank(c)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::optional<std::string> canonical_request(const CanonicalParts& parts) {
  const auto path = canonical_path(parts.path, parts.encoding);
  const auto query = canonical_query(parts.query, parts.omitted_parameter);
  if (!path || !query) return std::nullopt;
  std::string out;
  out.reserve(512 + path->size() + query->size());
  out.append(parts.method).append("\n").append(*path).append("\n").append(*query).append("\n");
  for (const std::string& name : parts.signed_headers) append_header(out, parts.headers, name);
  out += '\n';
  for (std::size_t i = 0; i < parts.signed_headers.size(); ++i) {
    if (i > 0) out += ';';
    out += parts.signed_headers[i];
  }
  out += '\n';
  out += parts.payload_hash;
  return out;
}

}  // namespace eyrie::aws
