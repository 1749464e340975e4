// In which country a place is, without asking anybody: outlines at 1:50 million (Natural Earth, public domain), packed at build time into 400 KB of the binary (web/countries.mjs
// has the format). They are as true as that scale: some kilometres, near borders. What lies just off a coast is the nearest country's.
//
//   country_at({.latitude = 43.46F, .longitude = 11.88F})   // a number; 0: none
//   country_code(number) == "IT"                            // ISO 3166; "" of 0
//   country_names(number) == "italy\nitalien"               // lower case, English and German
//
// Errors: none. Thread safety: pure functions over what is read once. A look-up takes some microseconds, far from any coast too.
#pragma once

#include <cstdint>
#include <string_view>

#include "analysis/pictures/picture.h"

namespace eyrie::analysis {

using CountryId = std::uint8_t;  // of this build; not to be kept

CountryId country_at(const Place& place);
CountryId last_country();
std::string_view country_code(CountryId country);
std::string_view country_names(CountryId country);

}  // namespace eyrie::analysis
