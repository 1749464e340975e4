// The letter O and the digit 0, which many typefaces do not tell apart, and recognizers neither: settled by what stands around.
//
// An O among digits and punctuation alone (at least two digits) is a zero: 456OO, 0.0O. Zeros between two letters of a word
// that has three letters or more and no other digit are letters: FL00R, INV0ICE. Everything else stays: codes and number plates
// mix both. No errors. Thread-safe.
#pragma once

#include <string>

namespace eyrie::vision {

std::string settle_zeros(std::string word);

}  // namespace eyrie::vision
