#include "functions/registry/code_package.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zip.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/testing.h"

namespace eyrie::functions {
namespace {

struct File {
  std::string name, text;
  mode_t mode = S_IFREG | 0644;
};

Bytes zip_of(const std::vector<File>& files, bool compressed = true) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(buffer);
  zip_t* archive = zip_open_from_source(buffer, ZIP_TRUNCATE, &error);
  EXPECT_NE(archive, nullptr);
  for (const File& file : files) {
    zip_int64_t index = -1;
    if (file.name.ends_with('/')) {
      index = zip_dir_add(archive, file.name.c_str(), 0);
    } else {
      index = zip_file_add(archive, file.name.c_str(), zip_source_buffer(archive, file.text.data(), file.text.size(), 0), ZIP_FL_OVERWRITE);
      if (!compressed) zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    }
    EXPECT_GE(index, 0) << file.name;
    zip_file_set_external_attributes(archive, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX, static_cast<zip_uint32_t>(file.mode) << 16);
  }
  EXPECT_EQ(zip_close(archive), 0);
  zip_stat_t stat;
  zip_source_stat(buffer, &stat);
  Bytes bytes(stat.size);
  zip_source_open(buffer);
  zip_source_read(buffer, bytes.data(), bytes.size());
  zip_source_close(buffer);
  zip_source_free(buffer);
  return bytes;
}

// libzip makes no two entries of one name, nor names that it would not read: they are written over, byte for byte.
Bytes renamed(Bytes zip, std::string_view from, std::string_view to) {
  EXPECT_EQ(from.size(), to.size());
  int found = 0;
  for (std::size_t at = 0; at + from.size() <= zip.size(); ++at) {
    if (std::memcmp(zip.data() + at, from.data(), from.size()) != 0) continue;
    std::memcpy(zip.data() + at, to.data(), to.size());
    ++found;
  }
  EXPECT_GE(found, 2) << "once before the file, once in the directory";
  return zip;
}

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(CodePackage, Unpacks) {
  const Bytes zip = zip_of({{"app.py", "print()\n"}, {"bootstrap", "#!/bin/sh\n", S_IFREG | 0755}, {"folder/", "", S_IFDIR | 0700}, {"lib/deep/a.txt", "text"}});
  ASSERT_TRUE(check_package(zip));
  const TemporaryDirectory directory;
  const auto to = directory.path() / "code";
  ASSERT_TRUE(unpack(zip, to));
  EXPECT_EQ(read(to / "app.py"), "print()\n");
  EXPECT_EQ(read(to / "lib/deep/a.txt"), "text");
  struct stat status {};
  ASSERT_EQ(::stat((to / "bootstrap").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755U);
  ASSERT_EQ(::stat((to / "app.py").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
  ASSERT_EQ(::stat((to / "folder").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755U);
  // What is there already stays as it is, and nothing is left beside it.
  ASSERT_TRUE(unpack(zip, to));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST(CodePackage, RefusesWhatLeavesTheFolder) {
  const Bytes plain = zip_of({{"aa/bb/cc", "x"}}, false);
  ASSERT_TRUE(check_package(plain));
  for (const char* name : {"../bb/cc", "aa/../cc", "/a/bb/cc", "aa//b/cc", "aa/bb/..", "aa/./bcc", "aa\\bb/cc"}) {
    const auto refused = check_package(renamed(plain, "aa/bb/cc", name));
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument) << name;
    const TemporaryDirectory directory;
    EXPECT_FALSE(unpack(renamed(plain, "aa/bb/cc", name), directory.path() / "code")) << name;
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "code")) << name;
  }
}

TEST(CodePackage, RefusesLinksTwinsAndWhatIsBoth) {
  EXPECT_FALSE(check_package(zip_of({{"link", "/etc/passwd", S_IFLNK | 0777}})));
  EXPECT_FALSE(check_package(zip_of({{"pipe", "", S_IFIFO | 0777}})));
  const Bytes two = zip_of({{"one.py", "1"}, {"two.py", "2"}}, false);
  EXPECT_FALSE(check_package(renamed(two, "two.py", "one.py")));
  EXPECT_FALSE(check_package(zip_of({{"a", "file"}, {"a/b", "x"}})));
}

TEST(CodePackage, RefusesWhatIsNoArchive) {
  EXPECT_FALSE(check_package({}));
  EXPECT_FALSE(check_package(as_bytes("PK\x03\x04 and so on")));
  Bytes damaged = zip_of({{"app.py", std::string(10'000, 'x')}}, false);
  damaged[5000] ^= 1;  // the content no longer has its checksum
  EXPECT_FALSE(check_package(damaged));
  Bytes cut = zip_of({{"app.py", "print()\n"}});
  cut.resize(cut.size() / 2);
  EXPECT_FALSE(check_package(cut));
}

TEST(CodePackage, RefusesTooMuch) {
  // A quarter of a megabyte that unfolds to more than the limit.
  const Bytes bomb = zip_of({{"zeros", std::string(kMaxUnzipped + 1, '\0')}});
  ASSERT_LT(bomb.size(), 1U << 20);
  const auto refused = check_package(bomb);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kTooLarge);
  std::vector<File> many(kMaxEntries + 1);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = "f" + std::to_string(i);
  EXPECT_FALSE(check_package(zip_of(many, false)));
}

// A size in the directory that is not the entry's: neither more nor less is taken.
TEST(CodePackage, RefusesLyingSizes) {
  const Bytes zip = zip_of({{"app.py", std::string(300, 'x')}}, false);
  for (const std::uint8_t size : {std::uint8_t{1}, std::uint8_t{0xff}}) {
    Bytes lying = zip;
    int found = 0;
    for (std::size_t at = 0; at + 4 <= lying.size(); ++at) {
      if (lying[at] != 0x2c || lying[at + 1] != 1 || lying[at + 2] != 0 || lying[at + 3] != 0) continue;  // 300
      lying[at] = size;
      ++found;
    }
    ASSERT_GE(found, 2);
    EXPECT_FALSE(check_package(lying));
  }
}

}  // namespace
}  // namespace eyrie::functions
