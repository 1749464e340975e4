#include "api/s3/tagging.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

std::string problem(const std::expected<store::StringMap, aws::WireError>& tags) { return tags ? "" : tags.error().code + ": " + tags.error().message; }

std::string of_header(std::string_view key, std::string_view value) {
  return problem(parse_tag_header(percent_encode(key) + "=" + percent_encode(value)));
}

std::string of_xml(const std::string& key, const std::string& value) {
  return problem(parse_tag_xml(as_bytes("<Tagging><TagSet><Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag></TagSet></Tagging>")));
}

constexpr const char* kWrongKey = "InvalidTag: The TagKey you have provided is invalid";
constexpr const char* kWrongValue = "InvalidTag: The TagValue you have provided is invalid";

TEST(Tagging, CharactersThatTagsMayHave) {
  for (const char* text : {"a", "Z9", "dark red", "+-=._:/@", "\u00FC\u6F22\u044F\u05D0", "\u0663\u2167", "\u3000\u00A0", "\U00020000"}) {
    EXPECT_EQ(of_header(text, text), "") << text;
    EXPECT_EQ(of_xml(text, text), "") << text;
  }
  EXPECT_EQ(of_header("a", ""), "");
}

TEST(Tagging, CharactersThatTagsMayNotHave) {
  for (const char* text : {"a*", "!", "a,b", "a;b", "(a)", "100%", "a#", "\"a\"", "a\\b", "a\nb", "a\tb", "\U0001F600", "\uFFFE", "\u20AC"}) {
    EXPECT_EQ(of_header(text, "v"), kWrongKey) << text;
    EXPECT_EQ(of_header("k", text), kWrongValue) << text;
    EXPECT_EQ(of_xml(text, "v"), kWrongKey) << text;
    EXPECT_EQ(of_xml("k", text), kWrongValue) << text;
  }
  EXPECT_EQ(of_xml("a&amp;b", "v"), kWrongKey);
  EXPECT_EQ(of_header("aws:a", "v"), "InvalidTag: System tags cannot be added/updated by requester");
}

}  // namespace
}  // namespace eyrie::api::s3
