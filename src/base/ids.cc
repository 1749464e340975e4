#include "base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/encoding.h"

namespace eyrie {

void fill_random(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      std::fputs("eyrie: the system's random generator failed\n", stderr);
      std::abort();
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

Uuid random_uuid() {
  Uuid bytes;
  fill_random(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return bytes;
}

std::string uuid_text(ByteView bytes) {
  std::string text = hex_encode(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) {
    if (at < text.size()) text.insert(at, 1, '-');
  }
  return text;
}

std::string uuid_v4() { return uuid_text(random_uuid()); }

std::string request_id() { return uuid_v4(); }

std::string s3_request_id() {
  std::array<std::uint8_t, 8> bytes;
  fill_random(bytes);
  std::string text = hex_encode(bytes);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

}  // namespace eyrie
