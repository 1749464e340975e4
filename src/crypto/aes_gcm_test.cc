#include "crypto/aes_gcm.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::crypto {
namespace {

SecretKey key_of(std::string_view hex) {
  SecretKey key;
  std::ranges::copy(*hex_decode(hex), key.writable().begin());
  return key;
}

// Test case 16 of the GCM specification (McGrew and Viega).
TEST(Aes256Gcm, SpecificationCase16) {
  Aes256Gcm cipher(key_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  Aes256Gcm::Nonce nonce;
  std::ranges::copy(*hex_decode("cafebabefacedbaddecaf888"), nonce.begin());
  const Bytes plain = *hex_decode(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aed"
      "f5aa0de657"
      "ba637b39");
  const Bytes aad = *hex_decode("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  Bytes sealed(plain.size() + Aes256Gcm::kTagSize);
  cipher.seal(nonce, aad, plain, sealed);
  EXPECT_EQ(hex_encode(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0a"
            "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
  Bytes opened(plain.size());
  ASSERT_TRUE(cipher.open(nonce, aad, sealed, opened));
  EXPECT_EQ(opened, plain);
}

TEST(Aes256Gcm, EveryFlippedBitIsFound) {
  Aes256Gcm cipher(SecretKey::random());
  const Aes256Gcm::Nonce nonce{1};
  const Bytes plain{1, 2, 3, 4, 5};
  Bytes sealed(plain.size() + Aes256Gcm::kTagSize), opened(plain.size());
  cipher.seal(nonce, as_bytes("aad"), plain, sealed);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes damaged = sealed;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(cipher.open(nonce, as_bytes("aad"), damaged, opened)) << bit;
    EXPECT_EQ(opened, Bytes(plain.size())) << "unauthenticated bytes left behind";
  }
  EXPECT_FALSE(cipher.open(nonce, as_bytes("aae"), sealed, opened));
  EXPECT_FALSE(cipher.open({2}, as_bytes("aad"), sealed, opened));
  EXPECT_FALSE(Aes256Gcm(SecretKey::random()).open(nonce, as_bytes("aad"), sealed, opened));
  EXPECT_TRUE(cipher.open(nonce, as_bytes("aad"), sealed, opened)) << "a failure must not spoil the next";
}

TEST(Aes256Gcm, EmptyMessageInPlaceAndShort) {
  Aes256Gcm cipher(SecretKey::random());
  Bytes tag(Aes256Gcm::kTagSize);
  cipher.seal({}, {}, {}, tag);
  EXPECT_TRUE(cipher.open({}, {}, tag, {}));
  tag[0] ^= 1;
  EXPECT_FALSE(cipher.open({}, {}, tag, {}));
  EXPECT_FALSE(cipher.open({}, {}, Bytes(3), {}));

  Bytes message(100 + Aes256Gcm::kTagSize, 7);
  const std::span<std::uint8_t> plain(message.data(), 100);
  cipher.seal({3}, {}, plain, message);
  EXPECT_NE(message[0], 7);
  ASSERT_TRUE(cipher.open({3}, {}, message, plain));
  EXPECT_TRUE(std::ranges::all_of(plain, [](std::uint8_t byte) { return byte == 7; }));
}

}  // namespace
}  // namespace eyrie::crypto
