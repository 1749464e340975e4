#include "vision/text/strip_reader.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

// Class 0 the blank, then A B O 1, the last the space.
Alphabet alphabet() { return *Alphabet::make({"", "A", "B", "O", "1", " "}); }
constexpr std::size_t kA = 1;
constexpr std::size_t kB = 2;
constexpr std::size_t kO = 3;
constexpr std::size_t kOne = 4;
constexpr std::size_t kSpace = 5;

Glyph glyph(std::size_t cls, std::size_t at, float probability = 0.9F) {
  return {.cls = cls, .begin = at, .end = at + 1, .probability = probability};
}

TEST(WordsOfTest, NothingReadIsNoWord) {
  EXPECT_TRUE(words_of({}, 40, alphabet()).words.empty());
  EXPECT_TRUE(words_of({glyph(kSpace, 3)}, 40, alphabet()).words.empty());
  EXPECT_EQ(words_of({}, 40, alphabet()).confidence, 0);
}

TEST(WordsOfTest, SpacesDivide) {
  const Reading reading =
      words_of({glyph(kA, 4), glyph(kB, 8, 0.7F), glyph(kSpace, 12), glyph(kB, 16, 0.5F)}, 40, alphabet());
  ASSERT_EQ(reading.words.size(), 2);
  EXPECT_EQ(reading.words[0].text, "AB");
  EXPECT_FLOAT_EQ(reading.words[0].confidence, 0.8F);
  EXPECT_EQ(reading.words[1].text, "B");
  EXPECT_NEAR(reading.confidence, 0.7, 1e-6) << "of all characters, not of the words";
}

TEST(WordsOfTest, WordsLieWhereTheirCharactersWereSeen) {
  // A pitch of 4: words reach 0.8 of it beyond the outer characters, 0.6 towards each other, and never into each other.
  const Reading reading = words_of(
      {glyph(kA, 9), glyph(kB, 13), glyph(kSpace, 17), glyph(kA, 21), glyph(kB, 25)}, 40, alphabet());
  ASSERT_EQ(reading.words.size(), 2);
  EXPECT_NEAR(reading.words[0].from, (9.5 - 3.2) / 40, 1e-6);
  EXPECT_NEAR(reading.words[0].to, (13.5 + 2.4) / 40, 1e-6);
  EXPECT_NEAR(reading.words[1].from, (21.5 - 2.4) / 40, 1e-6);
  EXPECT_NEAR(reading.words[1].to, (25.5 + 3.2) / 40, 1e-6);
}

TEST(WordsOfTest, NoWordLeavesTheStrip) {
  const Reading reading = words_of({glyph(kA, 0), glyph(kB, 7)}, 8, alphabet());
  ASSERT_EQ(reading.words.size(), 1);
  EXPECT_EQ(reading.words[0].from, 0);
  EXPECT_EQ(reading.words[0].to, 1);
}

TEST(WordsOfTest, CloseWordsMeetHalfWay) {
  const Reading reading =
      words_of({glyph(kA, 2), glyph(kB, 12), glyph(kSpace, 14), glyph(kA, 16), glyph(kB, 26)}, 40, alphabet());
  ASSERT_EQ(reading.words.size(), 2);
  EXPECT_FLOAT_EQ(reading.words[0].to, 14.5F / 40);
  EXPECT_FLOAT_EQ(reading.words[1].from, 14.5F / 40);
}

TEST(WordsOfTest, SettlesZerosByTheWord) {
  const Reading reading = words_of({glyph(kOne, 3), glyph(kOne, 6), glyph(kO, 9)}, 40, alphabet());
  ASSERT_EQ(reading.words.size(), 1);
  EXPECT_EQ(reading.words[0].text, "110");
}

}  // namespace
}  // namespace eyrie::vision
