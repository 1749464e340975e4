#include "analysis/analyze_image.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"
#include "store/embedded.h"

namespace eyrie::analysis {
namespace {

// 100x90 and 60x90 pixels of plain red.
constexpr std::string_view kRed =
    "iVBORw0KGgoAAAANSUhEUgAAAGQAAABaCAIAAADB8GTeAAAAk0lEQVR42u3QQREAAAQAMATRP4pYKni7LcJyuoObUiBLlixZsmQpkCVLlixZshTIki"
    "VLlixZCmTJkiVLliwFsmTJkiVLlgJZsmTJkiVLgSxZsmTJkqVAlixZsmTJUiBLlixZsmQpkCVLlixZshTIkiVLlixZCmTJkiVLliwFsmTJkiVLlgJZ"
    "smTJkiVLgSxZsmT9tB4PAbhr54OaAAAAAElFTkSuQmCC";
constexpr std::string_view kTooSmall =
    "iVBORw0KGgoAAAANSUhEUgAAADwAAABaCAIAAABrM6JiAAAAX0lEQVR42u3OAQ0AAAgDIDWI/aMYyxzfIAF9u5VmKpC0tLS0tLS0tLS0tLS0tLS0tL"
    "S0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLR0dvoBQtkBuNMPiKwAAAAASUVORK5CYII=";

class FakeRecognizer final : public vision::Recognizer {
 public:
  Result<vision::Recognition> recognize(const image::Image&, const vision::Request&) override {
    ++calls;
    if (failures-- > 0) return fail(Code::kUnavailable, "models are away");
    return vision::Recognition{.labels = std::vector<vision::Label>{{.name = "Car", .confidence = 95}}};
  }
  int useful_side() const override { return 1024; }
  vision::ModelVersions model_versions() const override { return {.labels = "test"}; }

  int calls = 0;
  int failures = 0;
};

class AnalyzeImageTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("eyrie-" + uuid_v4());
    auto store = store::EmbeddedStore::open({.directory = directory_});
    ASSERT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
    ASSERT_TRUE(store_->objects().create_bucket("images"));
    ASSERT_TRUE(store_->items().create_table(record_table()));
    ASSERT_TRUE(store_->set_rules("images", {{.bucket = "images", .function = "analyze-image",
                                              .events = {"ObjectCreated:*"}, .prefixes = {"uploads/"}}}));
    function_.emplace(AnalyzeImageOptions{.min_confidence = 80, .max_bytes = 1 << 20}, store_->objects(),
                      store_->items(), recognizer_);
  }
  void TearDown() override {
    function_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void upload(const std::string& key, ByteView bytes) {
    auto writer = store_->objects().begin_put("images", key);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(bytes));
    store::PutCommit commit;
    commit.by.request_id = "r";
    ASSERT_TRUE((*writer)->commit(commit));
  }
  void upload_base64(const std::string& key, std::string_view text) { upload(key, *base64_decode(text)); }

  store::Event next_event() {
    auto event = store_->events().lease(std::chrono::minutes(1));
    EXPECT_TRUE(event && *event);
    if (!event || !*event) return {};
    EXPECT_TRUE(store_->events().acknowledge((*event)->id));
    return **event;
  }
  std::vector<store::Item> records() {
    auto page = store_->items().scan(std::string(kRecordTable), {});
    return page ? page->items : std::vector<store::Item>{};
  }

  std::filesystem::path directory_;
  std::unique_ptr<store::EmbeddedStore> store_;
  FakeRecognizer recognizer_;
  std::optional<AnalyzeImage> function_;
};

TEST_F(AnalyzeImageTest, CompletesAndASecondDeliveryChangesNothing) {
  upload_base64("uploads/a b+ü.png", kRed);
  const store::Event event = next_event();
  ASSERT_TRUE(function_->invoke(event));
  const auto first = records();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(record_status(first[0]), "COMPLETED");
  EXPECT_EQ(json::value(first[0]).at("Key").at("S").as_string(), "uploads/a b+ü.png");
  auto object = store_->objects().head("images", "uploads/a b+ü.png");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->tags["status"], "analyzed");
  EXPECT_TRUE(store_->objects().head("images", result_key(image_id("images", "uploads/a b+ü.png"))));

  ASSERT_TRUE(function_->invoke(event));
  EXPECT_EQ(records(), first);
  EXPECT_EQ(recognizer_.calls, 1);
}

TEST_F(AnalyzeImageTest, TheRecordKnowsTheContentAlsoWhereTheUploadToldNoDigest) {
  upload_base64("uploads/a.png", kRed);
  ASSERT_TRUE(function_->invoke(next_event()));
  const auto digest = [this] { return json::value(records().at(0)).at("ContentSHA256").at("S").as_string(); };
  EXPECT_EQ(digest(), base64_encode(crypto::sha256(*base64_decode(kRed))));
  upload_base64("uploads/a.png", kTooSmall);  // fails, and is known all the same
  ASSERT_TRUE(function_->invoke(next_event()));
  EXPECT_EQ(digest(), base64_encode(crypto::sha256(*base64_decode(kTooSmall))));
}

// Where tags invoke the function, its own must not do so without end.
TEST_F(AnalyzeImageTest, ItsTagComesOnceWhateverInvokesIt) {
  ASSERT_TRUE(store_->set_rules("images", {{.bucket = "images", .function = "analyze-image", .events = {"ObjectTagging:*"}}}));
  upload_base64("a.png", kRed);
  ASSERT_TRUE(store_->objects().set_tags("images", "a.png", "", {{"mine", "1"}}));
  ASSERT_TRUE(function_->invoke(next_event()));
  EXPECT_EQ(records().size(), 1U) << "tagging a picture that has no record has it analyzed";
  ASSERT_TRUE(function_->invoke(next_event()));
  EXPECT_EQ(store_->events().depth()->ready, 0U) << "its own tag invokes it once more, and that ends it";
  EXPECT_EQ(recognizer_.calls, 1);
  EXPECT_EQ(store_->objects().head("images", "a.png")->tags, (store::StringMap{{"mine", "1"}, {"status", "analyzed"}}));
  ASSERT_TRUE(store_->objects().delete_tags("images", "a.png"));
  ASSERT_TRUE(store_->objects().remove("images", "a.png"));
  ASSERT_TRUE(function_->invoke(next_event())) << "of an object that is gone";
}

class NoTargets final : public notify::topics::Targets {
 public:
  Status check_queue(const std::string&) const override { return {}; }
  Status check_function(const std::string&) const override { return {}; }
  Status send(const std::string&, const std::string&, const notify::topics::Attributes&, const notify::topics::Sender&) const override { return {}; }
  Status invoke(const std::string&, const std::string&, const std::string&, const notify::topics::Sender&) const override { return {}; }
};

TEST_F(AnalyzeImageTest, AlertsThatADeathCutOffAreMadeUpForAndOthersAreNotRepeated) {
  const NoTargets targets;
  auto topics = notify::topics::Topics::open(store_->records(), store_->outbox(), targets, false);
  ASSERT_TRUE(topics && (*topics)->create("detections", [](notify::topics::Topic&, bool) { return Status(); }));
  ASSERT_TRUE((*topics)->subscribe({.topic = "detections", .protocol = "sqs", .endpoint = "arn:aws:sqs:us-east-1:000000000000:q"}));
  auto rules = notify::rules::AlertRules::open(store_->records(), **topics, store_->faces(), {R"({"name": "cars", "when": {"label": "Car"}})"});
  ASSERT_TRUE(rules);
  AnalyzeImage with_rules({.min_confidence = 80, .max_bytes = 1 << 20}, store_->objects(), store_->items(), recognizer_, rules->get());
  const auto told = [&] { return store_->outbox().pending().value(); };

  upload_base64("uploads/a.png", kRed);
  const store::Event event = next_event();
  ASSERT_TRUE(with_rules.invoke(event));
  ASSERT_TRUE(with_rules.invoke(event));
  EXPECT_EQ(told(), 1U);
  EXPECT_EQ(recognizer_.calls, 1);
  // As if the process had died after the alert, before the tag: it is looked at again, and not told again.
  ASSERT_TRUE(store_->objects().set_tags("images", "uploads/a.png", "", {}));
  ASSERT_TRUE(with_rules.invoke(event));
  EXPECT_EQ(told(), 1U);
  EXPECT_EQ(recognizer_.calls, 2);
  // As if it had died between the record and the alert.
  upload_base64("uploads/b.png", kRed);
  const store::Event cut_off = next_event();
  ASSERT_TRUE(function_->invoke(cut_off));
  ASSERT_TRUE(store_->objects().set_tags("images", "uploads/b.png", "", {}));
  EXPECT_EQ(told(), 1U);
  ASSERT_TRUE(with_rules.invoke(cut_off));
  EXPECT_EQ(told(), 2U);
  EXPECT_EQ(store_->objects().head("images", "uploads/b.png")->tags["status"], "analyzed");
}

TEST_F(AnalyzeImageTest, WhatIsNoPictureFailsAtOnceWithTheReason) {
  upload("uploads/text.jpg", as_bytes("just words"));
  ASSERT_TRUE(function_->invoke(next_event()));
  upload_base64("uploads/small.png", kTooSmall);
  ASSERT_TRUE(function_->invoke(next_event()));
  upload("uploads/big.png", Bytes((1 << 20) + 1));
  ASSERT_TRUE(function_->invoke(next_event()));
  const auto all = records();
  ASSERT_EQ(all.size(), 3U);
  for (const store::Item& record : all) {
    EXPECT_EQ(record_status(record), "FAILED");
    EXPECT_FALSE(json::value(record).at("Error").at("S").as_string().empty());
  }
  EXPECT_EQ(recognizer_.calls, 0);
}

TEST_F(AnalyzeImageTest, AnOverwriteReplacesTheRecord) {
  upload_base64("uploads/a.png", kRed);
  ASSERT_TRUE(function_->invoke(next_event()));
  upload("uploads/a.png", as_bytes("no longer a picture"));
  ASSERT_TRUE(function_->invoke(next_event()));
  const auto all = records();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(record_status(all[0]), "FAILED");
}

TEST_F(AnalyzeImageTest, AnOldEventAfterANewOneChangesNothing) {
  upload("uploads/a.png", as_bytes("first"));
  const store::Event old_event = next_event();
  upload_base64("uploads/a.png", kRed);
  ASSERT_TRUE(function_->invoke(next_event()));
  ASSERT_TRUE(function_->invoke(old_event));
  const auto all = records();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(record_status(all[0]), "COMPLETED");
}

TEST_F(AnalyzeImageTest, ADeletedUploadLeavesNoRecord) {
  upload_base64("uploads/a.png", kRed);
  const store::Event event = next_event();
  ASSERT_TRUE(store_->objects().remove("images", "uploads/a.png"));
  ASSERT_TRUE(function_->invoke(event));
  EXPECT_TRUE(records().empty());
}

TEST_F(AnalyzeImageTest, AFailingModelIsReturnedForRetryThenGivenUp) {
  recognizer_.failures = 1;
  upload_base64("uploads/a.png", kRed);
  const store::Event event = next_event();
  const Status outcome = function_->invoke(event);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kUnavailable);
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(record_status(records()[0]), "PENDING");
  ASSERT_TRUE(function_->give_up(event, outcome.error()));
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(record_status(records()[0]), "FAILED");
}

TEST_F(AnalyzeImageTest, RefusesEventsThatAreNoS3Records) {
  for (const char* payload : {"", "{}", "[]", R"({"Records":[]})", R"({"Records":[{"s3":{}}]})",
                              R"({"Records":[{"eventTime":"x","s3":{"bucket":{"name":"b"},"object":{"key":"%","sequencer":"1"}}}]})"}) {
    store::Event event;
    event.payload = payload;
    EXPECT_FALSE(function_->invoke(event)) << payload;
    EXPECT_TRUE(function_->give_up(event, {Code::kInternal, "x"})) << payload;
  }
}

}  // namespace
}  // namespace eyrie::analysis
