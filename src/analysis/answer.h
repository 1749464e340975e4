// Recognition results in the shapes of Rekognition's answers (AWS service description `rekognition`,
// 2016-06-27), one source for each kind (answer_faces.cc, answer_text.cc, ...). The API, the upload's result
// file and `eyrie analyze --json` use the same shapes. Members are absent where the result has nothing to
// say; lists are empty where nothing was found. Numbers: answer_parts.h. Thread-safe: pure functions.
#pragma once

#include "analysis/analyze.h"
#include "base/json.h"
#include "vision/recognizer.h"

namespace eyrie::analysis {

// {"Labels":[{Name, Confidence, Instances:[{BoundingBox, Confidence, DominantColors (where known)}],
// Parents:[{Name}], Aliases:[{Name}], Categories:[{Name}]}], "LabelModelVersion":"…"}
json::object detect_labels_answer(const std::vector<vision::Label>& labels, const std::string& model_version);

// DetectLabels' ImageProperties: {Quality:{Brightness, Sharpness, Contrast}, DominantColors:[…],
// Foreground:{Quality, DominantColors}, Background:{…}}. Every region is there; one that the picture does not
// have is empty.
json::object properties_answer(const vision::ImageProperties& properties);
// [{Red, Blue, Green, HexCode:"#2f4f4f", CSSColor, SimplifiedColor, PixelPercent}]
json::array colors_answer(const std::vector<vision::DominantColor>& colors);

// FaceDetail, with the attributes that the face was asked for. `all`: every landmark; else the eyes, the nose
// and the corners of the mouth, as Rekognition answers unless Attributes says ALL.
json::object face_detail(const vision::Face& face, bool all);
// ComparedFace, as CompareFaces and RecognizeCelebrities show a face; Emotions and Smile where they were
// asked for.
json::object compared_face(const vision::Face& face);
// {"FaceDetails":[…]}
json::object detect_faces_answer(const std::vector<vision::Face>& faces, bool all);

// {DetectedText, Type, Id, ParentId (of a word), Confidence, Geometry:{BoundingBox, Polygon}}
json::object text_detection(const vision::TextDetection& text);
// {"TextDetections":[…], "TextModelVersion":"…"}
json::object detect_text_answer(const std::vector<vision::TextDetection>& texts,
                                const std::string& model_version);

// Of the taxonomy, whatever networks stand behind it: what programs key their label lists on.
inline constexpr std::string_view kModerationModelVersion = "7.0";
// {"ModerationLabels":[{Confidence, Name, ParentName, TaxonomyLevel}], "ModerationModelVersion":"7.0",
// "ContentTypes":[{Confidence, Name}]}
json::object moderation_answer(const vision::Moderation& moderation);

std::string_view equipment_name(vision::EquipmentType type);  // "FACE_COVER"
std::string_view body_part_name(vision::BodyPartType type);   // "LEFT_HAND"
// {"ProtectiveEquipmentModelVersion":"…", "Persons":[{BodyParts:[{Name, Confidence,
// EquipmentDetections:[{BoundingBox, Confidence, Type, CoversBodyPart:{Value, Confidence}}]}], BoundingBox,
// Confidence, Id}]}
json::object equipment_answer(const std::vector<vision::ProtectedPerson>& persons,
                              const std::string& model_version);

// EXIF as a flat object of what is known; empty where nothing is.
json::object exif_answer(const image::Exif& exif);

// One line of `eyrie analyze --json` and the file under processed/: {"Image":{...}, "DetectLabels":{...}, "ImageProperties":{...},
// "DetectFaces":{...}, "DetectText":{...}, "DetectModerationLabels":{...}, "Exif":{...}}: each part in the shape of its
// Rekognition answer, absent where it was not asked for.
json::object analysis_answer(const Analysis& analysis);

}  // namespace eyrie::analysis
