#include "aws/checksum.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace eyrie::aws {
namespace {

constexpr ChecksumAlgorithm kAll[] = {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c,
                                      ChecksumAlgorithm::kCrc64Nvme, ChecksumAlgorithm::kSha1,
                                      ChecksumAlgorithm::kSha256,   ChecksumAlgorithm::kSha512,
                                      ChecksumAlgorithm::kMd5,      ChecksumAlgorithm::kXxHash64,
                                      ChecksumAlgorithm::kXxHash3,  ChecksumAlgorithm::kXxHash128};

std::string hex_of(ChecksumAlgorithm algorithm, std::string_view text) {
  auto sum = Checksum::create(algorithm);
  sum->update(as_bytes(text));
  return hex_encode(sum->digest());
}

// The check values of the CRC catalogue, RFC 3720's, RFC 1321's and FIPS 180's examples, and xxHash's of nothing.
TEST(Checksum, KnownValues) {
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kCrc32, "123456789"), "cbf43926");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kCrc32c, "123456789"), "e3069283");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kCrc32c, std::string(32, '\0')), "8a9136aa");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kCrc64Nvme, "123456789"), "ae8b14860a799888");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kSha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kSha512, "abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kMd5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kXxHash64, ""), "ef46db3751d8e999");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kXxHash64, "abc"), "44bc2cf5ad770999");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kXxHash3, ""), "2d06800538d394c2");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kXxHash128, ""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kCrc32, ""), "00000000");
  EXPECT_EQ(hex_of(ChecksumAlgorithm::kCrc64Nvme, ""), "0000000000000000");
}

TEST(Checksum, PiecesMakeNoDifference) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += static_cast<char>(i * 31 + i / 7);
  for (const ChecksumAlgorithm algorithm : kAll) {
    const std::string whole = hex_of(algorithm, text);
    for (const std::size_t piece : {1U, 3U, 8U, 13U, 64U, 100U, 129U, 300U, 4096U}) {
      auto sum = Checksum::create(algorithm);
      for (std::size_t i = 0; i < text.size(); i += piece)
        sum->update(as_bytes(std::string_view(text).substr(i, piece)));
      EXPECT_EQ(hex_encode(sum->digest()), whole) << checksum_name(algorithm) << " by " << piece;
    }
    EXPECT_EQ(whole.size(), 2 * checksum_size(algorithm));
  }
}

TEST(Checksum, Names) {
  for (const ChecksumAlgorithm algorithm : kAll) {
    EXPECT_EQ(checksum_by_name(checksum_name(algorithm)), algorithm);
    EXPECT_EQ(checksum_by_header(checksum_header(algorithm)), algorithm);
  }
  EXPECT_EQ(checksum_by_name("crc64nvme"), ChecksumAlgorithm::kCrc64Nvme);
  EXPECT_EQ(checksum_by_header("X-Amz-Checksum-SHA256"), ChecksumAlgorithm::kSha256);
  EXPECT_EQ(checksum_by_name("MD4"), std::nullopt);
  EXPECT_EQ(checksum_by_header("x-amz-checksum-type"), std::nullopt);
}

}  // namespace
}  // namespace eyrie::aws
