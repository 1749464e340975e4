#include "vision/celebrities/portrait_list.h"

#include <gtest/gtest.h>

#include <fstream>

namespace eyrie::vision {
namespace {

namespace fs = std::filesystem;

class PortraitListTest : public ::testing::Test {
 protected:
  PortraitListTest() {
    std::string name = (fs::temp_directory_path() / "portraits-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~PortraitListTest() override { fs::remove_all(folder_); }

  void write(const fs::path& name, std::string_view text = "x") {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  fs::path folder_;
};

Error error_of(std::string_view csv) {
  const auto portraits = parse_portraits(csv, "");
  return portraits ? Error{Code::kInternal, "read without error"} : portraits.error();
}

TEST_F(PortraitListTest, ColumnsInAnyOrder) {
  const auto portraits = parse_portraits(
      "\xEF\xBB\xBFportrait,born,name,urls,gender,id\r\n"
      "ada.jpg,1815,Ada Lovelace,https://en.wikipedia.org/wiki/Ada_Lovelace  "
      "www.wikidata.org/wiki/Q7259,Female,\r\n"
      "\r\n"
      "\"a, b.png\",1906,\"Grace \"\"Amazing\"\" Hopper\",,,gh1\n",
      "/people");
  ASSERT_TRUE(portraits) << portraits.error().message;
  ASSERT_EQ(portraits->size(), 2U);
  const Portrait& ada = (*portraits)[0];
  EXPECT_EQ(ada.who.name, "Ada Lovelace");
  EXPECT_EQ(ada.who.id, celebrity_id("Ada Lovelace"));
  EXPECT_EQ(ada.who.urls,
            (std::vector<std::string>{"en.wikipedia.org/wiki/Ada_Lovelace", "www.wikidata.org/wiki/Q7259"}));
  EXPECT_EQ(ada.who.gender, KnownGender::kFemale);
  EXPECT_EQ(ada.file, "/people/ada.jpg");
  const Portrait& grace = (*portraits)[1];
  EXPECT_EQ(grace.who.name, "Grace \"Amazing\" Hopper");
  EXPECT_EQ(grace.who.id, "gh1");
  EXPECT_EQ(grace.who.gender, KnownGender::kUnlisted);
  EXPECT_EQ(grace.file, "/people/a, b.png");
}

TEST_F(PortraitListTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("").message, "row 1: the file is empty");
  EXPECT_EQ(error_of("name,picture\n").message, "row 1: there must be columns \"name\" and \"portrait\"");
  EXPECT_EQ(error_of("name,portrait\nA,a.jpg\n,b.jpg\n").message, "row 3: a name or a portrait is missing");
  EXPECT_EQ(error_of("name,portrait\nA\n").message, "row 2: a name or a portrait is missing");
  EXPECT_EQ(error_of("name,portrait\n\"A,a.jpg\n").message, "row 2: a quote is not closed");
  EXPECT_EQ(error_of("name,portrait\n\"A\"b,a.jpg\n").message, "row 2: text after a closing quote");
  EXPECT_EQ(error_of("name,portrait,gender\nA,a.jpg,man\n").message,
            "row 2: \"man\" is none of Male, Female, Nonbinary, Unlisted");
  EXPECT_EQ(error_of("name,portrait\n\xff,a.jpg\n").code, Code::kInvalidArgument);
}

TEST_F(PortraitListTest, AFolderNamesItsPeople) {
  write("Ada_Lovelace.JPG");
  write("Grace Hopper/1.png");
  write("Grace Hopper/2.webp");
  write("Grace Hopper/notes.txt");
  write(".hidden.jpg");
  write("read me.txt");
  const auto portraits = read_portraits(folder_);
  ASSERT_TRUE(portraits) << portraits.error().message;
  ASSERT_EQ(portraits->size(), 3U);
  EXPECT_EQ((*portraits)[0].who.name, "Ada Lovelace");
  EXPECT_EQ((*portraits)[1].who.name, "Grace Hopper");
  EXPECT_EQ((*portraits)[2].who.id, celebrity_id("Grace Hopper"));
  EXPECT_EQ((*portraits)[2].file, folder_ / "Grace Hopper" / "2.webp");
}

TEST_F(PortraitListTest, ASheetInAFolderIsReadInstead) {
  write("Ada_Lovelace.jpg");
  write("celebrities.csv", "name,portrait\nCountess of Lovelace,Ada_Lovelace.jpg\n");
  const auto portraits = read_portraits(folder_);
  ASSERT_TRUE(portraits) << portraits.error().message;
  ASSERT_EQ(portraits->size(), 1U);
  EXPECT_EQ((*portraits)[0].who.name, "Countess of Lovelace");
  EXPECT_EQ((*portraits)[0].file, folder_ / "Ada_Lovelace.jpg");
}

TEST_F(PortraitListTest, NothingThereIsSaid) {
  EXPECT_EQ(read_portraits(folder_).error().code, Code::kNotFound);
  EXPECT_EQ(read_portraits(folder_ / "none.csv").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace eyrie::vision
