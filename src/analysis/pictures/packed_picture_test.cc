#include "analysis/pictures/packed_picture.h"

#include <gtest/gtest.h>

namespace eyrie::analysis {
namespace {

constexpr const char* kUuid = "0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6";

// Every member is another than that of an empty one.
Picture full(const std::string& id) {
  return {.id = id,
          .uploaded = 1'764'000'000,
          .bucket = "images",
          .key = "uploads/" + id + ".jpg",
          .version = "000000000000001F",
          .name = "Street.JPG",
          .sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
          .status = PictureStatus::kFailed,
          .error = "Unsupported: not an image",
          .width = 4000,
          .height = 3000,
          .bytes = 5'000'000'000,
          .faces = 3,
          .flagged = true,
          .archived = true,
          .place = Place{.latitude = 48.2F, .longitude = -16.4F},
          .country = 200,
          .taken_day = -5,
          .traits = 0x80000001,
          .labels = {{"Sports Car", 99.25F}, {"Car", 98.5F}, {"Dog", 1.0F / 3}},
          .summary = {2, 0},
          .words = "hotel sacher\ncanon\n"};
}

Picture there_and_back(const Picture& picture) {
  SharedNames names;
  return PackedPicture(picture, names).unpack(names);
}

TEST(PackedPicture, LosesNothing) {
  EXPECT_EQ(there_and_back(full(kUuid)), full(kUuid));
  EXPECT_EQ(there_and_back(full("no-uuid")), full("no-uuid"));
  EXPECT_EQ(there_and_back({}), Picture{});
  for (const char* key : {"uploads/a.jpg", "a.jpg", "uploads/", "", "0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6",
                          "x/0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6/y.png",
                          "0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d60b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6",
                          "0B5CFA10-9D3E-4C11-8F00-00FFA9B8C7D6.jpg"}) {
    for (const char* name : {"a.jpg", "y.png", "0b5cfa10-9d3e-4c11-8f00-00ffa9b8c7d6", ""}) {
      for (const char* id : {kUuid, "a", ""}) {
        Picture picture = full(id);
        picture.key = key;
        picture.name = name;
        EXPECT_EQ(there_and_back(picture), picture) << id << " " << key << " " << name;
        SharedNames names;
        std::string room;
        EXPECT_EQ(PackedPicture(picture, names).name(room), name);
      }
    }
  }
}

TEST(PackedPicture, HoldsTheLargestThatThereIs) {
  Picture picture = full(kUuid);
  picture.key = std::string(kMaxPictureKey - 36, 'k') + kUuid;
  picture.name = std::string(1024, 'n');
  picture.error = std::string(1024, 'e');
  picture.words = std::string(kMaxPictureWords + 1, 'w');
  picture.labels.assign(kMaxPictureLabels, {.name = std::string(kMaxLabelName, 'l'), .confidence = 50});
  EXPECT_EQ(there_and_back(picture), picture);
}

TEST(PackedPicture, StandsByTimeThenId) {
  SharedNames names;
  const auto at = [&](std::int64_t time, const std::string& id) {
    Picture picture = full(id);
    picture.uploaded = time;
    return PackedPicture(picture, names);
  };
  EXPECT_LT(at(1, kUuid).position(), at(2, "a").position());
  EXPECT_LT(at(1, "a").position(), at(1, "b").position());
  EXPECT_LT(at(1, "00000000-0000-4000-8000-0000000000ff").position(),
            at(1, "00000000-0000-4000-8000-000000000100").position());
  EXPECT_LT(at(1, "7f000000-0000-4000-8000-000000000000").position(),
            at(1, "80000000-0000-4000-8000-000000000000").position());
  EXPECT_EQ(at(1, kUuid).id(), IdToFind(kUuid).packed());
  EXPECT_EQ(at(1, "a").id(), IdToFind("a").packed());
  EXPECT_NE(at(1, "a").id(), IdToFind(kUuid).packed());
}

TEST(PackedPicture, GivesItsNamesBack) {
  SharedNames names;
  const PackedPicture one(full(kUuid), names), two(full("b"), names);
  EXPECT_EQ(names.size(), 4U);  // the bucket and three labels
  one.give_back(names);
  EXPECT_EQ(two.unpack(names), full("b"));
  two.give_back(names);
  for (SharedNames::Id id = 0; id < names.size(); ++id) EXPECT_EQ(names[id], "");
}

// What `uploads/UUID.jpg` with 15 labels takes: 88 bytes, and these.
TEST(PackedPicture, IsSmall) {
  SharedNames names;
  Picture picture = full(kUuid);
  picture.name = std::string(kUuid) + ".jpg";
  picture.sha256 = picture.error = "";
  picture.labels.clear();
  for (int i = 0; i < 15; ++i)
    picture.labels.push_back({.name = "Label " + std::to_string(i), .confidence = 90});
  EXPECT_LE(sizeof(PackedPicture), 88U);
  EXPECT_LE(PackedPicture(picture, names).heap_bytes(), 190U);
}

}  // namespace
}  // namespace eyrie::analysis
