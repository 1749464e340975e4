#include "iam/policy/condition_values.h"

#include <gtest/gtest.h>

namespace eyrie::iam {
namespace {

std::string first_of(const ConditionValues& values, std::string_view key) {
  const auto* found = values.find(key);
  return found == nullptr ? "none" : found->front();
}

TEST(ConditionValuesTest, LazyOnesAreToldOnceAndOnlyWhenAsked) {
  int told = 0;
  ConditionValues values;
  values.add("aws:username", "ann");
  values.add_lazily("", [&told] {
    ++told;
    ConditionValues more;
    more.add("aws:SourceIp", "10.0.0.1");
    more.add("aws:username", "of the lazy ones");
    more.add_lazily("s3:requestobjecttag/", [&told] {
      told += 10;
      ConditionValues tags;
      tags.add("s3:RequestObjectTag/a", "1");
      return tags;
    });
    return more;
  });
  EXPECT_EQ(first_of(values, "aws:username"), "ann");
  EXPECT_EQ(told, 0);
  const ConditionValues copy = values;
  EXPECT_EQ(first_of(copy, "aws:sourceip"), "10.0.0.1");
  EXPECT_EQ(first_of(values, "aws:sourceip"), "10.0.0.1");
  EXPECT_EQ(first_of(values, "aws:referer"), "none");
  EXPECT_EQ(told, 1);
  EXPECT_EQ(first_of(values, "s3:requestobjecttag/a"), "1");
  EXPECT_EQ(first_of(values, "s3:requestobjecttag/b"), "none");
  EXPECT_EQ(told, 11);
}

TEST(ConditionValuesTest, WhatLiesBelowCountsWhereNothingElseIsSaid) {
  ConditionValues action, request, values;
  action.add("s3:RequestObjectTag/a", "of the action");
  request.add("s3:RequestObjectTag/a", "of the request");
  request.add("aws:SourceIp", "10.0.0.1");
  request.add("aws:username", "of the request");
  values.add("aws:username", "of itself");
  values.lay_over(action);
  values.lay_over(request);
  EXPECT_EQ(first_of(values, "s3:requestobjecttag/a"), "of the action");
  EXPECT_EQ(first_of(values, "aws:sourceip"), "10.0.0.1");
  EXPECT_EQ(first_of(values, "aws:username"), "of itself");
  EXPECT_EQ(first_of(values, "s3:prefix"), "none");
}

}  // namespace
}  // namespace eyrie::iam
