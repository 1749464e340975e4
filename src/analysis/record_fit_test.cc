#include "analysis/record_fit.h"

#include <gtest/gtest.h>

#include "analysis/record.h"
#include "store/items/item_rules.h"
#include "store/testing.h"
#include "store/embedded.h"
#include "vision/recognition/testing.h"

namespace eyrie::analysis {
namespace {

const Upload kUpload{.bucket = "images", .key = "uploads/crowd.jpg", .sequencer = "0A", .time_ms = 1'764'000'000'500, .request_id = "r1"};

vision::Face full_face() {
  vision::Face face = vision::testing::plain_face(0.123456);
  vision::testing::add_attributes(face, vision::kAllFaceAttributes);
  face.emotions.clear();
  for (const char* type : {"HAPPY", "CALM", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "FEAR"}) {
    face.emotions.push_back({.type = type, .confidence = 12.345678});
  }
  return face;
}

// `lines` of five words each.
std::vector<vision::TextDetection> print(int lines, const std::string& word) {
  std::vector<vision::TextDetection> texts, words;
  for (int line = 0; line < lines; ++line) {
    vision::TextDetection text = vision::testing::two_words()[0];
    text.id = line;
    text.text.clear();
    for (int i = 0; i < 5; ++i) {
      vision::TextDetection one = vision::testing::two_words()[1];
      one.text = word;
      one.id = lines + line * 5 + i;
      one.parent_id = line;
      words.push_back(one);
      text.text += (i == 0 ? "" : " ") + word;
    }
    texts.push_back(text);
  }
  texts.insert(texts.end(), words.begin(), words.end());
  return texts;
}

std::vector<vision::Label> labels(int count, int instances) {
  std::vector<vision::Label> made;
  for (int i = 0; i < count; ++i) {
    vision::Label label{.name = "Label " + std::to_string(i), .confidence = 99.0 - i, .parents = {"Parent"}, .categories = {"Things"}};
    label.instances.resize(static_cast<std::size_t>(instances), {.box = {.left = 1.0 / 3, .top = 1.0 / 7, .width = 0.1, .height = 0.2}});
    made.push_back(std::move(label));
  }
  return made;
}

// A record's list.
const json::array& list(const json::value& record, const char* name) { return record.at(name).at("L").as_array(); }
std::string found(const json::value& record, const char* name) {
  return std::string(record.at("Truncated").at("M").at(name).at("N").as_string());
}

// What the table says of it: 400 KB is DynamoDB's word.
void expect_storable(const json::value& record) {
  const store::testing::TemporaryDirectory directory;
  auto opened = store::EmbeddedStore::open({.directory = directory.path()});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_TRUE((*opened)->items().create_table(record_table()));
  const auto put = (*opened)->items().put(std::string(kRecordTable), record.get_object());
  EXPECT_TRUE(put) << put.error().message;
}

TEST(RecordFit, ACrowdAmongAThousandWords) {
  Analysis analysis;
  analysis.seen.labels = labels(60, 3);
  analysis.seen.faces = std::vector<vision::Face>(100, full_face());
  analysis.seen.text = print(200, "Straße");
  const json::value record(completed_record(kUpload, analysis, 1, 0));
  EXPECT_EQ(list(record, "FaceData").size(), 100U);
  EXPECT_EQ(list(record, "Text").size(), 200U);
  EXPECT_EQ(record.as_object().if_contains("Truncated"), nullptr) << "nothing is missing";
  expect_storable(record);
}

TEST(RecordFit, WhatIsBeyondTheListsIsCounted) {
  Analysis analysis;
  analysis.seen.labels = labels(150, 0);
  analysis.seen.faces = std::vector<vision::Face>(130, full_face());
  analysis.seen.text = print(1000, "word");
  const json::value record(completed_record(kUpload, analysis, 1, 0));
  EXPECT_EQ(list(record, "FaceData").size(), 100U);
  EXPECT_EQ(found(record, "Labels"), "150");
  EXPECT_EQ(found(record, "FaceData"), "130");
  EXPECT_EQ(found(record, "Text"), "1000");
  EXPECT_EQ(record.at("Truncated").at("M").as_object().if_contains("Instances"), nullptr);
  expect_storable(record);
}

TEST(RecordFit, AHeavyRecordLosesTheEndsOfItsHeaviestLists) {
  Analysis analysis;
  analysis.seen.labels = labels(100, 100);
  analysis.seen.faces = std::vector<vision::Face>(100, full_face());
  analysis.seen.text = print(200, std::string(500, 'x'));
  const store::Item item = completed_record(kUpload, analysis, 1, 0);
  EXPECT_LE(store::item_bytes(item), kMaxRecordBytes + 1024);
  EXPECT_GT(store::item_bytes(item), kMaxRecordBytes / 2) << "no more is cut than has to be";
  const json::value record(item);
  EXPECT_EQ(list(record, "Labels").size(), 100U) << "instances go first";
  EXPECT_EQ(list(record, "FaceData").size(), 100U) << "faces are not what is heavy";
  EXPECT_EQ(found(record, "Instances"), "10000");
  EXPECT_EQ(found(record, "Text"), "200");
  EXPECT_FALSE(list(record, "Text").empty());
  expect_storable(record);
}

TEST(RecordFit, WithoutListsItIsLeftAlone) {
  store::Item record = pending_record(kUpload);
  record["Note"] = json::object{{"S", std::string(2000, 'x')}};
  const store::Item before = record;
  fit_record(record, 1000);
  EXPECT_EQ(record, before);
}

}  // namespace
}  // namespace eyrie::analysis
