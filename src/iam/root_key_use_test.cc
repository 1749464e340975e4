#include "iam/root_key_use.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace eyrie::iam {
namespace {

class RootKeyUseTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    open("EYRI1");
  }
  void open(const std::string& key) {
    auto opened = RootKeyUse::open(store_->records(), key, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    use_ = std::move(*opened);
  }

  std::unique_ptr<RootKeyUse> use_;
};

TEST_F(RootKeyUseTest, IsNotedAtOnceAndWrittenHourly) {
  EXPECT_EQ(use_->last().time_ms, 0);
  use_->note("s3", "us-east-1");
  clock_.advance_ms(60'000);
  use_->note("kms", "us-east-1");
  EXPECT_EQ(use_->last().service, "kms");
  EXPECT_EQ(use_->last().time_ms, clock_.now_ms());
  open("EYRI1");
  EXPECT_EQ(use_->last().service, "s3") << "as it was written";
  clock_.advance_ms(3'600'000);
  use_->note("sts", "us-east-1");
  open("EYRI1");
  EXPECT_EQ(use_->last().service, "sts");
  EXPECT_EQ(use_->last().time_ms, clock_.now_ms());
}

TEST_F(RootKeyUseTest, AnotherKeyHasNotBeenUsed) {
  use_->note("s3", "us-east-1");
  open("EYRI2");
  EXPECT_EQ(use_->last().time_ms, 0);
}

}  // namespace
}  // namespace eyrie::iam
