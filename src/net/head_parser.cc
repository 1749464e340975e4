#include "net/head_parser.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace eyrie::net {
namespace {

constexpr std::size_t kMaxLengthDigits = 19;  // any such number fits in 64 bits

std::unexpected<HeadProblem> refuse(int status, std::string_view reason) {
  return std::unexpected(HeadProblem{status, reason});
}

constexpr std::array<bool, 256> token_characters() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = table[c + ('a' - 'A')] = true;
  return table;
}
constexpr auto kToken = token_characters();

// The line at the front of text, without its CRLF, which is there: HeadScanner saw it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(line.size() + 2, text.size()));
  return line;
}

bool known_method(std::string_view method) {
  static constexpr std::string_view kMethods[] = {"GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS", "PATCH"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

std::expected<void, HeadProblem> parse_target(std::string_view target, RequestHead& head) {
  if (target.size() > kMaxTargetBytes) return refuse(414, "The request target is too long.");
  if (target.empty() || target.front() != '/')
    return refuse(400, "The request target must start with a slash.");
  for (const char c : target) {
    if (c <= 0x20 || c >= 0x7F || c == '#') return refuse(400, "The request target must be percent-encoded.");
  }
  head.target = target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  head.path = target.substr(0, mark);
  head.query = target.substr(std::min(mark + 1, target.size()));
  return {};
}

// METHOD SP target SP HTTP/1.x
std::expected<void, HeadProblem> parse_request_line(std::string_view line, RequestHead& head,
                                                    int& minor_version) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400, "The request line is malformed.");
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) return refuse(400, "The request line is malformed.");
  const bool of_form = version.size() == 8 && version.starts_with("HTTP/") && version[5] >= '0' &&
                       version[5] <= '9' && version[6] == '.' && version[7] >= '0' && version[7] <= '9';
  if (!of_form) return refuse(400, "The request line is malformed.");
  if (version[5] != '1' || version[7] > '1') return refuse(505, "This server speaks HTTP/1.1.");
  if (!known_method(method)) return refuse(501, "This method is not known.");
  head.method = method;
  minor_version = version[7] - '0';
  return parse_target(line.substr(first + 1, last - first - 1), head);
}

std::expected<void, HeadProblem> parse_field(std::string_view line, Headers& headers) {
  if (line.front() == ' ' || line.front() == '\t') return refuse(400, "A header line is folded.");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refuse(400, "A header field's name is malformed.");
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return refuse(400, "A header field's value holds control characters.");
  if (headers.size() == kMaxFields) return refuse(431, "There are too many header fields.");
  headers.add(std::string(line.substr(0, colon)), std::string(value));
  return {};
}

std::expected<void, HeadProblem> parse_length(std::string_view text, RequestHead& head) {
  const bool digits = !text.empty() && text.size() <= kMaxLengthDigits &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse(400, "The Content-Length is malformed.");
  std::uint64_t length = 0;
  for (const char c : text) length = length * 10 + static_cast<std::uint64_t>(c - '0');
  head.content_length = length;
  return {};
}

bool is_host(std::string_view value) {
  return value.find_first_of(" \t,/@?#\\") == std::string_view::npos;
}

// The elements of a comma-separated list, one by one; empty ones are skipped, as RFC 9110 (5.6.1) wants.
template <typename Each>
void for_each_element(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view element = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (!element.empty()) each(element);
  }
}

bool is_token_list(std::string_view list) {
  bool tokens = true;
  for_each_element(list, [&](std::string_view element) { tokens = tokens && is_token(element); });
  return tokens;
}

bool list_holds(std::string_view list, std::string_view word) {
  bool holds = false;
  for_each_element(list,
                   [&](std::string_view element) { holds = holds || equals_ignore_case(element, word); });
  return holds;
}

// How the body is framed and to whom the request goes.
std::expected<void, HeadProblem> check_framing(RequestHead& head, int minor_version) {
  int lengths = 0;
  int codings = 0;
  int hosts = 0;
  for (const auto& [name, value] : head.headers) {
    if (equals_ignore_case(name, "Content-Length")) {
      ++lengths;
      if (auto ok = parse_length(value, head); !ok) return ok;
    } else if (equals_ignore_case(name, "Transfer-Encoding")) {
      ++codings;
      if (!equals_ignore_case(value, "chunked"))
        return refuse(400, "The only transfer coding taken is chunked.");
    } else if (equals_ignore_case(name, "Host")) {
      ++hosts;
      if (!is_host(value)) return refuse(400, "The Host is malformed.");
    } else if (equals_ignore_case(name, "Connection")) {
      if (!is_token_list(value)) return refuse(400, "The Connection field is malformed.");
    }
  }
  if (lengths > 1) return refuse(400, "There is more than one Content-Length.");
  if (codings > 1) return refuse(400, "There is more than one Transfer-Encoding.");
  if (lengths > 0 && codings > 0)
    return refuse(400, "Content-Length and Transfer-Encoding exclude each other.");
  if (codings > 0 && minor_version == 0) return refuse(400, "HTTP/1.0 has no transfer codings.");
  if (hosts > 1 || (hosts == 0 && minor_version == 1)) return refuse(400, "There must be one Host.");
  head.chunked = codings > 0;
  return {};
}

// Whether a field of that name, of which there may be several, lists the word.
bool says(const Headers& headers, std::string_view name, std::string_view word) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& field) {
    return equals_ignore_case(field.first, name) && list_holds(field.second, word);
  });
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return kToken[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

std::expected<std::size_t, HeadProblem> HeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const std::size_t end = bytes.find('\n', line_start_);
    if (end == std::string_view::npos) return 0;
    if (end == line_start_ || bytes[end - 1] != '\r') return refuse(400, "A line does not end with CRLF.");
    const bool empty = end - line_start_ == 1;
    line_start_ = end + 1;
    if (empty) return line_start_;
  }
}

std::expected<ParsedHead, HeadProblem> parse_head(std::string_view bytes) {
  ParsedHead parsed;
  int& minor_version = parsed.minor_version;
  if (auto ok = parse_request_line(take_line(bytes), parsed.head, minor_version); !ok) {
    return std::unexpected(ok.error());
  }
  for (std::string_view line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    if (auto ok = parse_field(line, parsed.head.headers); !ok) return std::unexpected(ok.error());
  }
  if (auto ok = check_framing(parsed.head, minor_version); !ok) return std::unexpected(ok.error());

  const Headers& headers = parsed.head.headers;
  parsed.keep_alive = minor_version == 1
                          ? !says(headers, "Connection", "close")
                          : says(headers, "Connection", "keep-alive") && !says(headers, "Connection", "close");
  // As S3 does, what else a client may expect is ignored: a server may refuse it, but need not (RFC 9110, section 10.1.1).
  parsed.expect_continue = minor_version == 1 && says(headers, "Expect", "100-continue");
  return parsed;
}

}  // namespace eyrie::net
