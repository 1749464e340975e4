#include "iam/key_material.h"

#include <array>

#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::iam {

std::string make_id(std::string_view prefix, std::size_t letters) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  Bytes random(letters);
  fill_random(random);
  std::string id(prefix);
  for (const std::uint8_t byte : random) id += kAlphabet[byte % kAlphabet.size()];
  return id;
}

std::string make_secret() {
  std::array<std::uint8_t, 30> random;
  fill_random(random);
  std::string secret = base64_encode(random);
  // '+' and '/' only trouble people who paste secrets into URLs.
  for (char& c : secret) {
    if (c == '+' || c == '/') c = 'x';
  }
  return secret;
}

}  // namespace eyrie::iam
