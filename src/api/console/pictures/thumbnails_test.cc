#include "api/console/pictures/thumbnails.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "image/decode.h"
#include "image/encode.h"

namespace eyrie::api::console {
namespace {

Bytes picture(int width, int height) {
  return *image::encode_jpeg({.width = width, .height = height, .rgb = std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3, 90)}, 80);
}

TEST(Thumbnails, AreSmallAndMadeOnce) {
  Thumbnails thumbnails;
  int reads = 0;
  const auto read = [&]() -> Result<Bytes> { return ++reads, picture(1000, 500); };
  const auto first = thumbnails.get("a", read);
  ASSERT_TRUE(first) << first.error().message;
  const auto header = image::read_header(as_bytes(**first));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width, 400U);
  EXPECT_EQ(header->height, 200U);
  EXPECT_EQ(*thumbnails.get("a", read), *first);
  EXPECT_EQ(reads, 1);
  ASSERT_TRUE(thumbnails.get("", read));
  ASSERT_TRUE(thumbnails.get("", read));
  EXPECT_EQ(reads, 3);
}

TEST(Thumbnails, SmallOnesStayAndThinOnesHaveBothSides) {
  Thumbnails thumbnails;
  const auto small = thumbnails.get("small", [] { return Result<Bytes>(picture(100, 80)); });
  EXPECT_EQ(image::read_header(as_bytes(**small))->width, 100U);
  const auto thin = thumbnails.get("thin", [] { return Result<Bytes>(picture(4000, 2)); });
  ASSERT_TRUE(thin);
  EXPECT_EQ(image::read_header(as_bytes(**thin))->height, 1U);
}

TEST(Thumbnails, TheLeastRecentlyUsedGoes) {
  const auto read = [] { return Result<Bytes>(picture(400, 400)); };
  const std::size_t size = (*Thumbnails().get("x", read))->size();
  Thumbnails thumbnails(size * 2);
  int again = 0;
  const auto counted = [&] { return ++again, read(); };
  for (const char* name : {"a", "b", "a", "c"}) ASSERT_TRUE(thumbnails.get(name, read));
  ASSERT_TRUE(thumbnails.get("a", counted));
  ASSERT_TRUE(thumbnails.get("c", counted));
  EXPECT_EQ(again, 0);
  ASSERT_TRUE(thumbnails.get("b", counted));
  EXPECT_EQ(again, 1);
}

TEST(Thumbnails, WhatIsNoPictureIsNotKept) {
  Thumbnails thumbnails;
  EXPECT_EQ(thumbnails.get("a", [] { return Result<Bytes>(Bytes{1, 2, 3}); }).error().code, Code::kUnsupported);
  EXPECT_EQ(thumbnails.get("a", [] { return Result<Bytes>(fail(Code::kNotFound, "gone")); }).error().code, Code::kNotFound);
  EXPECT_TRUE(thumbnails.get("a", [] { return Result<Bytes>(picture(10, 10)); }));
}

TEST(Thumbnails, NoMoreAreAtWorkThanAllowed) {
  Thumbnails thumbnails(1 << 20, 2);
  std::atomic<int> now{0}, most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      EXPECT_TRUE(thumbnails.get(std::to_string(i), [&]() -> Result<Bytes> {
        const int running = ++now;
        for (int seen = most; seen < running && !most.compare_exchange_weak(seen, running);) {
        }
        Bytes bytes = picture(64, 64);
        --now;
        return bytes;
      }));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 2);
}

}  // namespace
}  // namespace eyrie::api::console
