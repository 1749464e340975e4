#include "vision/faces/pass.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

// A search that finds so many faces of each kind, and counts how often it was asked.
struct Search {
  std::size_t likely = 0, all = 0;
  int asked = 0;
  FacesOnce once;

  std::size_t find(bool only_if_likely) {
    const auto found = once.find(only_if_likely, [this](bool brief) -> FacesOnce::Found {
      ++asked;
      return std::vector<ConfirmedFace>(brief ? likely : all);
    });
    return found ? found->size() : 999;
  }
};

TEST(FacesOnce, WhatWasFoundIsNotLookedForAgain) {
  Search search{.likely = 2, .all = 2};
  EXPECT_EQ(search.find(true), 2U);
  EXPECT_EQ(search.find(true), 2U);
  EXPECT_EQ(search.find(false), 2U);
  EXPECT_EQ(search.asked, 1);
}

TEST(FacesOnce, WhoGaveUpEarlyDoesNotAnswerForAll) {
  Search search{.likely = 0, .all = 1};
  EXPECT_EQ(search.find(true), 0U);
  EXPECT_EQ(search.find(false), 1U);
  EXPECT_EQ(search.find(false), 1U);
  EXPECT_EQ(search.find(true), 0U);  // the order of asking changes no answer
  EXPECT_EQ(search.asked, 2);
  Search other{.likely = 0, .all = 1};
  EXPECT_EQ(other.find(false), 1U);
  EXPECT_EQ(other.find(true), 0U);
}

TEST(FacesOnce, FailuresAreKept) {
  FacesOnce once;
  int asked = 0;
  for (int i = 0; i < 2; ++i) {
    const auto found = once.find(true, [&](bool) -> FacesOnce::Found {
      ++asked;
      return fail(Code::kUnavailable, "no network");
    });
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kUnavailable);
  }
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace eyrie::vision
