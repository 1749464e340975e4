// Hexadecimal (lower case), base64 (RFC 4648 with padding), percent-encoding (RFC 3986, as AWS wants it), whole numbers, letters' case and UTF-8.
// Decoders refuse what is not canonical in alphabet or length and never read past their input. Thread-safe.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace eyrie {

std::string hex_encode(ByteView bytes);
std::optional<Bytes> hex_decode(std::string_view text);

std::string base64_encode(ByteView bytes);
// Padding is required, no line breaks are allowed; empty text is empty bytes.
std::optional<Bytes> base64_decode(std::string_view text);

// Everything but A-Z a-z 0-9 - . _ ~ becomes %XX (upper case); '/' too unless keep_slash.
std::string percent_encode(std::string_view text, bool keep_slash = false);
// %XX is decoded; a bad escape gives nullopt. '+' stays '+' unless plus_is_space.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// ASCII letters made small; all else as it is.
std::string lower_case(std::string_view text);

// The decimal number that the whole text is; nullopt where it is none, or too large for its type. No sign but '-', and that of signed types alone.
template <std::integral T>
std::optional<T> whole_number(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// True where text is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool valid_utf8(std::string_view text);
// The beginning of UTF-8 text: at most so many bytes, and no half of a character.
std::string_view whole_characters(std::string_view text, std::size_t most_bytes);

// Without the spaces and tabs around it: HTTP's optional whitespace (RFC 9110, 5.6.3).
std::string_view trimmed(std::string_view text);

// Takes the first character off a text that has one: the character itself where XML 1.0 can hold it, else `replacement` (for
// control characters, U+FFFE, U+FFFF, and each byte that is no UTF-8).
std::string_view take_xml_character(std::string_view& text, std::string_view replacement);
// Whether XML 1.0 can hold all of it.
bool is_xml_text(std::string_view text);

}  // namespace eyrie
