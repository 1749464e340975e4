// For tests: the smallest archive there is.
#pragma once

#include <zlib.h>

#include <string>

#include "base/bytes.h"

namespace eyrie::functions::testing {

// A zip with one stored file. Source: PKWARE's APPNOTE 6.3.10, 4.3.
inline Bytes stored_zip(const std::string& name, const std::string& text) {
  Bytes zip;
  auto number = [&zip](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) zip.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  auto append = [&zip](const std::string& bytes) { zip.insert(zip.end(), bytes.begin(), bytes.end()); };
  const auto crc = static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  auto common = [&] {
    number(20, 2), number(0, 2), number(0, 2), number(0, 2), number(0x21, 2), number(crc, 4);
    number(static_cast<std::uint32_t>(text.size()), 4), number(static_cast<std::uint32_t>(text.size()), 4);
    number(static_cast<std::uint32_t>(name.size()), 2), number(0, 2);
  };
  number(0x04034b50, 4), common(), append(name), append(text);
  const auto directory = static_cast<std::uint32_t>(zip.size());
  number(0x02014b50, 4), number(0x0314, 2), common();
  number(0, 2), number(0, 2), number(0, 2), number(0100644U << 16, 4), number(0, 4), append(name);
  const auto size = static_cast<std::uint32_t>(zip.size()) - directory;
  number(0x06054b50, 4), number(0, 4), number(1, 2), number(1, 2), number(size, 4), number(directory, 4), number(0, 2);
  return zip;
}

}  // namespace eyrie::functions::testing
