#include "store/faces/face_seal.h"

#include <gtest/gtest.h>

#include "store/testing.h"
#include "store/vectors/testing.h"

namespace eyrie::store {
namespace {

class FaceSealTest : public ::testing::Test {
 protected:
  testing::TemporaryDirectory directory_;
  const crypto::KeyRing keys_ = *crypto::KeyRing::create(directory_.path() / "key");
  std::mt19937 random_{1};
  const VectorCode code_ = testing::random_code(random_, 128);
};

TEST_F(FaceSealTest, OpensWhereItWasSealedAndNowhereElse) {
  const Bytes key = FaceSeal::make_key(keys_, "c");
  FaceSeal seal = *FaceSeal::open_key(keys_, "c", key);
  const Bytes sealed = seal.seal(SealedAs::kFaceVector, 7, code_);
  EXPECT_EQ(sealed.size(), 12 + 256 + 16U);
  FaceSeal again = *FaceSeal::open_key(keys_, "c", key);
  const auto opened = again.open(SealedAs::kFaceVector, 7, sealed);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(std::ranges::equal(opened->bytes(), code_.bytes()));
  EXPECT_EQ(again.open(SealedAs::kFaceVector, 8, sealed).error().code, Code::kCorrupt);
  EXPECT_EQ(again.open(SealedAs::kUserVector, 7, sealed).error().code, Code::kCorrupt);
  FaceSeal other = *FaceSeal::open_key(keys_, "c", FaceSeal::make_key(keys_, "c"));
  EXPECT_EQ(other.open(SealedAs::kFaceVector, 7, sealed).error().code, Code::kCorrupt);
  EXPECT_NE(seal.seal(SealedAs::kFaceVector, 7, code_), sealed) << "a nonce of its own each time";
}

TEST_F(FaceSealTest, EveryByteIsAuthenticated) {
  FaceSeal seal = *FaceSeal::open_key(keys_, "c", FaceSeal::make_key(keys_, "c"));
  const Bytes sealed = seal.seal(SealedAs::kUserVector, 1, code_);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes damaged = sealed;
    damaged[i] ^= 1;
    EXPECT_FALSE(seal.open(SealedAs::kUserVector, 1, damaged)) << i;
    EXPECT_FALSE(seal.open(SealedAs::kUserVector, 1, ByteView(sealed).first(i))) << i;
  }
}

TEST_F(FaceSealTest, AKeyOpensForItsCollection) {
  Bytes key = FaceSeal::make_key(keys_, "c");
  EXPECT_FALSE(FaceSeal::open_key(keys_, "d", key));
  EXPECT_FALSE(FaceSeal::open_key(keys_, "c", ByteView(key).first(key.size() - 1)));
  const crypto::KeyRing others = *crypto::KeyRing::create(directory_.path() / "other");
  EXPECT_EQ(FaceSeal::open_key(others, "c", key).error().code, Code::kFailedPrecondition);
  key.back() ^= 1;
  EXPECT_FALSE(FaceSeal::open_key(keys_, "c", key));
}

}  // namespace
}  // namespace eyrie::store
