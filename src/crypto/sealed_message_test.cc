#include "crypto/sealed_message.h"

#include <gtest/gtest.h>

namespace eyrie::crypto {
namespace {

TEST(SealedMessage, OpensOnlyWholeAndInItsPlace) {
  Aes256Gcm cipher(SecretKey::random());
  const auto place = as_bytes("here");
  for (const std::string text : {std::string(), std::string("labels and faces")}) {
    const Bytes sealed = seal_message(cipher, place, as_bytes(text));
    EXPECT_NE(sealed, seal_message(cipher, place, as_bytes(text))) << "the nonce is new";
    Bytes plain;
    ASSERT_TRUE(open_message(cipher, place, sealed, plain));
    EXPECT_EQ(as_text(plain), text);
    EXPECT_FALSE(open_message(cipher, as_bytes("there"), sealed, plain));
    EXPECT_TRUE(plain.empty());
    for (std::size_t size = 0; size < sealed.size(); ++size)
      EXPECT_FALSE(open_message(cipher, place, ByteView(sealed).first(size), plain)) << size;
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      Bytes flipped = sealed;
      flipped[i] ^= 1;
      EXPECT_FALSE(open_message(cipher, place, flipped, plain)) << i;
    }
  }
}

}  // namespace
}  // namespace eyrie::crypto
