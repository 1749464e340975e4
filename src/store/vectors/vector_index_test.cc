#include "store/vectors/vector_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "store/vectors/testing.h"

namespace eyrie::store {
namespace {

struct Kept {
  std::int64_t id;
  VectorCode code;
};

std::vector<Match> by_looking_at_each(const std::vector<Kept>& all, const VectorCode& query, std::size_t most,
                                      double least) {
  std::vector<Match> matches;
  for (const Kept& one : all) {
    const double value = cosine(query, one.code);
    if (value >= least) matches.push_back({one.id, value});
  }
  std::ranges::sort(matches, [](const Match& a, const Match& b) {
    return a.cosine > b.cosine || (a.cosine == b.cosine && a.id < b.id);
  });
  if (matches.size() > most) matches.resize(most);
  return matches;
}

// Crowds of near neighbours, so that many cosines lie within each other's bounds, and copies, which tie.
std::vector<Kept> crowds(std::mt19937& random, std::size_t dimension, std::size_t count) {
  std::vector<Kept> all;
  std::vector<float> centre;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 50 == 0) centre = testing::random_vector(random, dimension);
    const auto id = static_cast<std::int64_t>(3 * i + 1);
    if (i % 7 == 3) {
      all.push_back({id, all.back().code});
    } else {
      all.push_back({id, *VectorCode::of(testing::nearby(random, centre, 0.02F))});
    }
  }
  return all;
}

bool remove_one(VectorIndex& index, std::int64_t id) {
  return index.remove(std::vector<std::int64_t>{id}) == 1;
}

class EveryKernel : public ::testing::TestWithParam<std::size_t> {};

TEST_P(EveryKernel, AnswersAsLookingAtEachDoes) {
  for (const DotKernel& kernel : dot_kernels()) {
    std::mt19937 random(static_cast<unsigned>(GetParam()));
    const std::size_t dimension = GetParam();
    std::vector<Kept> all = crowds(random, dimension, 1500);
    VectorIndex index(kernel);
    for (const Kept& one : all) index.append(one.id, one.code);
    ASSERT_EQ(index.size(), all.size());
    for (int round = 0; round < 12; ++round) {
      const VectorCode query =
          round % 2 == 0 ? all[random() % all.size()].code : testing::random_code(random, dimension);
      for (const std::size_t most : {0U, 1U, 5U, 80U, 4096U}) {
        for (const double least : {-2.0, 0.2, 0.99, 1.5}) {
          ASSERT_EQ(index.search(query, most, least), by_looking_at_each(all, query, most, least))
              << kernel.name << " " << most << " at " << least;
        }
      }
      std::vector<std::int64_t> gone{-1, 2, 1'000'000};  // never there
      for (std::size_t i = 0; i < 60; ++i) {
        const std::size_t at = random() % all.size();
        gone.push_back(all[at].id);
        gone.push_back(all[at].id);
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
      }
      ASSERT_EQ(index.remove(gone), 60U);
      ASSERT_EQ(index.remove(gone), 0U);
      ASSERT_EQ(index.size(), all.size());
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Dimensions, EveryKernel, ::testing::Values(1, 3, 64, 100, 128, 512, 640, 1024));

// The largest sums there can be.
TEST(DotTest, KernelsAgreeToTheBitAtTheLimits) {
  std::vector<std::int16_t> query(kMaxDimension, kLargestComponent);
  std::vector<std::int8_t> rows(5 * kMaxDimension, 127);
  for (std::size_t i = 0; i < kMaxDimension; ++i) {
    rows[kMaxDimension + i] = -127;
    rows[2 * kMaxDimension + i] = static_cast<std::int8_t>(i % 2 == 0 ? 127 : -127);
    rows[3 * kMaxDimension + i] = static_cast<std::int8_t>(i % 255 - 127);
    rows[4 * kMaxDimension + i] = static_cast<std::int8_t>(i % 127);
  }
  for (const DotKernel& kernel : dot_kernels()) {
    for (const std::size_t stride : {64U, 128U, 192U, 512U, 640U, 1024U}) {
      std::int32_t dots[5];
      const std::size_t count = 5 * kMaxDimension / 1024;
      kernel.run(query.data(), rows.data(), stride, count, dots);
      for (std::size_t r = 0; r < count; ++r) {
        std::int64_t expected = 0;
        for (std::size_t i = 0; i < stride; ++i) expected += std::int64_t{query[i]} * rows[r * stride + i];
        EXPECT_EQ(dots[r], expected) << kernel.name << " stride " << stride << " row " << r;
      }
    }
  }
}

TEST(VectorIndexTest, ManySegments) {
  std::mt19937 random(5);
  std::vector<Kept> all = crowds(random, 16, 60'000);
  VectorIndex index;
  for (const Kept& one : all) index.append(one.id, one.code);
  const VectorCode query = testing::random_code(random, 16);
  EXPECT_EQ(index.search(query, 500, 0), by_looking_at_each(all, query, 500, 0));
  EXPECT_FALSE(remove_one(index, 0)) << "before the first";
  EXPECT_FALSE(remove_one(index, 3)) << "between two";
  EXPECT_FALSE(remove_one(index, 1'000'000)) << "after the last";
  const std::uint64_t before = index.memory_bytes();
  std::ranges::shuffle(all, random);
  while (all.size() > 100) {
    std::vector<std::int64_t> gone;
    for (; all.size() > 100 && gone.size() < 4096; all.pop_back()) gone.push_back(all.back().id);
    ASSERT_EQ(index.remove(gone), gone.size());
    ASSERT_EQ(index.size(), all.size());
  }
  EXPECT_LT(index.memory_bytes() * 50, before) << "room is taken back";
  EXPECT_EQ(index.search(query, 500, -1), by_looking_at_each(all, query, 500, -1));
  for (const Kept& one : all) ASSERT_TRUE(remove_one(index, one.id));
  EXPECT_EQ(index.size(), 0U);
  EXPECT_TRUE(index.search(query, 10, -1).empty());
  index.append(2'000'000, query);
  EXPECT_EQ(index.search(query, 10, 0.9).size(), 1U);
}

TEST(VectorIndexTest, TakesTwoBytesAComponentAndSixteen) {
  std::mt19937 random(6);
  VectorIndex index;
  const VectorCode code = testing::random_code(random, 128);
  for (std::int64_t id = 0; id < 4 * 16'384; ++id) index.append(id, code);
  EXPECT_EQ(index.memory_bytes(), 4ULL * 16'384 * (2 * 128 + 16));
}

// Whatever runs beside it, a search finds what was there throughout.
TEST(VectorIndexTest, SearchesWhileItChanges) {
  std::mt19937 random(7);
  const auto centre = testing::random_vector(random, 32);
  const VectorCode query = *VectorCode::of(centre);
  VectorIndex index;
  constexpr std::int64_t kSteady = 40;
  for (std::int64_t id = 0; id < kSteady; ++id) {
    index.append(id, *VectorCode::of(testing::nearby(random, centre, 0.001F)));
  }
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        const auto found = index.search(query, 1000, 0.99);
        std::set<std::int64_t> ids;
        for (const Match& match : found) ids.insert(match.id);
        for (std::int64_t id = 0; id < kSteady; ++id) ASSERT_TRUE(ids.contains(id)) << id;
        ASSERT_TRUE(std::ranges::is_sorted(found, std::greater{}, &Match::cosine));
      }
    });
  }
  for (std::int64_t id = kSteady; id < 25'000; ++id) {
    index.append(id, testing::random_code(random, 32));
    if (id % 50 == 0 && id > 2 * kSteady) ASSERT_TRUE(remove_one(index, id - 20));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace eyrie::store
