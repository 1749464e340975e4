#include "analysis/pictures/awaited_pictures.h"
#include "api/console/pictures/testing.h"

namespace eyrie::api::console {
namespace {

using iam::console::Role;
using testing::Browser;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Reply;

class PicturesTest : public testing::GalleryTest {
 protected:
  void SetUp() override {
    GalleryTest::SetUp();
    for (const auto& [name, role] :
         {std::pair("ann", Role::kAdmin), {"bob", Role::kAnalyst}, {"eve", Role::kUploader}})
      add(name, role);
    ann_ = signed_in("ann");
    bob_ = signed_in("bob");
    eve_ = signed_in("eve");
  }
  std::vector<std::string> found(const std::string& query) {
    const Reply reply = send(bob_, "GET", "pictures" + query);
    EXPECT_EQ(reply.status, 200) << reply.text;
    std::vector<std::string> ids;
    for (const json::value& row : reply.body()["pictures"].as_array())
      ids.push_back(text_of(row.as_object(), "id"));
    return ids;
  }

  Browser ann_, bob_, eve_;
};

TEST_F(PicturesTest, AnArchivedPictureIsThereForWhoAsksForIt) {
  add_picture("a", 20);
  add_picture("b", 10);
  const Reply archived = send(bob_, "PATCH", "pictures/a", R"({"archived":true})");
  ASSERT_EQ(archived.status, 200) << archived.text;
  EXPECT_EQ(archived.body()["archived"], json::value(true));
  EXPECT_THAT(found(""), ElementsAre("b"));
  EXPECT_THAT(found("?archived=only"), ElementsAre("a"));
  EXPECT_THAT(found("?archived=any"), ElementsAre("b", "a"));
  EXPECT_THAT(found("?ids=a,b"), ElementsAre("b", "a")) << "who names pictures wants them";
  EXPECT_EQ(send(bob_, "GET", "pictures/a").status, 200);
  EXPECT_EQ(send(bob_, "GET", "overview").body()["archived"], json::value(1));

  // Durable: in the record, and what reads the records anew finds it so.
  analysis::PictureIndex again(store_->items());
  ASSERT_TRUE(again.read_all());
  EXPECT_TRUE(again.find("a")->archived);

  EXPECT_EQ(send(ann_, "PATCH", "pictures/a", R"({"archived":false})").status, 200);
  EXPECT_THAT(found(""), ElementsAre("b", "a"));
  EXPECT_THAT(audit("console"),
              HasSubstr("\"console:ArchivePicture\",\"resource\":\"arn:aws:s3:::images/uploads/a.jpg\""));
  EXPECT_THAT(audit("console"), HasSubstr("\"console:UnarchivePicture\""));
}

TEST_F(PicturesTest, WhoMayNotArchiveIsRefused) {
  add_picture("a", 20);
  EXPECT_EQ(send(eve_, "PATCH", "pictures/a", R"({"archived":true})").code(), "AccessDenied");
  Browser nobody;
  EXPECT_EQ(send(nobody, "PATCH", "pictures/a", R"({"archived":true})").code(), "NotSignedIn");
  Browser forged = bob_;
  forged.csrf = "x";
  EXPECT_EQ(send(forged, "PATCH", "pictures/a", R"({"archived":true})").code(), "CsrfRefused");
  EXPECT_THAT(found(""), ElementsAre("a"));
  for (const char* body : {"{}", R"({"archived":"yes"})", R"({"archived":null})",
                           R"({"archived":true,"status":"FAILED"})", "[]"})
    EXPECT_EQ(send(bob_, "PATCH", "pictures/a", body).code(), "InvalidRequest") << body;
  EXPECT_EQ(send(bob_, "PATCH", "pictures/none", R"({"archived":true})").code(), "NotFound");
}

TEST_F(PicturesTest, IsAnalyzedAnewAndStaysArchived) {
  const auto object = store::testing::put(objects(), "images", "uploads/a.jpg", std::string_view("x"));
  ASSERT_TRUE(object);
  // The record that says PENDING has the id that the key's name gives it.
  const std::string id = analysis::image_id("images", "uploads/a.jpg");
  add_picture(id, 20, {{"Sequencer", object->sequencer}, {"Key", "uploads/a.jpg"}, {"Archived", true}});
  const Reply again = send(bob_, "POST", "pictures/" + id + "/analysis");
  ASSERT_EQ(again.status, 202) << again.text;
  EXPECT_EQ(index_->find(id)->status, analysis::PictureStatus::kPending);
  EXPECT_TRUE(index_->find(id)->archived);
}

TEST_F(PicturesTest, SaysInWhichCountry) {
  add_picture("arezzo", 20, {{"Exif", taken_at(43.46, 11.88)}});
  add_picture("nowhere", 10);
  EXPECT_EQ(send(bob_, "GET", "pictures/arezzo").body()["country"], json::value("IT"));
  EXPECT_EQ(send(bob_, "GET", "pictures/nowhere").body()["country"], json::value(""));
  EXPECT_THAT(found("?q=italy"), ElementsAre("arezzo"));
  EXPECT_THAT(found("?q=43.46%2C+11.88"), ElementsAre("arezzo"));
}

TEST_F(PicturesTest, IsThereWhileItWaits) {
  ASSERT_TRUE(store_->set_rules("images", {{.bucket = "images", .function = "analyze-image", .events = {"ObjectCreated:*"}, .prefixes = {}, .suffixes = {}}}));
  analysis::AwaitedPictures awaited(objects(), *index_);
  store_->watch_objects(&awaited);
  ASSERT_TRUE(store::testing::put(objects(), "images", "uploads/a.jpg", std::string_view("x")));
  const std::string id = analysis::image_id("images", "uploads/a.jpg");
  EXPECT_THAT(found("?status=PENDING"), ElementsAre(id));
  EXPECT_EQ(send(bob_, "GET", "overview").body()["pending"], json::value(1));
  const Reply one = send(bob_, "GET", "pictures/" + id);
  EXPECT_EQ(one.status, 200) << one.text;
  EXPECT_EQ(one.body()["record"], json::value());
  EXPECT_EQ(send(bob_, "PATCH", "pictures/" + id, R"({"archived":true})").code(), "Conflict");
  EXPECT_EQ(send(bob_, "POST", "pictures/" + id + "/analysis").status, 202);
  EXPECT_EQ(store_->waiting_events("analyze-image", 0, 10)->size(), 1U) << "once is enough";
  EXPECT_EQ(send(ann_, "DELETE", "pictures/" + id).status, 204);
  EXPECT_THAT(found(""), IsEmpty());
  store_->watch_objects(nullptr);
}

TEST_F(PicturesTest, FindsWhatWasTakenWithin) {
  add_picture("vienna", 20, {{"Exif", taken_at(48.2, 16.37)}});
  add_picture("lima", 10, {{"Exif", taken_at(-12.05, -77.04)}});
  EXPECT_THAT(found("?within=10,40,20,50"), ElementsAre("vienna"));
  EXPECT_THAT(found("?within=-80,-20,-70,0"), ElementsAre("lima"));
  EXPECT_THAT(found("?within=0,0,1,1"), IsEmpty());
  for (const char* query : {"within=", "within=1,2,3", "within=0,0,400,1", "archived=no", "archived="})
    EXPECT_EQ(send(bob_, "GET", std::string("pictures?") + query).code(), "InvalidRequest") << query;
}

}  // namespace
}  // namespace eyrie::api::console
