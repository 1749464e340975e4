// Packs on disk: read_pack, and the directory of them that read_models and select_models see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "vision/networks/model_set.h"
#include "vision/networks/testing.h"

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::write_pack;

constexpr std::string_view kLabels = "cat\ndog\n\n";

std::string tagger(const std::string& id, const std::string& more = "") {
  return R"({"id": ")" + id +
         R"(", "title": "T", "role": "tagger", "task": "tag", "set": "default", "licence": "MIT",)" + more +
         R"(
    "input": {"name": "x", "type": "uint8", "layout": "NHWC", "width": 2, "height": 2, "fit": "stretch"},
    "output": {"decoder": "scores", "scores": "y", "classes": 3, "activation": "none"}})";
}

class PackFolderTest : public ::testing::Test {
 protected:
  const std::filesystem::path& models() const { return directory_.path(); }
  Result<Pack> read(const std::string& id) const { return read_pack(models() / id); }

  TemporaryDirectory directory_;
};

TEST_F(PackFolderTest, AWholePack) {
  const auto folder = write_pack(models(), "tags", tagger("tags", R"("bytes": 4,)"), kLabels, "onnx");
  const auto pack = read_pack(folder);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->folder, folder);
  EXPECT_THAT(pack->classes, ElementsAre("cat", "dog", ""));
  EXPECT_EQ(pack->session_file().path, folder / "model.onnx");
}

TEST_F(PackFolderTest, LabelsWithoutALastLineEndOrWithWindowsLineEnds) {
  write_pack(models(), "a", tagger("a"), "cat\ndog\nhen", "onnx");
  EXPECT_THAT(read("a")->classes, ElementsAre("cat", "dog", "hen"));
  write_pack(models(), "b", tagger("b"), "cat\r\ndog\r\n\r\n", "onnx");
  EXPECT_THAT(read("b")->classes, ElementsAre("cat", "dog", ""));
}

// A dictionary of characters holds spaces, and separators that other programs take for line ends.
TEST_F(PackFolderTest, LabelsAreKeptToTheByte) {
  write_pack(models(), "a", tagger("a"), " \n\u2028\n\u00e9\u3000\n", "onnx");
  EXPECT_THAT(read("a")->classes, ElementsAre(" ", "\u2028", "\u00e9\u3000"));
}

TEST_F(PackFolderTest, RawTensorsNeedNoLabels) {
  const std::string text =
      R"({"id": "face", "title": "T", "role": "face-pose", "task": "face", "set": "default",
    "licence": "MIT", "input": {"name": "x", "type": "float32", "shape": [1, 4]},
    "output": {"decoder": "tensors", "tensors": ["y"]}})";
  write_pack(models(), "face", text, "", "onnx");
  const auto pack = read("face");
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_TRUE(pack->classes.empty());
}

TEST_F(PackFolderTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(read("none").error().code, Code::kNotFound);
  for (const char* file : {"pack.json", "labels.txt", "model.onnx"}) {
    const auto folder = write_pack(models(), "tags", tagger("tags"), kLabels, "onnx");
    std::filesystem::remove(folder / file);
    const auto gone = read_pack(folder);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, Code::kNotFound);
    EXPECT_THAT(gone.error().message, HasSubstr(file));
    std::filesystem::create_directory(folder / file);  // nor is a folder a file
    EXPECT_FALSE(read_pack(folder));
    std::filesystem::remove(folder / file);
  }
}

TEST_F(PackFolderTest, WhatDoesNotFitTogetherIsRefused) {
  struct Case {
    std::string json, labels, onnx, why;
  };
  const Case cases[] = {
      {tagger("other"), std::string(kLabels), "onnx", "\"other\""},
      {tagger("tags"), "cat\ndog\n", "onnx", "2 lines for 3 classes"},
      {tagger("tags"), "cat\ndog\nhen\nfox\n", "onnx", "4 lines for 3 classes"},
      {tagger("tags", R"("bytes": 5,)"), std::string(kLabels), "onnx", "4 bytes where the pack says 5"},
      {tagger("tags"), "cat\n" + std::string(257, 'a') + "\nhen\n", "onnx", "too long"},
      {tagger("tags"),
       "cat\nd\xff"
       "g\nhen\n",
       "onnx", "UTF-8"},
      {tagger("tags", R"("rank": -1,)"), std::string(kLabels), "onnx", "\"rank\""},
      {"{", std::string(kLabels), "onnx", "JSON"},
  };
  for (const Case& c : cases) {
    const auto folder = write_pack(models(), "tags", c.json, c.labels, c.onnx);
    const auto pack = read_pack(folder);
    ASSERT_FALSE(pack) << c.why;
    EXPECT_EQ(pack.error().code, Code::kInvalidArgument) << pack.error().message;
    EXPECT_THAT(pack.error().message, HasSubstr(c.why));
    EXPECT_THAT(pack.error().message, HasSubstr(folder.string()));
  }
}

TEST_F(PackFolderTest, GiantFilesAreNotRead) {
  const auto folder = write_pack(models(), "tags", tagger("tags"), kLabels, "onnx");
  std::filesystem::resize_file(folder / "labels.txt", (8 << 20) + 1);  // sparse
  EXPECT_EQ(read_pack(folder).error().code, Code::kTooLarge);
  std::filesystem::resize_file(folder / "pack.json", (1 << 20) + 1);
  const auto pack = read_pack(folder);
  EXPECT_EQ(pack.error().code, Code::kTooLarge);
  EXPECT_THAT(pack.error().message, HasSubstr("pack.json"));
}

// ---- a directory of packs

using ModelDirectoryTest = PackFolderTest;

TEST_F(ModelDirectoryTest, BrokenPacksDoNotHideTheOthers) {
  write_pack(models(), "c", tagger("c"), kLabels, "onnx");
  write_pack(models(), "a", tagger("a"), kLabels, "onnx");
  write_pack(models(), "b", "{", kLabels, "onnx");
  write_pack(models(), "d", tagger("d"), "one label\n", "onnx");
  const auto found = read_models(models());
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->packs.size(), 2U);
  EXPECT_EQ(found->packs[0].id, "a");
  EXPECT_EQ(found->packs[1].id, "c");
  ASSERT_EQ(found->broken.size(), 2U);
  EXPECT_EQ(found->broken[0].id, "b");
  EXPECT_EQ(found->broken[1].id, "d");
  EXPECT_THAT(found->broken[1].error.message, HasSubstr("1 lines for 3 classes"));
}

TEST_F(ModelDirectoryTest, OtherFilesAndFoldersAreNoPacks) {
  write_pack(models(), "a", tagger("a"), kLabels, "onnx");
  write_file(models() / "README", "hello");
  write_file(models() / "notes" / "list.txt", "hello");
  std::filesystem::create_symlink("loop", models() / "loop");
  // Set-up's own: what is being written, and what an update is about to remove.
  write_pack(models(), ".old-a-17", tagger("a"), kLabels, "onnx");
  write_pack(models() / ".partial-x", "b", tagger("b"), kLabels, "onnx");
  const auto found = read_models(models());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->packs.size(), 1U);
  EXPECT_TRUE(found->broken.empty()) << found->broken.front().id;
}

TEST_F(ModelDirectoryTest, NothingInstalledSaysWhatToRun) {
  for (const auto& place : {models(), models() / "none"}) {
    const auto found = read_models(place);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kNotFound);
    EXPECT_THAT(found.error().message, HasSubstr("scripts/setup"));
    EXPECT_THAT(found.error().message, HasSubstr(place.string()));
  }
}

TEST_F(ModelDirectoryTest, OnlyBrokenPacksAreStillTold) {
  write_pack(models(), "b", "{", kLabels, "onnx");
  const auto found = read_models(models());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->packs.empty());
  EXPECT_EQ(found->broken.size(), 1U);
}

// ---- which of them are used

Pack pack(std::string id, Role role, std::string set, int rank = 0) {
  Pack made;
  made.id = std::move(id);
  made.role = role;
  made.set = std::move(set);
  made.rank = rank;
  return made;
}

std::vector<std::string> chosen(const std::vector<Pack>& packs, std::string_view set) {
  const auto selected = select_models(packs, set);
  if (!selected) return {selected.error().message};
  std::vector<std::string> ids;
  for (const std::size_t index : *selected) ids.push_back(packs.at(index).id);
  return ids;
}

TEST(SelectModels, TheLowestRankOfEachRoleInTheOrderOfRoles) {
  const std::vector<Pack> packs{
      pack("text", Role::kTextDetector, "default"), pack("tag-1", Role::kTagger, "default", 1),
      pack("tag-0", Role::kTagger, "default", 0),   pack("det-7", Role::kDetector, "default", 7),
      pack("det-3", Role::kDetector, "default", 3), pack("plants", Role::kPlants, "default")};
  EXPECT_THAT(chosen(packs, "default"), ElementsAre("det-3", "tag-0", "plants", "text"));
}

TEST(SelectModels, NoneOfRolesThatNothingAsks) {
  const std::vector<Pack> packs{pack("det", Role::kDetector, "default"), pack("pose", Role::kFacePose, "default"),
                                pack("own-pose", Role::kFacePose, "always"), pack("eyes", Role::kFaceEyes, "default"),
                                pack("angle", Role::kTextAngle, "default")};
  EXPECT_THAT(chosen(packs, "default"), ElementsAre("det"));
}

TEST(SelectModels, AmongEqualRanksTheFirst) {
  EXPECT_THAT(
      chosen({pack("a", Role::kDetector, "default", 2), pack("b", Role::kDetector, "default", 2)}, "default"),
      ElementsAre("a"));
}

TEST(SelectModels, ASetTakesWhatItLacksFromTheDefault) {
  const std::vector<Pack> packs{
      pack("det", Role::kDetector, "default"), pack("det-small", Role::kDetector, "small", 4),
      pack("tag", Role::kTagger, "default"), pack("faces", Role::kFaceDetector, "default"),
      pack("faces-quality", Role::kFaceDetector, "quality")};
  EXPECT_THAT(chosen(packs, "small"), ElementsAre("det-small", "tag", "faces"));
  EXPECT_THAT(chosen(packs, "default"), ElementsAre("det", "tag", "faces"));
}

TEST(SelectModels, ASetIsOneByItsDetector) {
  const std::vector<Pack> packs{pack("det", Role::kDetector, "default"),
                                pack("tag-small", Role::kTagger, "small")};
  for (const std::string_view set : {"small", "quality", ""}) {
    const auto selected = select_models(packs, set);
    ASSERT_FALSE(selected) << set;
    EXPECT_EQ(selected.error().code, Code::kNotFound);
    EXPECT_THAT(selected.error().message, HasSubstr("--set " + std::string(set)));
  }
  EXPECT_FALSE(select_models({}, "default"));
}

TEST(SelectModels, AUsersOwnPacksAreUsedBesideAnySet) {
  const std::vector<Pack> packs{
      pack("own-dishes", Role::kDishes, "always"),     pack("own-det", Role::kDetector, "always"),
      pack("own-det-2", Role::kDetector, "always", 9), pack("det", Role::kDetector, "default"),
      pack("det-small", Role::kDetector, "small"),     pack("tag", Role::kTagger, "default")};
  EXPECT_THAT(chosen(packs, "default"), ElementsAre("det", "own-det", "own-det-2", "tag", "own-dishes"));
  EXPECT_THAT(chosen(packs, "small"), ElementsAre("det-small", "own-det", "own-det-2", "tag", "own-dishes"));
  // As a set of its own: each once.
  EXPECT_THAT(chosen(packs, "always"), ElementsAre("own-det", "own-det-2", "tag", "own-dishes"));
}

// ---- the packs of this machine

TEST(InstalledPacks, AreAllWhole) {
  const auto found = read_models(testing::installed_models());
  if (!found) GTEST_SKIP() << found.error().message;
  for (const BrokenPack& broken : found->broken) ADD_FAILURE() << broken.id << ": " << broken.error.message;
}

}  // namespace
}  // namespace eyrie::vision
