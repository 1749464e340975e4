#include "net/response_head.h"

#include <algorithm>

#include "base/time/clock.h"
#include "base/log.h"
#include "net/head_parser.h"

namespace eyrie::net {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};
constexpr Reason kReasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

bool is_servers(std::string_view name) {
  static constexpr std::string_view kNames[] = {"Content-Length", "Transfer-Encoding", "Date",
                                                "Server",         "Connection",        "Keep-Alive"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view mine) { return equals_ignore_case(mine, name); });
}

// The date changes once a second, responses are written thousands of times.
const std::string& http_date_now() {
  thread_local std::int64_t second = -1;
  thread_local std::string text;
  const std::int64_t now = Clock::system().now_ms() / 1000;
  if (now != second) {
    second = now;
    text = format_http_date(now * 1000);
  }
  return text;
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool status_has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string_view reason_phrase(int status) {
  const auto* found = std::find_if(std::begin(kReasons), std::end(kReasons),
                                   [&](const Reason& r) { return r.status == status; });
  return found == std::end(kReasons) ? "Status" : found->phrase;
}

std::string format_response_head(const Response& response, const ResponseFraming& framing,
                                 std::string_view request_id) {
  std::string out;
  out.reserve(512);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  add(out, "Date", http_date_now());
  add(out, "Server", "Eyrie");
  bool has_id = false;
  for (const auto& [name, value] : response.headers) {
    if (is_servers(name)) continue;
    if (!is_token(name) || !is_field_value(value)) {
      log_error("a response header breaks the form and is left out",
                {{"request", request_id}, {"name", name}});
      continue;
    }
    has_id = has_id || equals_ignore_case(name, "x-amzn-RequestId") ||
             equals_ignore_case(name, "x-amz-request-id");
    add(out, name, value);
  }
  if (!has_id && !request_id.empty()) add(out, "x-amzn-RequestId", request_id);
  if (framing.content_length) add(out, "Content-Length", std::to_string(*framing.content_length));
  if (framing.chunked) add(out, "Transfer-Encoding", "chunked");
  if (framing.close) {
    add(out, "Connection", "close");
  } else if (framing.keep_alive_1_0) {
    add(out, "Connection", "keep-alive");
  }
  return out += "\r\n";
}

}  // namespace eyrie::net
