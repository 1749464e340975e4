#include "store/objects/chunk_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "store/testing.h"

namespace eyrie::store {
namespace {

class ChunkFileTest : public ::testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }

  std::string write(ByteView content, std::size_t piece = 1 << 20) {
    const std::string id = uuid_v4();
    auto writer = ChunkWriter::create(path(id), id, keys_);
    EXPECT_TRUE(writer) << writer.error().message;
    for (std::size_t at = 0; at < content.size(); at += piece) {
      EXPECT_TRUE((*writer)->write(content.subspan(at, std::min(piece, content.size() - at))));
    }
    EXPECT_TRUE((*writer)->finish());
    EXPECT_TRUE((*writer)->sync());
    EXPECT_EQ((*writer)->size(), content.size());
    return id;
  }

  // All of the content, or the first error: at opening or at any chunk.
  Result<Bytes> read(const std::string& file, const std::string& id, std::uint64_t size) {
    EYRIE_TRY(auto reader, ChunkReader::open(path(file), id, size, keys_));
    Bytes content(size + 1);
    EYRIE_TRY(const std::size_t got, reader->read_at(0, content));
    content.resize(got);
    return content;
  }

  Bytes bytes_of(const std::string& name) {
    std::ifstream file(path(name), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
  }
  void replace(const std::string& name, const Bytes& bytes) {
    std::filesystem::remove(path(name));  // a new file: truncating an old one makes ext4 sync
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  testing::TemporaryDirectory directory_;
  const crypto::KeyRing keys_ = *crypto::KeyRing::create(directory_.path() / "master.key");
};

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
  return bytes;
}

TEST_F(ChunkFileTest, EverySizeAroundTheChunksComesBack) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunkBytes - 1, kChunkBytes,
                                 kChunkBytes + 1, 2 * kChunkBytes, 3 * kChunkBytes + 17}) {
    const Bytes content = pattern(size);
    const std::string id = write(content, 4097);
    const auto back = read(id, id, size);
    ASSERT_TRUE(back) << size << ": " << back.error().message;
    EXPECT_EQ(*back, content) << size;
  }
}

TEST_F(ChunkFileTest, RangesComeBack) {
  const Bytes content = pattern(2 * kChunkBytes + 100);
  const std::string id = write(content);
  auto reader = ChunkReader::open(path(id), id, content.size(), keys_);
  ASSERT_TRUE(reader);
  for (const std::size_t offset :
       {std::size_t{0}, std::size_t{5}, kChunkBytes - 1, kChunkBytes, kChunkBytes + 1, 2 * kChunkBytes + 99,
        content.size(), content.size() + 10}) {
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{1}, std::size_t{50}, kChunkBytes, content.size()}) {
      Bytes into(length);
      const auto got = (*reader)->read_at(offset, into);
      ASSERT_TRUE(got);
      const std::size_t expected = std::min(length, content.size() - std::min(offset, content.size()));
      ASSERT_EQ(*got, expected) << offset << " " << length;
      EXPECT_TRUE(
          std::equal(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(expected),
                     content.begin() + static_cast<std::ptrdiff_t>(std::min(offset, content.size()))));
    }
  }
}

TEST_F(ChunkFileTest, TheContentIsNotOnDisk) {
  const Bytes content(1000, 'A');
  const Bytes file = bytes_of(write(content));
  EXPECT_EQ(std::ranges::search_n(file, 4, 'A').size(), 0U);
}

TEST_F(ChunkFileTest, EveryFlippedBitIsFound) {
  for (const std::size_t size : {0, 1, 40}) {
    const Bytes content = pattern(size);
    const std::string id = write(content);
    const Bytes whole = bytes_of(id);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      Bytes damaged = whole;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      replace(id, damaged);
      const auto back = read(id, id, size);
      ASSERT_FALSE(back) << "byte " << bit / 8 << " of " << whole.size();
      EXPECT_EQ(back.error().code, Code::kCorrupt) << "byte " << bit / 8 << ": " << back.error().message;
    }
    replace(id, whole);
    EXPECT_TRUE(read(id, id, size));
  }
}

TEST_F(ChunkFileTest, EveryTruncationAndAnyGrowthIsFound) {
  const Bytes content = pattern(60);
  const std::string id = write(content);
  const Bytes whole = bytes_of(id);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    replace(id, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    for (const std::uint64_t said : {content.size(), size}) {
      const auto back = read(id, id, said);
      ASSERT_FALSE(back) << size;
      EXPECT_EQ(back.error().code, Code::kCorrupt) << size;
    }
  }
  Bytes longer = whole;
  longer.push_back(0);
  replace(id, longer);
  EXPECT_EQ(read(id, id, content.size()).error().code, Code::kCorrupt);
  EXPECT_EQ(read(id, id, content.size() + 1).error().code, Code::kCorrupt);
}

// Cut at a chunk's end, and with an index that agrees: only the mark of the last chunk tells.
TEST_F(ChunkFileTest, ACutAtAChunksEndIsFound) {
  const std::string id = write(pattern(2 * kChunkBytes));
  Bytes file = bytes_of(id);
  const std::size_t sealed = kChunkBytes + crypto::Aes256Gcm::kTagSize;
  file.resize(file.size() - sealed);
  replace(id, file);
  const auto back = read(id, id, kChunkBytes);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Code::kCorrupt);
}

TEST_F(ChunkFileTest, SwappedChunksAndFilesAreFound) {
  const Bytes content = pattern(3 * kChunkBytes);
  const std::string id = write(content), other = write(content);
  Bytes file = bytes_of(id);
  const std::size_t sealed = kChunkBytes + crypto::Aes256Gcm::kTagSize;
  const auto first = file.end() - static_cast<std::ptrdiff_t>(3 * sealed);
  std::swap_ranges(first, first + static_cast<std::ptrdiff_t>(sealed),
                   first + static_cast<std::ptrdiff_t>(sealed));
  const Bytes before = bytes_of(id);
  replace(id, file);
  EXPECT_EQ(read(id, id, content.size()).error().code, Code::kCorrupt);
  replace(id, before);
  EXPECT_EQ(read(other, id, content.size()).error().code, Code::kCorrupt);
  EXPECT_TRUE(read(id, id, content.size()));
}

TEST_F(ChunkFileTest, DamageFarInsideSparesTheChunksBefore) {
  const Bytes content = pattern(2 * kChunkBytes);
  const std::string id = write(content);
  Bytes file = bytes_of(id);
  file.back() ^= 1;
  replace(id, file);
  auto reader = ChunkReader::open(path(id), id, content.size(), keys_);
  ASSERT_TRUE(reader);
  Bytes into(10);
  EXPECT_TRUE((*reader)->read_at(0, into));
  EXPECT_EQ((*reader)->read_at(kChunkBytes, into).error().code, Code::kCorrupt);
  EXPECT_TRUE((*reader)->read_at(0, into)) << "a failure must not spoil the next read";
}

// A file-size limit stands for a full disk: the write comes back short, then fails.
TEST_F(ChunkFileTest, AFailedWriteStaysFailed) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const std::string id = uuid_v4();
  auto writer = ChunkWriter::create(path(id), id, keys_);
  ASSERT_TRUE(writer);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status written = (*writer)->write(pattern(3 * kChunkBytes));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_FALSE(written);
  EXPECT_FALSE((*writer)->write(pattern(3 * kChunkBytes))) << "what follows a hole must not be taken";
  EXPECT_FALSE((*writer)->finish());
  EXPECT_FALSE((*writer)->sync());
}

}  // namespace
}  // namespace eyrie::store
