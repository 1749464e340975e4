#include "vision/celebrities/celebrity_gallery.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "vision/celebrities/celebrity_book.h"

namespace eyrie::vision {
namespace {

namespace fs = std::filesystem;

class CelebrityGalleryTest : public ::testing::Test {
 protected:
  CelebrityGalleryTest() {
    std::string name = (fs::temp_directory_path() / "gallery-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~CelebrityGalleryTest() override { fs::remove_all(folder_); }

  fs::path folder_;
};

Celebrity someone(const std::string& name) {
  return {.id = celebrity_id(name),
          .name = name,
          .urls = {"en.wikipedia.org/wiki/" + name},
          .gender = KnownGender::kFemale};
}

std::vector<float> direction(std::initializer_list<float> values) {
  return values;
}

CelebrityGallery two_people() {
  CelebrityGallery gallery("model-a");
  EXPECT_TRUE(gallery.add(someone("Ada"), direction({1, 0, 0, 0})));
  EXPECT_TRUE(gallery.add(someone("Grace"), direction({0, 2, 0, 0})));
  EXPECT_TRUE(gallery.add(someone("Ada"), direction({0, 0, 3, 0})));
  return gallery;
}

TEST_F(CelebrityGalleryTest, NamesTheNearest) {
  const CelebrityGallery gallery = two_people();
  EXPECT_EQ(gallery.size(), 2U);
  EXPECT_EQ(gallery.portraits(), 3U);
  const auto same = gallery.match(direction({5, 0, 0, 0}));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->celebrity->name, "Ada");
  EXPECT_NEAR(same->confidence, 100, 1e-3);
  EXPECT_EQ(gallery.match(direction({0, 0.1F, 1, 0}))->celebrity->name, "Ada");  // her other portrait
  EXPECT_EQ(gallery.match(direction({0.3F, 1, 0, 0}))->celebrity->name, "Grace");
}

TEST_F(CelebrityGalleryTest, NamesNobodyWhoIsNotLike) {
  const CelebrityGallery gallery = two_people();
  EXPECT_FALSE(gallery.match(direction({0, 0, 0, 1})));
  EXPECT_FALSE(gallery.match(direction({0.3F, 0, 0, 1})));
  EXPECT_FALSE(gallery.match(direction({0, 0, 0, 0})));
  EXPECT_FALSE(gallery.match(direction({1, 0, 0})));  // of another model
  EXPECT_FALSE(gallery.match({}));
  EXPECT_FALSE(gallery.match(direction({NAN, 0, 0, 0})));
  EXPECT_FALSE(CelebrityGallery("m").match(direction({1, 0})));
  EXPECT_FALSE(CelebrityGallery("m").match({}));
}

TEST_F(CelebrityGalleryTest, ConfidenceRises) {
  double last = -1;
  for (double cosine = -1; cosine <= 1.0001; cosine += 0.05) {
    EXPECT_GT(match_confidence(cosine), last);
    last = match_confidence(cosine);
  }
  EXPECT_NEAR(last, 100, 1e-9);
  EXPECT_EQ(match_confidence(NAN), 0);
}

TEST_F(CelebrityGalleryTest, RefusesWhatDoesNotFit) {
  CelebrityGallery gallery = two_people();
  const auto code = [&](const Celebrity& who, std::vector<float> embedding) {
    const Status added = gallery.add(who, embedding);
    return added ? Code::kInternal : added.error().code;
  };
  Celebrity namesake = someone("Grace");
  namesake.id = celebrity_id("Ada");
  EXPECT_EQ(code(namesake, {1, 0, 0, 0}), Code::kAlreadyExists);
  EXPECT_EQ(code(someone("Eve"), {1, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code(someone("Eve"), {0, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code(someone(""), {1, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code(someone(std::string(256, 'x')), {1, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code(someone("\xff"), {1, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code({.id = "a-b", .name = "Eve", .urls = {}}, {1, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code({.id = "", .name = "Eve", .urls = {}}, {1, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(code({.id = "ab", .name = "Eve", .urls = {""}}, {1, 0, 0, 0}), Code::kInvalidArgument);
  EXPECT_EQ(gallery.size(), 2U);
}

TEST_F(CelebrityGalleryTest, RemovesAndFinds) {
  CelebrityGallery gallery = two_people();
  const std::string ada = celebrity_id("Ada");
  EXPECT_TRUE(gallery.remove(ada));
  EXPECT_FALSE(gallery.remove(ada));
  EXPECT_EQ(gallery.find(ada), nullptr);
  ASSERT_NE(gallery.find(celebrity_id("Grace")), nullptr);
  EXPECT_EQ(gallery.find(celebrity_id("Grace"))->name, "Grace");
  EXPECT_FALSE(gallery.match(direction({1, 0, 0, 0})));
  EXPECT_TRUE(gallery.add(someone("Ada"), direction({1, 0, 0, 0})));
  EXPECT_EQ(gallery.match(direction({1, 0, 0, 0}))->celebrity->id, ada);
}

TEST_F(CelebrityGalleryTest, IdsAreShortAndStable) {
  EXPECT_EQ(celebrity_id("Abraham Lincoln"), celebrity_id("Abraham Lincoln"));
  EXPECT_NE(celebrity_id("John Adams"), celebrity_id("John Quincy Adams"));
  EXPECT_EQ(celebrity_id("Abraham Lincoln").size(), 8U);
  EXPECT_EQ(celebrity_id("Abraham Lincoln"), "l4ED3bCp");
}

TEST_F(CelebrityGalleryTest, ComesBackFromItsFile) {
  const fs::path path = folder_ / "deep" / "people.gallery";
  ASSERT_TRUE(two_people().save(path));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto gallery = CelebrityGallery::open(path);
  ASSERT_TRUE(gallery) << gallery.error().message;
  EXPECT_EQ(gallery->model(), "model-a");
  EXPECT_EQ(gallery->portraits(), 3U);
  const Celebrity* ada = gallery->find(celebrity_id("Ada"));
  ASSERT_NE(ada, nullptr);
  EXPECT_EQ(ada->name, "Ada");
  EXPECT_EQ(ada->urls, std::vector<std::string>{"en.wikipedia.org/wiki/Ada"});
  EXPECT_EQ(ada->gender, KnownGender::kFemale);
  EXPECT_EQ(gallery->match(direction({0, 0, 1, 0}))->celebrity, ada);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "deep"), {}), 1);  // nothing aside is left

  ASSERT_TRUE(CelebrityGallery("empty").save(path));
  EXPECT_EQ(CelebrityGallery::open(path)->size(), 0U);
}

TEST_F(CelebrityGalleryTest, SavingClearsAwayWhatTheKilledLeft) {
  const fs::path path = folder_ / "some.gallery";
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const auto left = [&](const std::string& process) { return path.string() + ".new-" + process; };
  const std::string dead = left(std::to_string(child)), own = left(std::to_string(::getpid())), alive = left("1"), other = folder_ / "other.gallery.new-1";
  for (const std::string& file : {dead, own, alive, other}) std::ofstream(file) << "half";
  ASSERT_TRUE(two_people().save(path));
  EXPECT_TRUE(CelebrityGallery::open(path));
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_FALSE(fs::exists(own));
  EXPECT_TRUE(fs::exists(alive)) << "somebody may be at it";
  EXPECT_TRUE(fs::exists(other));
}

TEST_F(CelebrityGalleryTest, EveryCutAndEveryFlippedByteIsSeen) {
  const Bytes file = two_people().serialize();
  ASSERT_TRUE(CelebrityGallery::parse(file));
  for (std::size_t i = 0; i < file.size(); ++i) {
    EXPECT_EQ(CelebrityGallery::parse(ByteView(file).first(i)).error().code, Code::kCorrupt);
    Bytes flipped = file;
    flipped[i] ^= 1;
    EXPECT_FALSE(CelebrityGallery::parse(flipped)) << i;
  }
  EXPECT_EQ(CelebrityGallery::open(folder_ / "none").error().code, Code::kNotFound);
}

TEST_F(CelebrityGalleryTest, ABookFollowsItsFile) {
  CelebrityBook book(folder_ / "people.gallery", "model-a");
  EXPECT_EQ((*book.gallery())->size(), 0U);
  CelebrityGallery gallery = two_people();
  ASSERT_TRUE(gallery.save(folder_ / "people.gallery"));
  const auto first = *book.gallery();
  EXPECT_EQ(first->size(), 2U);
  EXPECT_EQ(*book.gallery(), first);  // not read again
  ASSERT_TRUE(gallery.remove(celebrity_id("Ada")));
  ASSERT_TRUE(gallery.save(folder_ / "people.gallery"));
  EXPECT_EQ((*book.gallery())->size(), 1U);
  EXPECT_EQ(first->size(), 2U);  // who holds the old one keeps it
  std::ofstream(folder_ / "people.gallery") << "nonsense";
  EXPECT_EQ(book.gallery().error().code, Code::kCorrupt);
  ASSERT_TRUE(CelebrityGallery("model-b").save(folder_ / "people.gallery"));
  EXPECT_EQ(book.gallery().error().code, Code::kFailedPrecondition);
  fs::remove(folder_ / "people.gallery");
  EXPECT_EQ((*book.gallery())->size(), 0U);
}

}  // namespace
}  // namespace eyrie::vision
