#include "vision/text/zeros.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

TEST(SettleZerosTest, AnOInANumberIsAZero) {
  EXPECT_EQ(settle_zeros("456OO"), "45600");
  EXPECT_EQ(settle_zeros("0.0o"), "0.00");
  EXPECT_EQ(settle_zeros("$1O.5O"), "$10.50");
  EXPECT_EQ(settle_zeros("O123"), "0123");
}

TEST(SettleZerosTest, AZeroInAWordIsAnO) {
  EXPECT_EQ(settle_zeros("INV0ICE"), "INVOICE");
  EXPECT_EQ(settle_zeros("FL00R,"), "FLOOR,");
  EXPECT_EQ(settle_zeros("fl0or"), "floor");
}

TEST(SettleZerosTest, WhatMixesBothStays) {
  for (const char* word : {"DK0H7Z", "DKOH7Z", "CO2", "H2O", "O2", "NO4", "A0B", "CEMENT0", "RM0.00", "0", "00", "OO", "O", "",
                           "x0", "R0X1"}) {
    EXPECT_EQ(settle_zeros(word), word);
  }
}

TEST(SettleZerosTest, OtherScriptsAreNeither) {
  EXPECT_EQ(settle_zeros("12О"), "12О") << "a Cyrillic O";
  EXPECT_EQ(settle_zeros("Über0ä"), "Über0ä");
}

}  // namespace
}  // namespace eyrie::vision
