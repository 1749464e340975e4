#include "base/encoding.h"

#include <gtest/gtest.h>

namespace eyrie {
namespace {

TEST(Hex, RoundTripAndRefusals) {
  EXPECT_EQ(hex_encode(Bytes{0x00, 0x7f, 0xff}), "007fff");
  EXPECT_EQ(hex_decode("007FfF"), (Bytes{0x00, 0x7f, 0xff}));
  EXPECT_EQ(hex_decode("abc"), std::nullopt);
  EXPECT_EQ(hex_decode("zz"), std::nullopt);
}

TEST(Base64, Rfc4648Vectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},         {"f", "Zg=="},        {"fo", "Zm8="},
                                                         {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
    const auto decoded = base64_decode(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(as_text(*decoded), plain);
  }
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* bad : {"Zg=", "Z", "Zg==Zg==", "Z===", "====", "Zm9v\n", "Zm-_", "=Zm9"}) {
    EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
  }
}

TEST(Percent, EncodesAsAwsWants) {
  EXPECT_EQ(percent_encode("a b/c~d+é"), "a%20b%2Fc~d%2B%C3%A9");
  EXPECT_EQ(percent_encode("a b/c", true), "a%20b/c");
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_EQ(percent_decode("%4"), std::nullopt);
  EXPECT_EQ(percent_decode("%zz"), std::nullopt);
}

TEST(LowerCase, TouchesAsciiAlone) {
  EXPECT_EQ(lower_case("AbZ @[`{ 09"), "abz @[`{ 09");
  EXPECT_EQ(lower_case("\xC3\x84RGER"), "\xC3\x84rger");
}

TEST(WholeNumber, IsTheWholeText) {
  EXPECT_EQ(whole_number<int>("0"), 0);
  EXPECT_EQ(whole_number<int>("-12"), -12);
  EXPECT_EQ(whole_number<std::uint64_t>("18446744073709551615"), 18'446'744'073'709'551'615U);
  for (const char* none : {"", " 1", "1 ", "+1", "1.0", "0x1", "1a", "--1", "99999999999"}) EXPECT_EQ(whole_number<int>(none), std::nullopt) << none;
  EXPECT_EQ(whole_number<unsigned>("-1"), std::nullopt);
  EXPECT_EQ(whole_number<int>(std::string_view()), std::nullopt);
}

TEST(Utf8, IsCutBetweenCharacters) {
  EXPECT_EQ(whole_characters("a漢b", 5), "a漢b");
  EXPECT_EQ(whole_characters("a漢b", 4), "a漢");
  EXPECT_EQ(whole_characters("a漢b", 3), "a");
  EXPECT_EQ(whole_characters("漢", 2), "");
  EXPECT_EQ(whole_characters("", 2), "");
}

TEST(Utf8, AcceptsAndRefuses) {
  EXPECT_TRUE(valid_utf8("plain"));
  EXPECT_TRUE(valid_utf8("é 漢 😀"));
  EXPECT_FALSE(valid_utf8("\xc3"));
  EXPECT_FALSE(valid_utf8("\xc0\xaf"));          // overlong '/'
  EXPECT_FALSE(valid_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(valid_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
}

TEST(XmlCharacters, WhatXmlCannotHoldIsReplaced) {
  auto taken = [](std::string_view text) {
    std::string out;
    while (!text.empty()) out += take_xml_character(text, "?");
    return out;
  };
  EXPECT_EQ(taken(""), "");
  EXPECT_TRUE(is_xml_text(""));
  for (const char* other : {"a\x1f", "\uFFFE", "a\uFFFF", "\xED\xA0\x80", "é\xFF"}) EXPECT_FALSE(is_xml_text(other)) << other;
  for (const char* kept : {"plain <&>", "\t\n\r", "\x7f", "é 漢 😀", "\xC2\x85", "\uFFFD", "\uFDD0", "\U0001FFFE", "\U0010FFFF"}) {
    EXPECT_EQ(taken(kept), kept);
    EXPECT_TRUE(is_xml_text(kept)) << kept;
  }
  EXPECT_EQ(taken(std::string_view("a\0b\x01\x1f", 5)), "a?b??");
  EXPECT_EQ(taken("a\uFFFEb\uFFFF"), "a?b?") << "one for each character";
  EXPECT_EQ(taken("a\xED\xA0\x80z"), "a???z") << "a surrogate is no UTF-8";
  EXPECT_EQ(taken("é\xFF\xC3"), "é??");
}

}  // namespace
}  // namespace eyrie
