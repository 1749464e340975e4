#include "api/s3/byte_range.h"

#include <gtest/gtest.h>

#include <string>

namespace eyrie::api::s3 {
namespace {

// "0+4" of an object of this size; "whole", "unsatisfiable".
std::string range(std::string_view header, std::uint64_t size = 1024) {
  const RangeResult result = parse_range(header, size);
  if (result.kind == RangeKind::kUnsatisfiable) return "unsatisfiable";
  if (result.kind == RangeKind::kWhole) return result.range.offset == 0 && result.range.length == size ? "whole" : "wrong";
  return std::to_string(result.range.offset) + "+" + std::to_string(result.range.length);
}

TEST(ByteRange, Parts) {
  EXPECT_EQ(range("bytes=0-3"), "0+4");
  EXPECT_EQ(range("bytes=1000-"), "1000+24");
  EXPECT_EQ(range("bytes=-24"), "1000+24");
  EXPECT_EQ(range("bytes=1023-5000"), "1023+1");
  EXPECT_EQ(range("bytes=0000000000000000000000001-2"), "1+2");
}

TEST(ByteRange, UnitsOfAnyCase) {
  EXPECT_EQ(range("Bytes=0-1"), "0+2");
  EXPECT_EQ(range("BYTES=0-1"), "0+2");
  EXPECT_EQ(range("byte=0-1"), "whole");
}

TEST(ByteRange, NumbersBeyond64Bits) {
  EXPECT_EQ(range("bytes=99999999999999999999-"), "unsatisfiable");
  EXPECT_EQ(range("bytes=99999999999999999999-99999999999999999999"), "unsatisfiable");
  EXPECT_EQ(range("bytes=0-99999999999999999999"), "0+1024");
  EXPECT_EQ(range("bytes=-99999999999999999999"), "0+1024");
  EXPECT_EQ(range("bytes=99999999999999999999-1"), "whole") << "backwards";
  EXPECT_EQ(range("bytes=-99999999999999999999", 0), "unsatisfiable");
}

TEST(ByteRange, WhatIsNoneIsIgnored) {
  for (const char* none : {"", "bytes", "bytes=", "bytes=-", "bytes=--1", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "bytes= 1-2", "bytes=+1-2", "bytes=1--2", "bytes=1-2x"})
    EXPECT_EQ(range(none), "whole") << none;
  for (const char* none : {"bytes=1024-", "bytes=-0"}) EXPECT_EQ(range(none), "unsatisfiable") << none;
}

}  // namespace
}  // namespace eyrie::api::s3
