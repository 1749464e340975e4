// For tests and benchmarks: pictures with made-up faces, which a number stands for.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "crypto/digest.h"
#include "store/face_store.h"
#include "store/testing.h"

namespace eyrie::store::testing {

inline constexpr std::size_t kDimension = 32;

// `person`'s face; each `take` of it is a little different.
inline std::vector<float> embedding(unsigned person, unsigned take = 0, std::size_t dimension = kDimension,
                                    float spread = 0.1F) {
  std::mt19937 random(person * 7919 + 1);
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (float& value : vector) value = normal(random);
  if (take == 0) return vector;
  random.seed(person * 104'729 + take);
  for (float& value : vector) value += spread * normal(random);
  return vector;
}

inline PictureFaces picture(const std::string& name, const std::vector<std::vector<float>>& embeddings,
                            const std::string& external_image_id = "") {
  PictureFaces faces{
      .model = "1.0", .picture = crypto::sha256(as_bytes(name)), .external_image_id = external_image_id};
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    faces.faces.push_back(
        {.box = {.left = 0.1 * static_cast<double>(i + 1), .top = 0.2, .width = 0.05, .height = 0.1},
         .confidence = 99.5,
         .embedding = embeddings[i]});
  }
  return faces;
}

class FaceTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(faces().create_collection("c", "1.0", {}));
  }
  FaceStore& faces() { return store_->faces(); }

  // Adds a picture of one face and answers the face's id.
  std::string add(unsigned person, unsigned take = 0, const std::string& collection = "c") {
    const std::string name = std::to_string(person) + "/" + std::to_string(take);
    const auto added = faces().add_faces(collection, picture(name, {embedding(person, take)}));
    EXPECT_TRUE(added) << added.error().message;
    return added ? added->front().id : "";
  }
  std::vector<std::string> nearest(unsigned person, std::size_t most, double least,
                                   const std::string& collection = "c") {
    const auto vector = faces().vector(collection, "1.0", embedding(person));
    EXPECT_TRUE(vector) << vector.error().message;
    const auto found = faces().nearest_faces(collection, *vector, most, least);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> ids;
    for (const auto& near : *found) ids.push_back(near.entry.id);
    return ids;
  }
  std::vector<std::string> listed(const FaceFilter& filter = {}, std::size_t page_size = 1000) {
    std::vector<std::string> ids;
    std::int64_t after = 0;
    do {
      const auto page = faces().faces("c", filter, after, page_size);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) break;
      for (const StoredFace& face : page->entries) ids.push_back(face.id);
      EXPECT_TRUE(page->next == 0 || page->entries.size() == page_size);
      after = page->next;
    } while (after != 0);
    return ids;
  }
};

}  // namespace eyrie::store::testing
