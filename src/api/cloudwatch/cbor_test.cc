#include "api/cloudwatch/cbor.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace eyrie::api::cloudwatch {
namespace {

std::string read(const char* hex) {
  const auto value = read_cbor(*hex_decode(hex), 100);
  return value ? write_json(*value) : "refused";
}

// Most are RFC 8949's own examples, appendix A.
TEST(CborTest, Reads) {
  EXPECT_EQ(read("00"), "0");
  EXPECT_EQ(read("1903e8"), "1000");
  EXPECT_EQ(read("1b000000e8d4a51000"), "1000000000000");
  EXPECT_EQ(read("3863"), "-100");
  EXPECT_EQ(read("f93e00"), "1.5");
  EXPECT_EQ(read("fa47c35000"), "100000");
  EXPECT_EQ(read("fbc010666666666666"), "-4.1");
  EXPECT_EQ(read("f5"), "true");
  EXPECT_EQ(read("f7"), "null");
  EXPECT_EQ(read("62c3bc"), "\"ü\"");
  EXPECT_EQ(read("7f657374726561646d696e67ff"), "\"streaming\"");
  EXPECT_EQ(read("83010203"), "[1,2,3]");
  EXPECT_EQ(read("9f018202039f0405ffff"), "[1,[2,3],[4,5]]");
  EXPECT_EQ(read("a26161016162820203"), R"({"a":1,"b":[2,3]})");
  EXPECT_EQ(read("bf61610161629f0203ffff"), R"({"a":1,"b":[2,3]})");
  EXPECT_EQ(read("c11a514b67b0"), "1363896240");
}

TEST(CborTest, RefusesWhatIsNone) {
  for (const char* hex : {"", "18", "1c", "ff", "4100", "61", "61ff", "8201", "9f01", "a1", "a10101", "a16161", "f818", "0000", "7f01ff", "bf6161ff", "c1", "1f", "df"}) EXPECT_EQ(read(hex), "refused") << hex;
  EXPECT_FALSE(read_cbor(Bytes(1000, 0x81), 10'000));
  Bytes many{0x9a, 0xff, 0xff, 0xff, 0xff};
  EXPECT_FALSE(read_cbor(many, 10'000));
  many.resize(200, 0);
  EXPECT_FALSE(read_cbor(many, 100));
}

TEST(CborTest, WritesTimesWithTheirTag) {
  const auto value = parse_json(R"({"Timestamps":[1.5],"Values":[2,-3,70000,1.5],"A":null,"B":true,"C":{"StateUpdatedTimestamp":1}})");
  const std::string written = write_cbor(*value);
  EXPECT_EQ(hex_encode(as_bytes(written)),
            "a5"
            "6a54696d657374616d707381c1fb3ff8000000000000"
            "6656616c75657384022" "21a00011170fb3ff8000000000000"
            "6141f6"
            "6142f5"
            "6143a1755374617465557064617465645469" "6d657374616d70c1fb3ff0000000000000");
  EXPECT_EQ(write_json(*read_cbor(as_bytes(written), 100)), write_json(*value));
}

}  // namespace
}  // namespace eyrie::api::cloudwatch
