// IndexFaces: the picture's faces, largest first, as far as they are good enough and wanted, go into the
// collection.
#include "analysis/answer.h"
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "api/rekognition/face_attributes.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/quality_filter.h"
#include "crypto/digest.h"

namespace eyrie::api::rekognition {
namespace {

struct Indexing {
  std::string collection, external_image_id;
  FaceAttributes attributes;
  std::size_t max_faces = 0;
  QualityFilter bar = QualityFilter::kMedium;
};

Field<Indexing> parse_indexing(const json::object& request) {
  Indexing asked;
  EYRIE_TRY(asked.collection, collection_id(request));
  EYRIE_TRY(const auto external, external_image_id(request));
  asked.external_image_id = external.value_or("");
  EYRIE_TRY(asked.attributes, face_attributes(request, "DetectionAttributes", "detectionAttributes"));
  EYRIE_TRY(const auto most, integer_field(request, "MaxFaces", "maxFaces", 1, 2'147'483'647));
  asked.max_faces = static_cast<std::size_t>(most.value_or(2'147'483'647));
  EYRIE_TRY(asked.bar, quality_filter(request, QualityFilter::kMedium));
  return asked;
}

json::object unindexed(const vision::Face& face, const std::vector<std::string_view>& reasons,
                       bool all_landmarks) {
  json::array list;
  for (const std::string_view reason : reasons) list.emplace_back(reason);
  return {{"Reasons", std::move(list)}, {"FaceDetail", analysis::face_detail(face, all_landmarks)}};
}

}  // namespace

JsonResult index_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const Indexing asked, parse_indexing(request));
  EYRIE_TRY(const Bytes bytes, read_image(request, "Image", "image", backend.objects));
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(asked.collection)));
  EYRIE_TRY(const image::Decoded picture, decode_image(bytes, backend.recognizer));
  EYRIE_TRY(
      const vision::Recognition seen,
      recognize(backend, picture.image,
                {.faces = vision::FaceRequest{.attributes = asked.attributes.bits, .embeddings = true}}));
  store::PictureFaces to_add{.model = backend.recognizer.model_versions().faces,
                             .picture = crypto::sha256(bytes),
                             .external_image_id = asked.external_image_id};
  std::vector<const vision::Face*> indexed;
  json::array left_out;
  for (const vision::Face& face : *seen.faces) {
    std::vector<std::string_view> reasons = below_bar(face, picture.header, asked.bar);
    if (reasons.empty() && face.embedding.empty()) reasons.push_back("LOW_FACE_QUALITY");
    if (reasons.empty() && indexed.size() >= asked.max_faces) reasons.push_back("EXCEEDS_MAX_FACES");
    if (!reasons.empty()) {
      left_out.push_back(unindexed(face, reasons, asked.attributes.all_landmarks));
      continue;
    }
    indexed.push_back(&face);
    to_add.faces.push_back({.box = {face.box.left, face.box.top, face.box.width, face.box.height},
                            .confidence = face.confidence,
                            .embedding = face.embedding});
  }
  EYRIE_TRY(const auto stored, told(backend.faces.add_faces(asked.collection, to_add)));
  json::array records;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    records.push_back(
        json::object{{"Face", face_answer(stored[i], collection.model)},
                     {"FaceDetail", analysis::face_detail(*indexed[i], asked.attributes.all_landmarks)}});
  }
  return json::object{{"FaceRecords", std::move(records)},
                      {"FaceModelVersion", collection.model},
                      {"UnindexedFaces", std::move(left_out)}};
}

}  // namespace eyrie::api::rekognition
