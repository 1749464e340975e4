#include "net/chunked_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace eyrie::net {
namespace {

// Decodes with input and output in pieces of the given sizes; "!" where it is refused, "..." where it does
// not end.
std::string decode(std::string_view text, std::size_t in_piece = 1000, std::size_t out_piece = 1000) {
  ChunkedBody body;
  std::string out;
  Bytes buffer(out_piece);
  while (!text.empty() && !body.done()) {
    const auto step = body.decode(as_bytes(text.substr(0, in_piece)), buffer);
    if (!step) return "!";
    out += as_text(ByteView(buffer).first(step->produced));
    text.remove_prefix(step->consumed);
  }
  return out + (body.done() ? std::string(text) : "...");
}

TEST(ChunkedBody, DecodesHoweverTheBytesCome) {
  const std::string text =
      "5\r\nhello\r\n0A;name=\"va lue\"\r\n0123456789\r\n000\r\nTrailer: x\r\nB: y\r\n\r\n";
  for (const std::size_t in : {1, 2, 3, 7, 1000}) {
    for (const std::size_t out : {1, 2, 5, 1000}) EXPECT_EQ(decode(text, in, out), "hello0123456789");
  }
}

TEST(ChunkedBody, StopsAtItsEnd) {
  EXPECT_EQ(decode("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n"), "aGET / HTTP/1.1\r\n");
}

TEST(ChunkedBody, UnfinishedIsNotDone) {
  const std::string whole = "3\r\nabc\r\n0\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(decode(whole.substr(0, size)).ends_with("...")) << size;
  }
}

TEST(ChunkedBody, RefusesWhatIsNotOfTheForm) {
  for (const std::string& text :
       {std::string("\r\n"), std::string(";\r\n"), std::string("g\r\n"), std::string("-1\r\n"),
        std::string("0x1\r\n"), std::string(" 1\r\n"), std::string("1 \r\n"), std::string("1\n"),
        std::string("1\rx"), std::string("1\r\nab"), std::string("1\r\na\n"), std::string("1\r\na\rx"),
        std::string("00000000000000001\r\n"), std::string("1;\n"), std::string("1;a\x01\r\n"),
        std::string("0\r\nA: b\n"), std::string("0\r\n folded\r\n"), "1;" + std::string(300, 'x') + "\r\n",
        "0\r\n" + std::string(9000, 'x') + "\r\n"}) {
    EXPECT_EQ(decode(text), "!") << text.substr(0, 20);
  }
}

TEST(ChunkedBody, SizeUpToTheLargest) {
  EXPECT_EQ(decode("ffffffffffffffff\r\nabc"), "abc...");
}

}  // namespace
}  // namespace eyrie::net
