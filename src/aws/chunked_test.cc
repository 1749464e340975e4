#include "aws/chunked.h"

#include <gtest/gtest.h>

#include "aws/checksum.h"
#include "base/time/clock.h"

namespace eyrie::aws {
namespace {

using Trailers = std::vector<std::pair<std::string, std::string>>;

// AWS's documented upload in chunks: 65 KiB of 'a' in chunks of 64 KiB.
VerifiedSignature documented_seed(std::string_view signature) {
  return {.signing_key =
              derive_signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3"),
          .seed_signature = std::string(signature),
          .amz_date = "20130524T000000Z",
          .scope = "20130524/us-east-1/s3/aws4_request"};
}
const VerifiedSignature kSeed =
    documented_seed("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
const VerifiedSignature kTrailerSeed =
    documented_seed("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");

struct Decoded {
  Status status;
  std::string body;
  Trailers trailers;
};

Decoded decode(std::string_view text, ChunkedOptions options, std::size_t piece = 1 << 20) {
  Decoded result;
  auto decoder = ChunkedDecoder::create(std::move(options), [&result](ByteView bytes) {
    result.body += as_text(bytes);
    return Status();
  });
  if (!decoder) return {std::unexpected(decoder.error()), "", {}};
  for (; !text.empty() && result.status; text.remove_prefix(std::min(piece, text.size()))) {
    result.status = (*decoder)->feed(as_bytes(text.substr(0, piece)));
  }
  if (result.status) result.status = (*decoder)->finish();
  result.trailers = (*decoder)->trailers();
  return result;
}

ChunkedOptions signed_chunks() {
  return {.mode = PayloadMode::kSignedChunks, .seed = kSeed, .decoded_length = 66560};
}
ChunkedOptions signed_trailer() {
  return {.mode = PayloadMode::kSignedChunksTrailer, .seed = kTrailerSeed, .decoded_length = 66560};
}
ChunkedOptions unsigned_trailer() {
  return {.mode = PayloadMode::kUnsignedChunksTrailer, .seed = {}, .decoded_length = {}};
}

std::string documented_chunks() {
  const auto chunk = [](const char* size, const char* signature, std::size_t bytes) {
    return std::string(size) + ";chunk-signature=" + signature + "\r\n" + std::string(bytes, 'a');
  };
  return chunk("10000", "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", 65536) + "\r\n" +
         chunk("400", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", 1024) + "\r\n" +
         chunk("0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", 0) + "\r\n";
}

TEST(Chunked, DocumentedSignedChunks) {
  const std::string text = documented_chunks();
  EXPECT_EQ(text.size(), 66824U);  // the documented Content-Length
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{65536}, std::size_t{1} << 20}) {
    const Decoded decoded = decode(text, signed_chunks(), piece);
    ASSERT_TRUE(decoded.status) << decoded.status.error().message;
    EXPECT_TRUE(decoded.body == std::string(66560, 'a'));
  }
  EXPECT_TRUE(encode_chunked(as_bytes(std::string(66560, 'a')), 65536, signed_chunks()) == text);
}

TEST(Chunked, DocumentedSignedTrailer) {
  const Trailers trailers = {{"x-amz-checksum-crc32c", "sOO8/Q=="}};
  const std::string text =
      encode_chunked(as_bytes(std::string(66560, 'a')), 65536, signed_trailer(), trailers);
  for (const char* signature : {"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                                "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                                "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
                                "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"}) {
    EXPECT_NE(text.find(signature), std::string::npos) << signature;
  }
  const Decoded decoded = decode(text, signed_trailer(), 1000);
  ASSERT_TRUE(decoded.status) << decoded.status.error().message;
  EXPECT_EQ(decoded.trailers, trailers);
  auto checksum = Checksum::create(ChecksumAlgorithm::kCrc32c);
  checksum->update(as_bytes(decoded.body));
  EXPECT_EQ(checksum->base64(), "sOO8/Q==");
}

TEST(Chunked, SignedChunksThatWereChangedAreRefused) {
  const auto refused = [](std::string text) {
    const Decoded decoded = decode(text, signed_chunks(), 1000);
    return decoded.status ? Code::kInternal : decoded.status.error().code;
  };
  std::string data = documented_chunks();
  data[1000] = 'b';
  EXPECT_EQ(refused(data), Code::kUnauthenticated);
  std::string signature = documented_chunks();
  signature[signature.find('=') + 1] ^= 1;
  EXPECT_EQ(refused(signature), Code::kUnauthenticated);
  // The last chunk's signature seals the length: a body cut at a chunk's end does not pass.
  const std::string whole = documented_chunks();
  std::string cut = whole.substr(0, whole.find("400;")) + whole.substr(whole.find("\r\n0;") + 2);
  EXPECT_EQ(refused(cut), Code::kUnauthenticated);
  EXPECT_EQ(refused(whole.substr(0, whole.size() - 2)), Code::kInvalidArgument);
  EXPECT_EQ(refused("10000\r\n"), Code::kInvalidArgument);
  EXPECT_EQ(refused(whole + "x"), Code::kInvalidArgument);
}

TEST(Chunked, SignedTrailerThatWasChangedIsRefused) {
  const std::string good = encode_chunked(as_bytes(std::string(66560, 'a')), 65536, signed_trailer(),
                                          {{"x-amz-checksum-crc32c", "sOO8/Q=="}});
  const auto edited = [&good](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const Decoded decoded = decode(text, signed_trailer());
    return decoded.status ? Code::kInternal : decoded.status.error().code;
  };
  EXPECT_EQ(edited("sOO8/Q==", "sOO8/R=="), Code::kUnauthenticated);
  EXPECT_EQ(edited("x-amz-checksum-crc32c:sOO8/Q==\r\n", ""), Code::kUnauthenticated);
  EXPECT_EQ(edited("x-amz-trailer-signature:d8", "x-amz-trailer-signature:d9"), Code::kUnauthenticated);
  EXPECT_EQ(edited("x-amz-trailer-signature:", "x-other:"), Code::kUnauthenticated);
}

TEST(Chunked, UnsignedWithTrailer) {
  const std::string text = "3\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Amz-Checksum-CRC32: abcd \r\n\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
    const Decoded decoded = decode(text, unsigned_trailer(), piece);
    ASSERT_TRUE(decoded.status);
    EXPECT_EQ(decoded.body, "abc0123456789");
    EXPECT_EQ(decoded.trailers, (Trailers{{"x-amz-checksum-crc32", "abcd"}}));
  }
  EXPECT_TRUE(decode("0\r\n\r\n", unsigned_trailer()).status);
  EXPECT_TRUE(decode("0\r\nx-amz-checksum-crc32:abcd\n\r\n\r\n", unsigned_trailer()).status);
}

TEST(Chunked, MalformedIsRefused) {
  for (const std::string& text :
       {std::string("x\r\n"), std::string("\r\n"), std::string("3\nabc"), std::string("3\r\nabcd"),
        std::string("0x3\r\nabc\r\n0\r\n\r\n"), std::string("00000000000000003\r\n"), std::string("-1\r\n"),
        std::string("ffffffffffffffff\r\nabc"), std::string("3"), std::string("3\r\nab"),
        std::string("0\r\n"), std::string("0\r\n:x\r\n\r\n"), std::string("0\r\nnocolon\r\n\r\n"),
        std::string("0\r\na:b\nc:d\r\n\r\n"), std::string(300, '0'),
        "0\r\na:" + std::string(9000, 'x') + "\r\n\r\n"}) {
    SCOPED_TRACE(text.substr(0, 40));
    const Decoded decoded = decode(text, unsigned_trailer(), 5);
    ASSERT_FALSE(decoded.status);
    EXPECT_EQ(decoded.status.error().code, Code::kInvalidArgument);
  }
  std::string many = "0\r\n";
  for (int i = 0; i < 20; ++i) many += "a:b\r\n";
  EXPECT_FALSE(decode(many + "\r\n", unsigned_trailer()).status);
}

TEST(Chunked, LengthMustBeAsTold) {
  ChunkedOptions options = unsigned_trailer();
  options.decoded_length = 3;
  EXPECT_TRUE(decode("3\r\nabc\r\n0\r\n\r\n", options).status);
  EXPECT_FALSE(decode("2\r\nab\r\n0\r\n\r\n", options).status);
  EXPECT_FALSE(decode("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n", options).status);
  const Decoded endless = decode("ffffffffffff\r\nabc", options);
  EXPECT_EQ(endless.body, "");
  EXPECT_FALSE(endless.status);
}

TEST(Chunked, OutputsErrorEndsTheDecoding) {
  auto decoder =
      ChunkedDecoder::create(unsigned_trailer(), [](ByteView) { return fail(Code::kUnavailable, "full"); });
  ASSERT_TRUE(decoder);
  EXPECT_EQ((*decoder)->feed(as_bytes("3\r\nabc")).error().code, Code::kUnavailable);
}

TEST(Chunked, CreateChecksItsOptions) {
  const auto nothing = [](ByteView) { return Status(); };
  EXPECT_FALSE(
      ChunkedDecoder::create({.mode = PayloadMode::kUnsigned, .seed = {}, .decoded_length = {}}, nothing));
  EXPECT_FALSE(ChunkedDecoder::create({.mode = PayloadMode::kSignedChunks, .seed = {}, .decoded_length = {}},
                                      nothing));
}

}  // namespace
}  // namespace eyrie::aws
