// Manifests come back as they were written, and nothing else is taken for one.
#include "store/backup/manifest.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::store {
namespace {

const std::string kDigest(64, 'a');

Manifest some() {
  return {.made = "2026-11-29T10:00:00Z",
          .database_format = 10,
          .files = {{.path = "objects/ab/x", .size = 1, .sha256 = kDigest}, {.path = "eyrie.db", .size = 4096, .sha256 = kDigest}, {.path = "master.key", .size = 0, .sha256 = kDigest}}};
}

// With the digest that makes it a manifest as far as that goes.
std::string closed(const std::string& text) { return text + "end " + hex_encode(crypto::sha256(as_bytes(text))) + "\n"; }
std::string with_line(const std::string& line) { return closed("eyrie backup 1\nmade x\ndatabase 10\n" + line + "\n"); }

TEST(ManifestTest, ComesBackInOrder) {
  const auto manifest = parse_manifest(write_manifest(some()));
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->made, "2026-11-29T10:00:00Z");
  EXPECT_EQ(manifest->database_format, 10U);
  ASSERT_EQ(manifest->files.size(), 3U);
  EXPECT_EQ(manifest->files[0].path, "eyrie.db");
  EXPECT_EQ(manifest->files[0].size, 4096U);
  EXPECT_EQ(manifest->files[2].path, "objects/ab/x");
  EXPECT_TRUE(parse_manifest(write_manifest({})));
}

TEST(ManifestTest, EveryFlippedBitAndEveryCutIsFound) {
  const std::string text = write_manifest(some());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_FALSE(parse_manifest(flipped)) << at;
    EXPECT_FALSE(parse_manifest(text.substr(0, at))) << at;
  }
  EXPECT_FALSE(parse_manifest(text + "\n"));
}

TEST(ManifestTest, RefusesWhatItMustNotName) {
  EXPECT_TRUE(parse_manifest(with_line(kDigest + " 5 a/b")));
  for (const char* path : {"", "/etc/passwd", "a/../b", "..", ".", "a//b", "a/", "a b", "a\\b", "\xC3\xA4"}) EXPECT_FALSE(parse_manifest(with_line(kDigest + " 5 " + path))) << path;
  for (const std::string& line : {std::string("a"), kDigest, kDigest + " 5", kDigest + " -5 a", kDigest + " 99999999999999999999 a", std::string(64, 'A') + " 5 a", std::string(63, 'a') + " 5 a"})
    EXPECT_FALSE(parse_manifest(with_line(line))) << line;
  EXPECT_FALSE(parse_manifest(with_line(kDigest + " 5 b\n" + kDigest + " 5 a")));
  EXPECT_FALSE(parse_manifest(with_line(kDigest + " 5 a\n" + kDigest + " 5 a")));
  EXPECT_EQ(parse_manifest(closed("eyrie backup 2\nmade x\n")).error().code, Code::kUnsupported);
  EXPECT_EQ(parse_manifest("something else").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace eyrie::store
