// A 256-bit key in memory: made from the system's generator, wiped when it goes. Not for logs, not
// comparable. Thread safety: plain value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace eyrie::crypto {

class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;

  static SecretKey random();
  // Takes a key out of bytes that lie elsewhere, and wipes them; nullopt where they are not kSize.
  static std::optional<SecretKey> take(Bytes& bytes);
  SecretKey() = default;  // all zero, to be filled
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  ByteView view() const { return bytes_; }
  std::span<std::uint8_t, kSize> writable() { return bytes_; }

 private:
  std::array<std::uint8_t, kSize> bytes_{};
};

}  // namespace eyrie::crypto
