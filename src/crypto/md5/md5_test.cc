// Every way of taking MD5 against OpenSSL's.
#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/md5/md5_thread.h"

namespace eyrie::crypto {
namespace {

Bytes noise(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

TEST(Md5Stream, Rfc1321) {
  const auto of = [](std::string_view text) {
    Md5Stream stream;
    stream.update(as_bytes(text));
    return hex_encode(stream.digest());
  };
  EXPECT_EQ(of(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(of("a"), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(of("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(of("12345678901234567890123456789012345678901234567890123456789012345678901234567890"), "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Md5Stream, EveryLengthAndEveryCut) {
  std::mt19937 random(1);
  const Bytes bytes = noise(random, 300);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const ByteView whole = ByteView(bytes).first(size);
    const std::size_t cut = size == 0 ? 0 : random() % size;
    Md5Stream stream;
    stream.update(whole.first(cut));
    EXPECT_EQ(stream.digest(), md5(whole.first(cut)));
    stream.update(whole.subspan(cut));
    EXPECT_EQ(stream.digest(), md5(whole)) << size << " cut at " << cut;
  }
}

TEST(Md5Kernels, EachTakesEightAlike) {
  std::mt19937 random(2);
  constexpr std::size_t kBlocks = 5;
  std::array<Bytes, kMd5Lanes> messages;
  for (Bytes& message : messages) message = noise(random, kBlocks * kMd5Block);
  for (const Md5Kernel& kernel : md5_kernels()) {
    std::array<Md5State, kMd5Lanes> states;
    std::array<Md5Lane, kMd5Lanes> lanes;
    for (std::size_t i = 0; i < kMd5Lanes; ++i) {
      states[i] = kMd5Start;
      lanes[i] = {&states[i], messages[i].data(), kBlocks};
    }
    kernel.run(lanes, kBlocks);
    for (std::size_t i = 0; i < kMd5Lanes; ++i) {
      Md5State alone = kMd5Start;
      Md5Lane lane{&alone, messages[i].data(), kBlocks};
      md5_blocks({&lane, 1});
      EXPECT_EQ(states[i], alone) << kernel.name << " lane " << i;
    }
  }
}

TEST(Md5Stream, ManyAtOnceOfAnyLengths) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = 1 + random() % kMd5Lanes;
    std::array<Md5Stream, kMd5Lanes> streams;
    std::array<Bytes, kMd5Lanes> whole;
    for (int turn = 0; turn < 4; ++turn) {
      std::array<Bytes, kMd5Lanes> pieces;
      std::vector<Md5Stream::Piece> told;
      for (std::size_t i = 0; i < count; ++i) {
        pieces[i] = noise(random, random() % 4 == 0 ? random() % 3 : random() % 1000);
        whole[i].insert(whole[i].end(), pieces[i].begin(), pieces[i].end());
        told.push_back({&streams[i], pieces[i]});
      }
      Md5Stream::update(told);
    }
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(streams[i].digest(), md5(whole[i])) << i << " of " << count;
  }
}

TEST(Md5Thread, ServesManyThreads) {
  Md5Thread thread;
  std::vector<std::thread> writers;
  std::array<bool, 20> right{};
  for (std::size_t w = 0; w < right.size(); ++w) {
    writers.emplace_back([&, w] {
      std::mt19937 random(static_cast<unsigned>(w));
      const Bytes bytes = noise(random, 400'000 + w);
      Md5Stream stream;
      for (std::size_t at = 0; at < bytes.size();) {
        // Of both kinds: worth handing over, and not.
        const std::size_t size = std::min(bytes.size() - at, random() % (3 * Md5Thread::kWorthHandingOver));
        Md5Thread::Job job{stream, ByteView(bytes).subspan(at, size)};
        thread.begin(job);
        thread.wait(job);
        at += size;
      }
      right[w] = stream.digest() == md5(bytes);
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (std::size_t w = 0; w < right.size(); ++w) EXPECT_TRUE(right[w]) << w;
}

TEST(Md5Tail, PiecesMayGoAtOnce) {
  Md5Thread thread;
  constexpr std::size_t kBodies = Md5Thread::kMostBuffers + 9;  // more than there are buffers for
  std::mt19937 random(11);
  std::vector<Bytes> whole(kBodies);
  std::vector<std::unique_ptr<Md5Tail>> tails;
  for (std::size_t i = 0; i < kBodies; ++i) tails.push_back(std::make_unique<Md5Tail>(thread));
  for (int turn = 0; turn < 6; ++turn) {
    for (std::size_t i = 0; i < kBodies; ++i) {
      // Small, of a buffer's size, and larger than one.
      const std::size_t sizes[] = {random() % 100, Md5Thread::kWorthHandingOver, Md5Thread::kBufferBytes, Md5Thread::kBufferBytes + 1};
      Bytes piece = noise(random, sizes[random() % std::size(sizes)]);
      whole[i].insert(whole[i].end(), piece.begin(), piece.end());
      tails[i]->begin(piece);
      tails[i]->let_go();
      std::ranges::fill(piece, std::uint8_t{0});
    }
    const std::size_t looked_at = random() % kBodies;
    EXPECT_EQ(tails[looked_at]->digest(), md5(whole[looked_at]));
  }
  tails[0].reset();  // with a piece at work
  for (std::size_t i = 1; i < kBodies; ++i) EXPECT_EQ(tails[i]->digest(), md5(whole[i])) << i;
}

}  // namespace
}  // namespace eyrie::crypto
