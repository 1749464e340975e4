#include "crypto/aead.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/key_ring.h"

namespace eyrie::crypto {
namespace {

// NIST GCM test case 14: zero key, nonce and block.
TEST(Aead, KnownAnswer) {
  Aead aead(AeadKey{});
  Bytes sealed(32);
  aead.seal(AeadNonce{}, {}, Bytes(16), sealed);
  EXPECT_EQ(hex_encode(sealed), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}

TEST(Aead, AnyFlippedBitIsFound) {
  AeadKey key;
  fill_random(key);
  Aead aead(key);
  const AeadNonce nonce{1, 2, 3};
  const Bytes plain = {10, 20, 30};
  Bytes sealed(plain.size() + kAeadTagSize);
  aead.seal(nonce, as_bytes("bound"), plain, sealed);
  Bytes opened(plain.size());
  ASSERT_TRUE(aead.open(nonce, as_bytes("bound"), sealed, opened));
  EXPECT_EQ(opened, plain);
  EXPECT_FALSE(aead.open(nonce, as_bytes("Bound"), sealed, opened));
  EXPECT_FALSE(aead.open(AeadNonce{1, 2, 4}, as_bytes("bound"), sealed, opened));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(aead.open(nonce, as_bytes("bound"), sealed, opened)) << bit;
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  }
}

TEST(KeyRing, MakesKeepsAndGuardsTheKey) {
  const auto folder = std::filesystem::temp_directory_path() / ("eyrie-" + uuid_v4());
  std::filesystem::create_directories(folder);
  const auto file = folder / "master.key";
  EXPECT_EQ(KeyRing::open(file, false).error().code, Code::kNotFound);
  const auto made = KeyRing::open(file, true);
  ASSERT_TRUE(made) << made.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);

  AeadKey data_key;
  fill_random(data_key);
  const WrappedKey wrapped = made->wrap(data_key, as_bytes("object"));
  const auto again = KeyRing::open(file, false);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->unwrap(made->current(), wrapped, as_bytes("object")), data_key);
  EXPECT_EQ(again->unwrap(made->current(), wrapped, as_bytes("other")).error().code, Code::kCorrupt);
  EXPECT_EQ(again->unwrap(KeyId{}, wrapped, as_bytes("object")).error().code, Code::kNotFound);

  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(KeyRing::open(file, true).error().code, Code::kPermissionDenied);
  ::chmod(file.c_str(), 0600);
  std::ofstream(file) << "short\n";
  EXPECT_EQ(KeyRing::open(file, true).error().code, Code::kCorrupt);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace eyrie::crypto
