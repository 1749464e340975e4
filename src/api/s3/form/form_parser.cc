#include "api/s3/form/form_parser.h"

#include <algorithm>

#include "base/encoding.h"
#include "net/http.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxBoundary = 70;
constexpr std::size_t kMaxPreamble = 1024;
constexpr std::size_t kMaxHeader = 4096;
constexpr std::size_t kMaxFields = 128;
constexpr std::size_t kMaxFieldBytes = 20 << 10;
constexpr std::size_t kMaxPadding = 64;
constexpr std::string_view kSpace = " \t";

std::unexpected<Error> malformed_part(const char* what) {
  return fail(Code::kInvalidArgument, std::string("the form is malformed_part: ") + what);
}

// The value of NAME in "...; name=value; other="quoted \" value"".
std::optional<std::string> parameter(std::string_view text, std::string_view name) {
  std::size_t at = text.find(';');
  while (at != std::string_view::npos && at < text.size()) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trimmed(text.substr(at + 1, equals - at - 1));
    std::size_t from = text.find_first_not_of(kSpace, equals + 1);
    std::string value;
    if (from != std::string_view::npos && text[from] == '"') {
      for (++from; from < text.size() && text[from] != '"'; ++from) {
        const bool escaped =
            text[from] == '\\' && from + 1 < text.size() && (text[from + 1] == '"' || text[from + 1] == '\\');
        value += text[escaped ? ++from : from];
      }
      if (from >= text.size()) return std::nullopt;
      at = text.find(';', from);
    } else {
      at = text.find(';', equals);
      value = trimmed(text.substr(equals + 1, at == std::string_view::npos ? at : at - equals - 1));
    }
    if (net::equals_ignore_case(key, name)) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> form_boundary(std::string_view content_type) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  if (!net::equals_ignore_case(type, "multipart/form-data")) return std::nullopt;
  auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) return std::nullopt;
  const bool printable = std::ranges::all_of(*boundary, [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? boundary : std::nullopt;
}

FormParser::FormParser(const std::string& boundary, Output output)
    : delimiter_("\r\n--" + boundary), output_(std::move(output)), buffer_("\r\n") {}

Status FormParser::feed(ByteView piece) {
  if (state_ == State::kEnd) return {};
  buffer_.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  while (true) {
    EYRIE_TRY(const bool more, step());
    if (!more) return {};
  }
}

Status FormParser::finish() {
  if (state_ != State::kEnd) return malformed_part("it ends early");
  if (!had_file_) return fail(Code::kNotFound, "the form has no file");
  return {};
}

Result<bool> FormParser::step() {
  switch (state_) {
    case State::kPreamble:
      return skip_preamble();
    case State::kAfterBoundary:
      return after_boundary();
    case State::kHeader:
      return read_header();
    case State::kField:
      return read_field();
    case State::kFile:
      return read_file();
    case State::kEnd:
      buffer_.clear();
      return false;
  }
  return false;
}

Result<bool> FormParser::skip_preamble() {
  const std::size_t at = buffer_.find(delimiter_);
  if (std::min(at, buffer_.size()) > kMaxPreamble + delimiter_.size()) return malformed_part("no boundary");
  if (at == std::string::npos) return false;
  buffer_.erase(0, at + delimiter_.size());
  state_ = State::kAfterBoundary;
  return true;
}

// CR LF: a part follows. Two hyphens: the form ends. Before a line's end there may be padding.
Result<bool> FormParser::after_boundary() {
  if (buffer_.size() < 2) return false;
  if (buffer_.starts_with("--")) {
    state_ = State::kEnd;
    return true;
  }
  const std::size_t text = buffer_.find_first_not_of(kSpace);
  if (text == std::string::npos || text + 1 == buffer_.size()) {
    if (buffer_.size() > kMaxPadding) return malformed_part("a boundary's line is long");
    return false;
  }
  if (buffer_.compare(text, 2, "\r\n") != 0) return malformed_part("a boundary's line goes on");
  buffer_.erase(0, text);  // the line's end stays: a header may be empty
  state_ = State::kHeader;
  return true;
}

Result<bool> FormParser::read_header() {
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (std::min(end, buffer_.size()) > kMaxHeader) return fail(Code::kTooLarge, "a part's header is too long");
  if (end == std::string::npos) return false;
  const std::string header = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  EYRIE_CHECK_OK(begin_part(header));
  return true;
}

Status FormParser::begin_part(std::string_view header) {
  std::optional<std::string> name;
  std::optional<std::string> filename;
  while (header.size() > 2) {
    header.remove_prefix(2);
    const std::string_view line = header.substr(0, header.find("\r\n"));
    header.remove_prefix(line.size());
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed_part("a part's header");
    if (!net::equals_ignore_case(trimmed(line.substr(0, colon)), "Content-Disposition")) continue;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!net::equals_ignore_case(trimmed(value.substr(0, value.find(';'))), "form-data"))
      return malformed_part("a part that is no form-data");
    name = parameter(value, "name");
    filename = parameter(value, "filename");
  }
  if (!name || name->empty()) return malformed_part("a part without a name");
  if (net::equals_ignore_case(*name, "file")) {
    // Some browsers tell the whole path.
    const std::size_t slash = filename ? filename->find_last_of("/\\") : std::string::npos;
    if (slash != std::string::npos) filename->erase(0, slash + 1);
    had_file_ = true;
    state_ = State::kFile;
    return output_.begin_file(std::move(fields_), std::move(filename));
  }
  if (fields_.size() == kMaxFields) return fail(Code::kTooLarge, "the form has too many fields");
  name_ = std::move(*name);
  state_ = State::kField;
  return count(name_.size());
}

Status FormParser::count(std::size_t bytes) {
  field_bytes_ += bytes;
  if (field_bytes_ > kMaxFieldBytes) return fail(Code::kTooLarge, "the form's fields are too large");
  return {};
}

Result<bool> FormParser::read_field() {
  const std::size_t end = buffer_.find(delimiter_);
  if (end == std::string::npos) {
    if (field_bytes_ + buffer_.size() > kMaxFieldBytes + delimiter_.size())
      return fail(Code::kTooLarge, "the form's fields are too large");
    return false;
  }
  EYRIE_CHECK_OK(count(end));
  fields_.emplace_back(std::move(name_), buffer_.substr(0, end));
  buffer_.erase(0, end + delimiter_.size());
  state_ = State::kAfterBoundary;
  return true;
}

Result<bool> FormParser::read_file() {
  const std::size_t end = buffer_.find(delimiter_);
  // What might be the delimiter's beginning waits for the rest.
  const std::size_t kept = delimiter_.size() - 1;
  const std::size_t ready =
      end != std::string::npos ? end : buffer_.size() > kept ? buffer_.size() - kept : 0;
  if (ready > 0) EYRIE_CHECK_OK(output_.file(as_bytes(std::string_view(buffer_).substr(0, ready))));
  if (end == std::string::npos) {
    buffer_.erase(0, ready);
    return false;
  }
  // Whatever follows the file is not read.
  buffer_.clear();
  state_ = State::kEnd;
  return true;
}

}  // namespace eyrie::api::s3
