#include "analysis/record.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace eyrie::analysis {
namespace {

Upload street() {
  return {.bucket = "images", .key = "uploads/street.jpg", .sequencer = "0A", .time_ms = 1'764'000'000'500,
          .request_id = "r1"};
}

vision::Label label(std::string name, double confidence, std::vector<std::string> parents = {}) {
  return {.name = std::move(name), .confidence = confidence, .parents = std::move(parents), .categories = {"Things"}};
}

TEST(ImageId, IsTheKeysUuidOrMadeFromTheKey) {
  EXPECT_EQ(image_id("images", "uploads/0B5C1F9E-0000-4000-8000-00000000000A.jpg"),
            "0b5c1f9e-0000-4000-8000-00000000000a");
  const std::string id = image_id("images", "uploads/street.jpg");
  EXPECT_TRUE(is_uuid(id)) << id;
  EXPECT_EQ(id, image_id("images", "uploads/street.jpg"));
  EXPECT_NE(id, image_id("images", "uploads/street2.jpg"));
  EXPECT_NE(id, image_id("image", "s/uploads/street.jpg"));
  EXPECT_TRUE(is_uuid(image_id("images", "")));
}

TEST(Record, TellsItsTrace) {
  Upload upload = street();
  EXPECT_FALSE(pending_record(upload).contains("TraceID"));
  upload.trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 - 1764000000500 request s3:PutObject";
  for (const store::Item& record : {pending_record(upload), failed_record(upload, {Code::kCorrupt, "no"}, 1), completed_record(upload, {}, 1, 0)})
    EXPECT_EQ(json::value(record).at("TraceID").at("S").as_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(Record, CompletedHoldsWhatTheContractSays) {
  Analysis analysis;
  analysis.header = {.format = image::Format::kJpeg, .width = 640, .height = 480};
  analysis.bytes = 1234;
  analysis.seen.labels = std::vector<vision::Label>{label("Car", 97.123456, {"Vehicle", "Transportation"}), label("Transportation", 97.1),
                     label("Vehicle", 97.1, {"Transportation"}), label("Person", 91)};
  (*analysis.seen.labels)[0].instances.push_back({.box = {.left = 0.1, .top = 0.2, .width = 0.3, .height = 0.4}, .confidence = 97.1});
  analysis.exif.make = "Canon";
  analysis.exif.gps = image::GpsPosition{.latitude = 43.5, .longitude = -11.25};
  const store::Item record = completed_record(street(), analysis, 12.34, 30);

  const json::value value(record);
  EXPECT_EQ(value.at("ImageID").at("S").as_string(), image_id("images", "uploads/street.jpg"));
  EXPECT_EQ(value.at("UploadTimestamp").at("N").as_string(), "1764000000");
  EXPECT_EQ(value.at("ProcessingStatus").at("S").as_string(), "COMPLETED");
  EXPECT_EQ(value.at("S3_URL").at("S").as_string(), "s3://images/uploads/street.jpg");
  EXPECT_EQ(value.at("ExpiresAt").at("N").as_string(), "1766592000");
  EXPECT_EQ(value.at("DurationMs").at("N").as_string(), "12.3");
  const json::value& car = value.at("Labels").at("L").at(0).at("M");
  EXPECT_EQ(car.at("Name").at("S").as_string(), "Car");
  EXPECT_EQ(car.at("Confidence").at("N").as_string(), "97.1235");
  EXPECT_EQ(car.at("Parents").at("L").at(0).at("S").as_string(), "Vehicle");
  EXPECT_EQ(car.at("Instances").at("L").at(0).at("M").at("Left").at("N").as_string(), "0.1");
  EXPECT_EQ(value.at("Exif").at("M").at("GPS").at("M").at("Longitude").at("N").as_string(), "-11.25");
  EXPECT_EQ(value.at("ImageProperties").at("M").at("Width").at("N").as_string(), "640");
}

TEST(Record, SummaryNamesConcreteThingsFirstInLowerCase) {
  Analysis analysis;
  analysis.seen.labels = std::vector<vision::Label>{label("Transportation", 97), label("Vehicle", 97, {"Transportation"}),
                     label("Car", 97, {"Vehicle", "Transportation"}), label("Person", 91)};
  const json::value value(completed_record(street(), analysis, 1, 0));
  std::vector<std::string> names;
  for (const json::value& name : value.at("Detection_Summary").at("L").as_array()) {
    names.emplace_back(name.at("S").as_string());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"car", "person", "transportation", "vehicle"}));
  EXPECT_EQ(value.as_object().if_contains("ExpiresAt"), nullptr);
}

TEST(Record, FailedSaysWhy) {
  const store::Item record = failed_record(street(), {Code::kUnsupported, "not a picture"}, 1);
  EXPECT_EQ(record_status(record), "FAILED");
  EXPECT_EQ(record_sequencer(record), "0A");
  EXPECT_EQ(json::value(record).at("Error").at("S").as_string(), "Unsupported: not a picture");
  EXPECT_EQ(record_key(record).size(), 2U);
}

}  // namespace
}  // namespace eyrie::analysis
