// For tests: a recognizer that sees the same whatever it is shown, as far as it is asked, and remembers what
// it was asked.
#pragma once

#include <utility>
#include <vector>

#include "vision/labels/filter.h"
#include "vision/recognition/testing.h"
#include "vision/recognizer.h"

namespace eyrie::api::testing {

// A cat with a box, an animal, a faint dog; as many faces as the test says; two words; a weapon; one person
// with gloves.
class CatRecognizer final : public vision::Recognizer {
 public:
  Result<vision::Recognition> recognize(const image::Image& picture,
                                        const vision::Request& request) override {
    asked.push_back(request);
    shown.emplace_back(picture.width, picture.height);
    if (broken) return fail(Code::kInternal, "the network broke");
    vision::Recognition seen;
    if (request.labels)
      seen.labels = vision::apply_filter(labels(request.properties.has_value()), *request.labels);
    if (request.properties) seen.properties = properties(request.properties->max_colors);
    if (request.faces) seen.faces = faces(*request.faces);
    if (request.text) seen.text = vision::testing::two_words();
    if (request.moderation) seen.moderation = moderation(request.moderation->min_confidence);
    if (request.equipment) seen.equipment = persons;
    return seen;
  }
  int useful_side() const override { return 448; }
  vision::ModelVersions model_versions() const override {
    return {.labels = "3.0", .faces = "7.1", .text = "3.1", .moderation = "7.2", .equipment = "1.1"};
  }

  bool broken = false;
  std::vector<vision::Request> asked;
  std::vector<std::pair<int, int>> shown;  // width, height
  // Largest first. Attributes, and embeddings, come as far as they are asked for.
  std::vector<vision::Face> face_list{vision::testing::plain_face()};
  std::vector<vision::ProtectedPerson> persons{gloved_person()};

 private:
  static std::vector<vision::Label> labels(bool colors) {
    std::vector<vision::Label> list{
        {.name = "Animal", .confidence = 99.5, .categories = {"Animals and Pets"}},
        {.name = "Cat",
         .confidence = 98.25,
         .instances = {{.box = {.left = 0.1, .top = 0.2, .width = 0.3, .height = 0.4}, .confidence = 98.25}},
         .parents = {"Animal"},
         .categories = {"Animals and Pets"}},
        {.name = "Dog", .confidence = 10, .parents = {"Animal"}, .categories = {"Animals and Pets"}}};
    if (colors) list[1].instances[0].colors = vision::testing::region(79, 0).colors;
    return list;
  }

  static vision::ImageProperties properties(std::size_t max_colors) {
    vision::ImageProperties found{.whole = vision::testing::region(79, 40),
                                  .foreground = vision::testing::region(0, 50),
                                  .background = vision::testing::region(255, 60)};
    for (vision::RegionProperties* region : {&found.whole, &*found.foreground, &*found.background}) {
      if (region->colors.size() > max_colors) region->colors.resize(max_colors);
    }
    return found;
  }

  std::vector<vision::Face> faces(const vision::FaceRequest& request) const {
    std::vector<vision::Face> found = face_list;
    if (found.size() > request.max_faces) found.resize(request.max_faces);
    for (vision::Face& face : found) {
      vision::testing::add_attributes(face, request.attributes);
      if (!request.embeddings) face.embedding.clear();
    }
    return found;
  }

  static vision::Moderation moderation(double min_confidence) {
    vision::Moderation found{.content_types = {{.name = "Illustrated Content", .confidence = 75.5}}};
    for (const vision::ModerationLabel& label :
         {vision::ModerationLabel{.name = "Violence", .parent = "", .level = 1, .confidence = 70},
          vision::ModerationLabel{.name = "Weapons", .parent = "Violence", .level = 2, .confidence = 70},
          vision::ModerationLabel{.name = "Alcohol", .parent = "", .level = 1, .confidence = 30}}) {
      if (label.confidence >= min_confidence) found.labels.push_back(label);
    }
    return found;
  }

  // Both hands gloved, the left one surely; the face bare.
  static vision::ProtectedPerson gloved_person() {
    auto glove = [](double confidence) {
      return vision::Equipment{.type = vision::EquipmentType::kHandCover,
                               .box = {.left = 0.3, .top = 0.4, .width = 0.1, .height = 0.1},
                               .confidence = confidence,
                               .covers_part = {.value = true, .confidence = 95}};
    };
    return {
        .id = 0,
        .box = {.left = 0.1, .top = 0.1, .width = 0.5, .height = 0.8},
        .confidence = 99,
        .parts = {{.type = vision::BodyPartType::kFace, .confidence = 98},
                  {.type = vision::BodyPartType::kLeftHand, .confidence = 97, .equipment = {glove(96)}},
                  {.type = vision::BodyPartType::kRightHand, .confidence = 97, .equipment = {glove(80)}}}};
  }
};

}  // namespace eyrie::api::testing
