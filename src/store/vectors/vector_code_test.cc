#include "store/vectors/vector_code.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "store/vectors/testing.h"

namespace eyrie::store {
namespace {

double plain_cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

TEST(VectorCodeTest, KeepsDirectionsToWithinItsStep) {
  std::mt19937 random(1);
  for (const std::size_t dimension : {1U, 2U, 3U, 64U, 100U, 128U, 512U, 640U, 1024U}) {
    for (int i = 0; i < 20; ++i) {
      const auto vector = testing::random_vector(random, dimension);
      const auto code = VectorCode::of(vector);
      ASSERT_TRUE(code);
      ASSERT_EQ(code->dimension(), dimension);
      double length = 0;
      for (const float value : vector) length += static_cast<double>(value) * value;
      length = std::sqrt(length);
      for (std::size_t k = 0; k < dimension; ++k) {
        EXPECT_NEAR(code->component(k) * static_cast<double>(code->scale()), vector[k] / length, 1e-4);
        ASSERT_LE(std::abs(code->component(k)), kLargestComponent);
      }
      EXPECT_NEAR(cosine(*code, *code), 1, 1e-6);
    }
  }
}

TEST(VectorCodeTest, CosinesAreThoseOfTheVectors) {
  std::mt19937 random(2);
  double worst = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto a = testing::random_vector(random, 128);
    const auto b = testing::nearby(random, a, 0.01F * static_cast<float>(i % 300));
    const VectorCode one = *VectorCode::of(a), other = *VectorCode::of(b);
    worst = std::max(worst, std::abs(cosine(one, other) - plain_cosine(a, b)));
    ASSERT_EQ(cosine(one, other), cosine(other, one));
  }
  EXPECT_LT(worst, 5e-5);
}

TEST(VectorCodeTest, LengthDoesNotCount) {
  const std::vector<float> vector{0.3F, -0.2F, 0.9F, 0.0F};
  std::vector<float> longer;
  for (const float value : vector) longer.push_back(value * 1e30F);
  const VectorCode one = *VectorCode::of(vector), other = *VectorCode::of(longer);
  EXPECT_TRUE(std::ranges::equal(one.bytes(), other.bytes()));
}

TEST(VectorCodeTest, BytesComeBack) {
  std::mt19937 random(3);
  for (int i = 0; i < 100; ++i) {
    const VectorCode code = testing::random_code(random, 1 + random() % 700);
    const auto back = VectorCode::parse(code.bytes());
    ASSERT_TRUE(back);
    EXPECT_TRUE(std::ranges::equal(back->bytes(), code.bytes()));
    EXPECT_EQ(back->scale(), code.scale());
  }
}

TEST(VectorCodeTest, RefusesWhatIsNoDirection) {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              infinite = std::numeric_limits<float>::infinity();
  EXPECT_EQ(VectorCode::of({}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(VectorCode::of(std::vector<float>(kMaxDimension + 1, 1)).error().code, Code::kInvalidArgument);
  EXPECT_EQ(VectorCode::of(std::vector<float>(128, 0)).error().code, Code::kInvalidArgument);
  EXPECT_EQ(VectorCode::of(std::vector<float>{1, nan}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(VectorCode::of(std::vector<float>{1, infinite}).error().code, Code::kInvalidArgument);
}

TEST(VectorCodeTest, RefusesBytesThatNoVectorWasWrittenAs) {
  auto code_of = [](const Bytes& bytes) {
    const auto parsed = VectorCode::parse(bytes);
    return parsed ? Code::kInternal : parsed.error().code;
  };
  EXPECT_EQ(code_of({}), Code::kCorrupt);
  EXPECT_EQ(code_of({1, 2, 3}), Code::kCorrupt);
  EXPECT_EQ(code_of({0, 0, 0, 0}), Code::kCorrupt) << "of no length";
  EXPECT_EQ(code_of({0x80, 1, 0, 0}), Code::kCorrupt) << "high below -127";
  EXPECT_EQ(code_of({1, 1, 0, 0x40}), Code::kCorrupt) << "low above 63";
  EXPECT_EQ(code_of({1, 1, 0, 0xBF}), Code::kCorrupt) << "low below -64";
  EXPECT_EQ(code_of({127, 1, 1, 0}), Code::kCorrupt) << "above the largest";
  EXPECT_EQ(code_of(Bytes(2 * kMaxDimension + 2, 1)), Code::kCorrupt);
  EXPECT_TRUE(VectorCode::parse(Bytes{127, 1, 0, 0xC0}));
}

TEST(VectorCodeTest, TheMeanWeighsEachAlike) {
  const VectorCode one = *VectorCode::of(std::vector<float>{10, 0, 0});
  const VectorCode other = *VectorCode::of(std::vector<float>{0, 0.1F, 0});
  const auto middle = mean(std::vector<VectorCode>{one, other});
  ASSERT_TRUE(middle);
  EXPECT_NEAR(cosine(*middle, one), std::sqrt(0.5), 1e-4);
  EXPECT_NEAR(cosine(*middle, other), std::sqrt(0.5), 1e-4);
  EXPECT_FALSE(mean({}));
  EXPECT_FALSE(mean(std::vector<VectorCode>{one, *VectorCode::of(std::vector<float>{1})}));
  EXPECT_FALSE(mean(std::vector<VectorCode>{one, *VectorCode::of(std::vector<float>{-1, 0, 0})}));
}

}  // namespace
}  // namespace eyrie::store
