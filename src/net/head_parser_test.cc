#include "net/head_parser.h"

#include <gtest/gtest.h>

namespace eyrie::net {
namespace {

// What must be refused is in smuggling_test.cc, where it goes over a socket.

TEST(HeadScanner, FindsTheEndHoweverTheBytesCome) {
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string bytes = head + "body\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    HeadScanner scanner;
    std::size_t end = 0;
    for (std::size_t come = step; end == 0 && come < bytes.size() + step; come += step) {
      end = scanner.scan(std::string_view(bytes).substr(0, come)).value();
    }
    EXPECT_EQ(end, head.size());
  }
}

TEST(HeadScanner, BareLineFeedIsRefusedAtOnce) {
  EXPECT_FALSE(HeadScanner().scan("GET / HTTP/1.1\n"));
  EXPECT_FALSE(HeadScanner().scan("\n"));
  EXPECT_FALSE(HeadScanner().scan("GET / HTTP/1.1\r\n\n"));
}

TEST(ParseHead, ReadsAllParts) {
  const auto parsed = parse_head(
      "PUT /images/a%20b?list-type=2&x HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nContent-Length: 12\r\nX-Empty:\r\n"
      "X-Padded: \t a b \t\r\nx-amz-meta-n: caf\xC3\xA9\r\nExpect: 100-Continue\r\n\r\n");
  ASSERT_TRUE(parsed) << parsed.error().reason;
  const RequestHead& head = parsed->head;
  EXPECT_EQ(head.method, "PUT");
  EXPECT_EQ(head.target, "/images/a%20b?list-type=2&x");
  EXPECT_EQ(head.path, "/images/a%20b");
  EXPECT_EQ(head.query, "list-type=2&x");
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_FALSE(head.chunked);
  EXPECT_EQ(head.headers.get("x-empty"), "");
  EXPECT_TRUE(head.headers.has("x-empty"));
  EXPECT_EQ(head.headers.get("x-padded"), "a b");
  EXPECT_EQ(head.headers.get("x-amz-meta-n"), "caf\xC3\xA9");
  EXPECT_TRUE(parsed->keep_alive);
  EXPECT_TRUE(parsed->expect_continue);
}

TEST(ParseHead, KeepsOrEndsTheConnection) {
  const auto keeps = [](std::string_view version, std::string_view fields) {
    const auto parsed =
        parse_head("GET / HTTP/" + std::string(version) + "\r\nHost: x\r\n" + std::string(fields) + "\r\n");
    return parsed && parsed->keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: foo, CLOSE ,bar\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: foo\r\nconnection: close\r\n"));
  EXPECT_TRUE(keeps("1.1", "Connection: closed\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(ParseHead, ExpectsWhatIsKnown) {
  const auto expects = [](const std::string& fields) {
    const auto parsed = parse_head("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + fields + "\r\n");
    EXPECT_TRUE(parsed) << fields;
    return parsed && parsed->expect_continue;
  };
  for (const char* other : {"", "Expect:\r\n", "Expect: 200\r\n", "Expect: tea=\"100-continue\"\r\n", "Expect: 100-continued\r\n", "Expect: ,\r\n"})
    EXPECT_FALSE(expects(other)) << other;
  for (const char* known : {"Expect: 100-CONTINUE\r\n", "Expect: tea, 100-continue\r\n", "Expect: tea\r\nExpect: 100-continue\r\n"})
    EXPECT_TRUE(expects(known)) << known;
}

TEST(ParseHead, OldClientsExpectNothing) {
  EXPECT_FALSE(
      parse_head("PUT / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")->expect_continue);
}

TEST(ParseHead, LimitsFields) {
  std::string fields;
  for (std::size_t i = 0; i + 1 < kMaxFields; ++i) fields += "X: y\r\n";
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_TRUE(parse_head(start + fields + "\r\n"));
  EXPECT_EQ(parse_head(start + fields + "X: y\r\n\r\n").error().status, 431);
}

TEST(ParseHead, LimitsTheTarget) {
  const auto of_size = [](std::size_t size) {
    return parse_head("GET /" + std::string(size - 1, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  EXPECT_TRUE(of_size(kMaxTargetBytes));
  EXPECT_EQ(of_size(kMaxTargetBytes + 1).error().status, 414);
}

TEST(ParseHead, LengthsUpToTheLargest) {
  EXPECT_EQ(parse_head("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\n\r\n")
                ->head.content_length,
            9999999999999999999ULL);
  EXPECT_FALSE(parse_head("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000000000000\r\n\r\n"));
  EXPECT_FALSE(parse_head("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"));
}

}  // namespace
}  // namespace eyrie::net
