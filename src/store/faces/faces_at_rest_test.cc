// What of faces and users lies on disk: nothing in clear, nothing that opens where it does not belong; and how what lay in clear before
// format 7 becomes so, killed or not.
#include <gmock/gmock.h>

#include <algorithm>
#include <bit>

#include "base/log.h"
#include "store/faces/face_rows.h"
#include "store/faces/testing.h"
#include "store/testing_at_rest.h"

namespace eyrie::store {
namespace {

constexpr std::string_view kAlbum = "Album-Nobody-May-Read", kPerson = "Person-Nobody-May-Read";
constexpr int kOldFaces = 2000;

class FacesAtRestTest : public testing::AtRestTest<testing::FaceTest> {
 protected:
  // As SQLite keeps a real number.
  static std::string real(double number) {
    auto bytes = std::bit_cast<std::array<char, 8>>(number);
    std::ranges::reverse(bytes);
    return {bytes.begin(), bytes.end()};
  }
  void fill(int pictures) {
    for (int i = 0; i < pictures; ++i) {
      const auto person = static_cast<unsigned>(i + 1);
      ASSERT_TRUE(faces().add_faces("c", testing::picture(std::to_string(i), {testing::embedding(person)}, std::string(kAlbum))));
    }
    ASSERT_TRUE(faces().create_user("c", std::string(kPerson), {.token = "t"}));
    const auto done = faces().associate("c", std::string(kPerson), {listed().front()}, 0, {.token = "u"});
    ASSERT_TRUE(done && done->done.size() == 1U);
  }

  // The database as format 6 had it. Boxes and names come from the rows' numbers; what was sealed only then is unknown here.
  void make_old() {
    fill(3);
    const std::string rows = std::to_string(kOldFaces);
    sql("CREATE TABLE old AS SELECT * FROM faces; CREATE TABLE old_users AS SELECT * FROM users;" + testing::without_formats_after(7) + testing::kFaceTablesOfFormat6 +
        "INSERT INTO users SELECT id, collection, '" + std::string(kPerson) + "', faces FROM old_users;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows + ")"
        " INSERT INTO faces SELECT i, 1, coalesce((SELECT face_id FROM old WHERE id = i), randomblob(16)), randomblob(16),"
        " '" + std::string(kAlbum) + "' || i, 0.123456789, i / 10000.0, 0.25, 0.5, 99.25, (SELECT user FROM old WHERE id = i),"
        " coalesce((SELECT vector FROM old WHERE id = i), zeroblob(92)) FROM n;"
        "INSERT INTO faces SELECT id + " + rows + ", 7, randomblob(16), image_id, external_image_id, left, top, width, height, confidence, NULL,"
        " vector FROM faces;"  // of a collection that was deleted
        "INSERT INTO request_tokens VALUES(1, 'w', x'" + std::string(64, '0') + "', '{\"done\":[],\"problems\":[{\"face\":\"f\",\"reason\":1,"
        "\"user\":\"" + std::string(kPerson) + "\"}],\"user_faces\":4}', 9e15);"
        "UPDATE collections SET faces = " + rows + "; DROP TABLE old; DROP TABLE old_users; PRAGMA user_version = 6;");
    ASSERT_TRUE(on_disk(kAlbum) && on_disk(kPerson) && on_disk(real(0.123456789)));
  }
  void expect_sealed() {
    EXPECT_FALSE(on_disk(kAlbum));
    EXPECT_FALSE(on_disk(kPerson));
    EXPECT_FALSE(on_disk(real(0.123456789)));
    const auto page = faces().faces("c", {}, 0, 10 * kOldFaces);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->entries.size(), static_cast<std::size_t>(kOldFaces));
    for (const std::size_t i : {0, 1, kOldFaces / 2, kOldFaces - 1}) {
      const StoredFace& face = page->entries[i];
      EXPECT_EQ(face.external_image_id, std::string(kAlbum) + std::to_string(i + 1));
      EXPECT_EQ(face.box, (FaceBox{.left = 0.123456789, .top = static_cast<double>(i + 1) / 10000, .width = 0.25, .height = 0.5}));
      EXPECT_EQ(face.confidence, 99.25);
      EXPECT_EQ(face.user, i == 0 ? kPerson : "");
    }
    EXPECT_EQ(faces().users("c", 0, 10)->entries.at(0).name, kPerson);
    set_log_level(LogLevel::kOff);  // most vectors here are made up
    EXPECT_EQ(nearest(2, 1, 0.99), std::vector<std::string>{page->entries[1].id});
    set_log_level(LogLevel::kInfo);
    // Who asks again gets the answer of before.
    const auto again = faces().associate("c", std::string(kPerson), {}, 0, {.token = "w"});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->user_faces, 4U);
    EXPECT_EQ(again->problems.at(0).user, kPerson);
  }
};

TEST_F(FacesAtRestTest, NothingOfAFaceOrUserIsInClear) {
  fill(1);
  const auto page = faces().faces("c", {}, 0, 10);
  const StoredFace face = page->entries.at(0);
  EXPECT_EQ(face.user, kPerson);
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(on_disk(kAlbum));
    EXPECT_FALSE(on_disk(kPerson));
    EXPECT_FALSE(on_disk(real(face.box.left)));
    EXPECT_FALSE(on_disk(real(face.confidence)));
    EXPECT_FALSE(on_disk(as_text(uuid_bytes(face.image_id)))) << "it is made from the picture";
    EXPECT_TRUE(on_disk(as_text(uuid_bytes(face.id)))) << "chance, and nothing else";
    reopen();
  }
  EXPECT_EQ(faces().add_faces("c", testing::picture("0", {testing::embedding(1)}, std::string(kAlbum)))->at(0).id, face.id)
      << "a picture that comes again is known";
  EXPECT_EQ(faces().create_user("c", std::string(kPerson), {}).error().code, Code::kAlreadyExists);
}

TEST_F(FacesAtRestTest, WhatIsDamagedOrMovedIsFound) {
  fill(3);
  const std::vector<std::string> ids = listed();
  set_log_level(LogLevel::kOff);
  const std::string flip = "substr(details, 1, 20) || CASE substr(details, 21, 1) WHEN x'00' THEN x'01' ELSE x'00' END || substr(details, 22)";
  for (const std::string& forged : {flip, std::string("(SELECT details FROM faces WHERE id = 3)"), std::string("x''")}) {
    sql("CREATE TABLE kept AS SELECT id, details FROM faces; UPDATE faces SET details = CAST(" + forged + " AS BLOB) WHERE id = 2");
    reopen();
    EXPECT_EQ(faces().faces("c", {}, 0, 10).error().code, Code::kCorrupt) << forged;
    EXPECT_EQ(faces().faces("c", {.ids = {{ids[0], ids[2]}}}, 0, 10)->entries.size(), 2U);
    EXPECT_THAT(nearest(2, 10, -1), ::testing::UnorderedElementsAre(ids[0], ids[2])) << "the others are served";
    sql("UPDATE faces SET details = (SELECT details FROM kept WHERE kept.id = faces.id); DROP TABLE kept");
    reopen();
    EXPECT_EQ(listed(), ids);
  }
  sql("UPDATE users SET sealed_name = substr(sealed_name, 2)");
  reopen();
  EXPECT_EQ(faces().users("c", 0, 10).error().code, Code::kCorrupt);
  EXPECT_EQ(faces().faces("c", {.ids = {{ids[0]}}}, 0, 10).error().code, Code::kCorrupt);
  set_log_level(LogLevel::kInfo);
}

TEST_F(FacesAtRestTest, OldFacesAreSealedAtTheFirstStart) {
  make_old();
  reopen();
  expect_sealed();
  EXPECT_EQ(*store_->setting("clear_faces"), std::nullopt);
  const std::string added = add(5000);
  EXPECT_EQ(nearest(5000, 1, 0.99), std::vector<std::string>{added}) << "row numbers go on";
  reopen();
}

TEST_F(FacesAtRestTest, SealingGoesOnAfterAKill) {
  make_old();
  open_and_kill();
  reopen();
  expect_sealed();
}

}  // namespace
}  // namespace eyrie::store
