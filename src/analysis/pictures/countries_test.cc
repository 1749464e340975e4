#include "analysis/pictures/countries.h"

#include <gtest/gtest.h>

namespace eyrie::analysis {
namespace {

std::string_view code_at(float latitude, float longitude) { return country_code(country_at({.latitude = latitude, .longitude = longitude})); }

TEST(Countries, KnowsWhereItIs) {
  EXPECT_EQ(code_at(43.46F, 11.88F), "IT");   // Arezzo
  EXPECT_EQ(code_at(48.21F, 16.37F), "AT");   // Vienna
  EXPECT_EQ(code_at(52.52F, 13.41F), "DE");   // Berlin
  EXPECT_EQ(code_at(1.35F, 103.82F), "SG");   // of no size at 1:110 million
  EXPECT_EQ(code_at(-12.05F, -77.04F), "PE"); // Lima
  EXPECT_EQ(code_at(-29.6F, 28.2F), "LS");    // in a hole of South Africa's
  EXPECT_EQ(code_at(-26.2F, 28.05F), "ZA");
  EXPECT_EQ(code_at(42.66F, 21.16F), "XK");   // Pristina
}

TEST(Countries, GoesOnOverThe180thMeridian) {
  EXPECT_EQ(code_at(66, -172), "RU");  // Chukotka
  EXPECT_EQ(code_at(66, 178), "RU");
  EXPECT_EQ(code_at(-16.5F, 179.5F), "FJ");
  EXPECT_EQ(code_at(-88, 20), "AQ");
  EXPECT_EQ(code_at(-88, -170), "AQ");
}

TEST(Countries, GivesWhatIsJustOffACoastToIt) {
  EXPECT_EQ(code_at(44.10F, 12.70F), "IT");  // off Rimini
  EXPECT_EQ(code_at(0, -30), "");            // the Atlantic
  EXPECT_EQ(code_at(43.3F, 8.2F), "");       // the Ligurian sea
  EXPECT_EQ(code_at(90, 0), "");
}

TEST(Countries, HasNamesInTwoLanguages) {
  EXPECT_EQ(country_names(country_at({.latitude = 43.46F, .longitude = 11.88F})), "italy\nitalien");
  EXPECT_EQ(country_names(0), "");
  EXPECT_EQ(country_code(0), "");
  EXPECT_EQ(country_code(255), "");
  EXPECT_GT(last_country(), 230);
  for (int id = 1; id <= last_country(); ++id) EXPECT_FALSE(country_names(static_cast<CountryId>(id)).empty());
}

}  // namespace
}  // namespace eyrie::analysis
