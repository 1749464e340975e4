#include "crypto/digest.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace eyrie::crypto {
namespace {

TEST(Digest, KnownValues) {
  EXPECT_EQ(hex_encode(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_encode(md5(as_bytes(""))), "d41d8cd98f00b204e9800998ecf8427e");
  Sha1 sha1;
  sha1.update(as_bytes("abc"));
  EXPECT_EQ(hex_encode(sha1.finish()), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Digest, PiecesPeekAndReuse) {
  Sha256 digest;
  digest.update(as_bytes("a"));
  EXPECT_EQ(digest.peek(), sha256(as_bytes("a")));
  digest.update(as_bytes("bc"));
  EXPECT_EQ(digest.finish(), sha256(as_bytes("abc")));
  digest.update(as_bytes("x"));
  EXPECT_EQ(digest.finish(), sha256(as_bytes("x")));
}

// RFC 4231, test cases 2 and 6 (a key longer than a block).
TEST(Hmac, Rfc4231) {
  EXPECT_EQ(hex_encode(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256(Bytes(131, 0xaa),
                                   as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(ConstantTimeEqual, Compares) {
  EXPECT_TRUE(constant_time_equal(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(constant_time_equal(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(constant_time_equal(as_bytes("abc"), as_bytes("ab")));
}

}  // namespace
}  // namespace eyrie::crypto
