// For tests: calls on a face collection "c", and pictures whose faces the test names.
#pragma once

#include "api/rekognition/testing.h"
#include "store/faces/testing.h"

namespace eyrie::api::testing {

class CollectionsTest : public RekognitionTest {
 protected:
  void SetUp() override {
    RekognitionTest::SetUp();
    recognizer_.face_list.clear();
    ASSERT_EQ(call("CreateCollection", R"({"CollectionId":"c"})").status, 200);
  }

  static constexpr const char* kAbsent = "00000000-0000-4000-8000-000000000000";  // the id of no face

  // `person`'s face; each `take` differs a little. Boxes go from left to right, smaller and smaller.
  vision::Face face(unsigned person, unsigned take = 0) {
    vision::Face made =
        vision::testing::plain_face(0.05 * static_cast<double>(recognizer_.face_list.size() + 1));
    made.box.width -= 0.01 * static_cast<double>(recognizer_.face_list.size());
    std::vector<float> vector = store::testing::embedding(person, take);
    double squares = 0;
    for (const float value : vector) squares += static_cast<double>(value) * value;
    for (float& value : vector) value /= static_cast<float>(std::sqrt(squares));
    made.embedding = std::move(vector);
    return made;
  }
  // What the recognizer will see.
  void show(const std::vector<unsigned>& persons, unsigned take = 0) {
    recognizer_.face_list.clear();
    for (const unsigned person : persons) recognizer_.face_list.push_back(face(person, take));
  }
  // No two pictures of a test are the same.
  std::string new_picture() { return jpeg(300 + pictures_++, 250); }

  json::value ok(const std::string& operation, const std::string& request) {
    const Answer answer = call(operation, request);
    EXPECT_EQ(answer.status, 200) << operation << " " << answer.body;
    return answer.json();
  }
  json::value index(const std::vector<unsigned>& persons, unsigned take = 0, const std::string& more = "") {
    show(persons, take);
    const Answer answer = call_with("IndexFaces", new_picture(), R"(,"CollectionId":"c")" + more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  std::string index_one(unsigned person, unsigned take = 0) {
    return std::string(index({person}, take).at("FaceRecords").at(0).at("Face").at("FaceId").as_string());
  }
  // The values of `member` in the `inner` of each of the list.
  static std::string each_in(const json::value& document, const char* list, const char* inner,
                             const char* member) {
    json::array inside;
    for (const json::value& item : document.at(list).as_array()) inside.push_back(item.at(inner));
    return each(json::object{{"all", inside}}, "all", member);
  }

 private:
  int pictures_ = 0;
};

}  // namespace eyrie::api::testing
