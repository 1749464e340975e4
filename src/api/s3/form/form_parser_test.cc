// Forms in pieces of every size, and what is none.
#include "api/s3/form/form_parser.h"

#include <gtest/gtest.h>

namespace eyrie::api::s3 {
namespace {

struct Outcome {
  Status status;
  FormParser::Fields fields;
  std::optional<std::string> filename;
  std::string file;
};

Outcome parse(const std::string& body, std::size_t piece = 1 << 20, const std::string& boundary = "XX") {
  Outcome outcome;
  FormParser parser(boundary, {.begin_file =
                                   [&](FormParser::Fields fields, std::optional<std::string> filename) {
                                     outcome.fields = std::move(fields);
                                     outcome.filename = std::move(filename);
                                     return Status();
                                   },
                               .file =
                                   [&](ByteView bytes) {
                                     outcome.file += as_text(bytes);
                                     return Status();
                                   }});
  for (std::size_t at = 0; at < body.size() && outcome.status; at += piece)
    outcome.status = parser.feed(as_bytes(std::string_view(body).substr(at, piece)));
  if (outcome.status) outcome.status = parser.finish();
  return outcome;
}

std::string field(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string file(const std::string& content, const std::string& more = "; filename=\"a.jpg\"") {
  return "--XX\r\nContent-Disposition: form-data; name=\"file\"" + more + "\r\nContent-Type: image/jpeg\r\n\r\n" +
         content + "\r\n";
}

TEST(FormParser, PiecesOfEverySize) {
  // What looks like the boundary and is none, at the worst places.
  const std::string content = "\r\n--X\r\n--\r\n--XY\r\r\n--X\r\n";
  const std::string body = field("key", "a b") + field("empty", "") + file(content) + field("late", "1") + "--XX--\r\n";
  for (std::size_t piece = 1; piece < body.size() + 1; ++piece) {
    const Outcome got = parse(body, piece);
    ASSERT_TRUE(got.status) << piece << got.status.error().message;
    ASSERT_EQ(got.fields, (FormParser::Fields{{"key", "a b"}, {"empty", ""}})) << piece;
    ASSERT_EQ(got.filename, "a.jpg");
    ASSERT_EQ(got.file, content) << piece;
  }
}

TEST(FormParser, WhatFollowsTheFileIsNotRead) {
  EXPECT_EQ(parse(file("x") + "--XX--").file, "x");
  EXPECT_TRUE(parse(file("x") + "--XX anything at all").status);
  EXPECT_EQ(parse(file("") + "--XX--").file, "");
}

TEST(FormParser, Names) {
  EXPECT_EQ(parse(file("x", R"(; filename="C:\\dir\\b.jpg")") + "--XX--").filename, "b.jpg");
  EXPECT_EQ(parse(file("x", R"(; filename="/etc/b.jpg")") + "--XX--").filename, "b.jpg");
  EXPECT_EQ(parse(file("x", R"(; filename="a\"b;c.jpg")") + "--XX--").filename, "a\"b;c.jpg");
  EXPECT_EQ(parse(file("x", "; filename=plain.jpg") + "--XX--").filename, "plain.jpg");
  EXPECT_EQ(parse(file("x", "; filename=\"\"") + "--XX--").filename, "");
  EXPECT_EQ(parse(file("x", "") + "--XX--").filename, std::nullopt);
}

TEST(FormParser, PaddingAndPreamble) {
  EXPECT_TRUE(parse("before\r\n--XX \t\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--XX--").status);
  EXPECT_EQ(parse(std::string(5000, 'p') + "\r\n" + file("x") + "--XX--").status.error().code, Code::kInvalidArgument);
}

TEST(FormParser, Malformed) {
  const std::string bodies[] = {"",
                                "no boundary",
                                file("cut off"),
                                field("key", "a"),
                                field("key", "a") + "--XX",
                                "--XX\r\n\r\nno header\r\n--XX--",
                                "--XX\r\nContent-Type: text/plain\r\n\r\nno name\r\n--XX--",
                                "--XX\r\nContent-Disposition: attachment; name=\"file\"\r\n\r\nx\r\n--XX--",
                                "--XX\r\nContent-Disposition: form-data; name=\"file\r\n\r\nx\r\n--XX--",
                                "--XX\r\nno colon\r\n\r\nx\r\n--XX--",
                                "--XXgoes on\r\n" + file("x")};
  for (const std::string& body : bodies) {
    const Outcome got = parse(body);
    ASSERT_FALSE(got.status) << body;
    EXPECT_EQ(got.status.error().code, Code::kInvalidArgument) << body;
  }
  EXPECT_EQ(parse(field("key", "a") + "--XX--").status.error().code, Code::kNotFound) << "no file";
}

TEST(FormParser, Bounds) {
  auto too_large = [](const std::string& body) {
    for (const std::size_t piece : {std::size_t{100}, std::size_t{1 << 20}}) {
      const Outcome got = parse(body, piece);
      if (got.status || got.status.error().code != Code::kTooLarge) return false;
    }
    return true;
  };
  EXPECT_TRUE(too_large(field("a", std::string(21 << 10, 'x')) + file("x")));
  EXPECT_TRUE(too_large(field("a", std::string(15 << 10, 'x')) + field("b", std::string(15 << 10, 'x')) + file("x")));
  EXPECT_TRUE(too_large("--XX\r\nX-Long: " + std::string(9 << 10, 'x')));
  std::string many;
  for (int i = 0; i < 200; ++i) many += field("f" + std::to_string(i), "");
  EXPECT_TRUE(too_large(many + file("x")));
}

TEST(FormParser, Boundaries) {
  EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(form_boundary("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""), "a b");
  for (const char* type : {"", "multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=abc",
                           "multipart/mixed; boundary=abc"}) {
    EXPECT_FALSE(form_boundary(type)) << type;
  }
  EXPECT_FALSE(form_boundary("multipart/form-data; boundary=" + std::string(71, 'x')));
}

}  // namespace
}  // namespace eyrie::api::s3
