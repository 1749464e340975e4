#include "api/s3/object/header_text.h"

#include <gtest/gtest.h>

namespace eyrie::api::s3 {
namespace {

TEST(HeaderText, IsDecoded) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"plain text", "plain text"},
      {"caf\xE9", "café"},  // ISO-8859-1
      {"=?UTF-8?B?w4RNw4Raw5XDkSBTMw==?=", "ÄMÄZÕÑ S3"},
      {"=?utf-8?q?caf=C3=A9_au=20lait?=", "café au lait"},
      {"=?ISO-8859-1?Q?caf=E9?=", "café"},
      {"=?UTF-8*fr?Q?caf=C3=A9?=", "café"},
      {"a =?UTF-8?B?Yg==?= c", "a b c"},
      {"=?UTF-8?B?YQ==?=  =?UTF-8?B?Yg==?=", "ab"},
      {"=?UTF-8?B?YQ==?= - =?UTF-8?B?Yg==?=", "a - b"},
      {"=?UTF-8?Q??=", ""},
      // What is no word, or in no charset of ours, stays.
      {"=?UTF-8?B?YQ=?=", "=?UTF-8?B?YQ=?="},
      {"=?UTF-8?Q?a=C?=", "=?UTF-8?Q?a=C?="},
      {"=?UTF-8?Q?=FF?=", "=?UTF-8?Q?=FF?="},
      {"=?KOI8-R?B?YQ==?=", "=?KOI8-R?B?YQ==?="},
      {"=?UTF-8?X?YQ==?=", "=?UTF-8?X?YQ==?="},
      {"=?=?UTF-8?B?YQ==?=", "=?a"},
      {"=?UTF-8?B?YQ==", "=?UTF-8?B?YQ=="},
      {"=?", "=?"},
      {"=?UTF-8?", "=?UTF-8?"},
      {"=?UTF-8?B", "=?UTF-8?B"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(decode_header_text(value), text) << value;
}

TEST(HeaderText, IsEncoded) {
  EXPECT_EQ(encode_header_text("AMAZONS3"), "AMAZONS3");
  // The user guide's example: UTF-8 that came in a header, which is ISO-8859-1.
  EXPECT_EQ(encode_header_text(decode_header_text("ÄMÄZÕÑ S3")), "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=");
  std::string text;
  for (int i = 0; i < 100; ++i) text += i % 3 == 0 ? "x" : "€";
  const std::string words = encode_header_text(text);
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    EXPECT_LE(end - at, 75U);
    at = end + 1;
  }
  EXPECT_EQ(decode_header_text(words), text);
}

TEST(HeaderText, WhatNoHeaderCanHoldIsCounted) {
  net::Headers headers;
  set_metadata_headers(headers, {{"a", "1"}, {"b", "é"}, {"bell", "\a"}, {"line", "x\r\nSet-Cookie: y"}, {"a name: of a form", "v"}});
  EXPECT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers.get("x-amz-meta-a"), "1");
  EXPECT_EQ(headers.get("x-amz-meta-b"), "=?UTF-8?B?w6k=?=");
  EXPECT_EQ(headers.get("x-amz-missing-meta"), "3");
}

}  // namespace
}  // namespace eyrie::api::s3
