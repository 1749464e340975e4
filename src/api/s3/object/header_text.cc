#include "api/s3/object/header_text.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "net/head_parser.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::string_view kBegin = "=?", kEnd = "?=";
constexpr std::size_t kMostBytesAWord = 45;  // 60 characters of base64, 72 with what is around them

std::string utf8_of_latin1(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x80) text += static_cast<char>(0xC0 | (code >> 6));
    text += code < 0x80 ? c : static_cast<char>(0x80 | (code & 0x3F));
  }
  return text;
}

std::optional<std::string> decode_q(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      decoded += text[i] == '_' ? ' ' : text[i];
      continue;
    }
    const auto byte = hex_decode(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    decoded += static_cast<char>(byte->front());
    i += 2;
  }
  return decoded;
}

struct Word {
  std::string text;         // UTF-8
  std::size_t length = 0;   // characters that it takes
};

// The encoded word at the beginning of `from`: =?charset?encoding?text?=
std::optional<Word> read_word(std::string_view from) {
  if (!from.starts_with(kBegin)) return std::nullopt;
  const std::size_t charset_end = from.find('?', kBegin.size());
  if (charset_end == std::string_view::npos || charset_end + 3 > from.size() || from[charset_end + 2] != '?') return std::nullopt;
  const std::size_t text_begin = charset_end + 3, end = from.find('?', text_begin);
  if (end == std::string_view::npos || !from.substr(end).starts_with(kEnd)) return std::nullopt;
  std::string_view charset = from.substr(kBegin.size(), charset_end - kBegin.size());
  charset = charset.substr(0, charset.find('*'));  // a language may follow (RFC 2231)
  const std::string_view encoded = from.substr(text_begin, end - text_begin);
  std::optional<std::string> bytes;
  switch (from[charset_end + 1]) {
    case 'B':
    case 'b':
      if (const auto decoded = base64_decode(encoded)) bytes = as_text(*decoded);
      break;
    case 'Q':
    case 'q':
      bytes = decode_q(encoded);
      break;
    default:
      break;
  }
  if (!bytes) return std::nullopt;
  const std::size_t length = end + kEnd.size();
  if (net::equals_ignore_case(charset, "ISO-8859-1")) return Word{.text = utf8_of_latin1(*bytes), .length = length};
  const bool known = net::equals_ignore_case(charset, "UTF-8") || net::equals_ignore_case(charset, "US-ASCII");
  if (!known || !valid_utf8(*bytes)) return std::nullopt;
  return Word{.text = std::move(*bytes), .length = length};
}

}  // namespace

std::string decode_header_text(std::string_view value) {
  std::string text;
  bool after_word = false;
  std::size_t plain = 0;  // where what is not of a word begins
  for (std::size_t at = value.find(kBegin); at != std::string_view::npos; at = value.find(kBegin, at)) {
    const auto word = read_word(value.substr(at));
    if (!word) {
      at += kBegin.size();
      continue;
    }
    const std::string_view between = value.substr(plain, at - plain);
    // Blanks between two words are none.
    if (!after_word || between.find_first_not_of(" \t") != std::string_view::npos) text += utf8_of_latin1(between);
    text += word->text;
    at += word->length;
    plain = at;
    after_word = true;
  }
  return text + utf8_of_latin1(value.substr(plain));
}

std::string encode_header_text(std::string_view text) {
  if (std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; })) return std::string(text);
  std::string words;
  while (!text.empty()) {
    std::size_t length = std::min(text.size(), kMostBytesAWord);
    // No character is torn apart.
    while (length > 1 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
    if (!words.empty()) words += ' ';
    words += "=?UTF-8?B?" + base64_encode(as_bytes(text.substr(0, length))) + "?=";
    text.remove_prefix(length);
  }
  return words;
}

void set_metadata_headers(net::Headers& headers, const store::StringMap& metadata) {
  std::size_t missing = 0;
  for (const auto& [name, value] : metadata) {
    const bool printable = net::is_token(name) && net::is_field_value(value);
    if (printable) headers.set("x-amz-meta-" + name, encode_header_text(value));
    missing += printable ? 0 : 1;
  }
  if (missing > 0) headers.set("x-amz-missing-meta", std::to_string(missing));
}

}  // namespace eyrie::api::s3
