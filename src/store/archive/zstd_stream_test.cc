#include "store/archive/zstd_stream.h"

#include <gtest/gtest.h>

#include <random>

#include "base/encoding.h"

namespace eyrie::store {
namespace {

std::string run(ZstdStream& stream, std::string_view text, std::size_t piece) {
  std::string out;
  const auto gather = [&out](ByteView bytes) -> Status {
    out += as_text(bytes);
    return {};
  };
  for (std::size_t at = 0; at < text.size(); at += piece)
    EXPECT_TRUE(stream.write(as_bytes(text.substr(at, piece)), gather));
  EXPECT_TRUE(stream.finish(gather));
  return out;
}

std::string incompressible(std::size_t size) {
  std::mt19937 random(1);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST(ZstdStream, GivesBackWhatWentIn) {
  std::string text;
  while (text.size() < 3'000'000) text += "a line of text, number " + std::to_string(text.size()) + "\n";
  for (const std::string& content : {std::string(), std::string("x"), text, incompressible(500'000)}) {
    const std::string packed = run(*ZstdStream::compressor(), content, 100'000);
    EXPECT_EQ(run(*ZstdStream::decompressor(), packed, 77'777), content);
  }
  EXPECT_LT(run(*ZstdStream::compressor(), text, 65'536).size(), text.size() / 4);
}

TEST(ZstdStream, DamageIsFound) {
  const std::string packed = run(*ZstdStream::compressor(), std::string(100'000, 'a') + incompressible(1000), 100'000);
  const auto ignore = [](ByteView) -> Status { return {}; };
  const auto cut = ZstdStream::decompressor();
  ASSERT_TRUE(cut->write(as_bytes(packed.substr(0, packed.size() - 3)), ignore));
  EXPECT_EQ(cut->finish(ignore).error().code, Code::kCorrupt);
  EXPECT_EQ(ZstdStream::decompressor()->write(as_bytes("no frame at all"), ignore).error().code, Code::kCorrupt);
  EXPECT_EQ(ZstdStream::decompressor()->write(as_bytes(packed + "more"), ignore).error().code, Code::kCorrupt);
}

TEST(ZstdStream, KnowsWhatGains) {
  EXPECT_TRUE(is_compressible(as_bytes(std::string(10'000, 'a'))));
  EXPECT_FALSE(is_compressible(as_bytes(incompressible(100'000))));
  EXPECT_FALSE(is_compressible({}));
}

}  // namespace
}  // namespace eyrie::store
