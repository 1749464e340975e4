#include "notify/rules/alert_rules.h"

#include <gmock/gmock.h>

#include "notify/topics/deliverer.h"
#include "notify/topics/testing.h"
#include "store/faces/testing.h"

namespace eyrie::notify::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using topics::testing::NoTargets;

AlertRule rule_of(const char* text) {
  auto rule = parse_rule("", parse_json(text)->get_object());
  EXPECT_TRUE(rule) << text << ": " << rule.error().message;
  return rule ? *rule : AlertRule();
}

std::vector<std::string> names(const json::array& matches) {
  std::vector<std::string> names;
  for (const json::value& match : matches) names.push_back(text_of(match.get_object(), "Name"));
  return names;
}

vision::Recognition seen() {
  vision::Recognition seen;
  seen.labels = {{.name = "Cat", .confidence = 91.5, .aliases = {"Kitty"}}, {.name = "Animal", .confidence = 91.5}, {.name = "Dog", .confidence = 60}};
  seen.moderation.emplace().labels = {{.name = "Weapons", .parent = "Violence", .level = 2, .confidence = 85}};
  seen.text = {{.text = "Plate ABC-123", .type = vision::TextType::kLine, .confidence = 95}, {.text = "ABC-123", .type = vision::TextType::kWord, .confidence = 95}};
  return seen;
}

TEST(AlertRuleTest, WhatMatches) {
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"label": "cAT"}})"), seen())), ElementsAre("Cat"));
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"label": "kitty"}})"), seen())), ElementsAre("Cat"));
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"label": "Dog"}})"), seen())), IsEmpty());
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"label": "Dog"}, "threshold": 60})"), seen())), ElementsAre("Dog"));
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"label": "Ca"}})"), seen())), IsEmpty());
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"moderation": "weapons"}})"), seen())), ElementsAre("Weapons"));
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"moderation": "weapons"}, "threshold": 85.1})"), seen())), IsEmpty());
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"text": {"contains": "abc"}}})"), seen())), ElementsAre("Plate ABC-123"));
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"text": {"matches": "[A-Z]{3}-\\d+$"}}})"), seen())), ElementsAre("Plate ABC-123"));
  EXPECT_THAT(names(matches_in(rule_of(R"({"name": "r", "when": {"text": {"matches": "^ABC"}}})"), seen())), IsEmpty());
  EXPECT_THAT(matches_in(rule_of(R"({"name": "r", "when": {"label": "cat"}})"), vision::Recognition()), IsEmpty());
}

TEST(AlertRuleTest, RefusalsAndBack) {
  for (const char* wrong : {"{}", R"({"name": "r"})", R"({"name": "R", "when": {"label": "x"}})", R"({"name": "r", "when": {"label": ""}})", R"({"name": "r", "when": {"label": "x", "face": "y"}})",
                            R"({"name": "r", "when": {"text": "x"}})", R"({"name": "r", "when": {"text": {"matches": "(a"}}})", R"({"name": "r", "when": {"text": {"matches": "(?=a)b"}}})",
                            R"({"name": "r", "when": {"label": "x"}, "threshold": 101})", R"({"name": "r", "when": {"label": "x"}, "quiet_seconds": -1})",
                            R"({"name": "r", "when": {"label": "x"}, "topic": "a b"})", R"({"name": "r", "when": {"label": "x"}, "colour": 1})", R"({"name": "r", "when": {"label": "x"}, "enabled": 1})"})
    EXPECT_FALSE(parse_rule("", parse_json(wrong)->get_object())) << wrong;
  EXPECT_FALSE(parse_rule("other", parse_json(R"({"name": "r", "when": {"label": "x"}})")->get_object()));
  for (const char* text : {R"({"name":"r","topic":"t","when":{"face":"staff"},"threshold":99,"quiet_seconds":5,"enabled":false})",
                           R"({"name":"r","topic":"detections","when":{"text":{"matches":"a+b"}},"threshold":80,"quiet_seconds":0,"enabled":true})"})
    EXPECT_EQ(write_json(rule_json(rule_of(text))), text);
}

class AlertRulesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    start();
    ASSERT_TRUE(topics_->create("detections", [](topics::Topic&, bool) { return Status(); }));
    const auto subscribed = topics_->subscribe({.topic = "detections", .protocol = "sqs", .endpoint = "arn:aws:sqs:us-east-1:000000000000:q"});
    ASSERT_TRUE(subscribed);
    subscriber_ = subscribed->subscription->id;
  }
  void start(const std::vector<std::string>& configured = {}) {
    rules_.reset();
    topics_.reset();
    reopen();
    topics_ = std::move(*topics::Topics::open(store_->records(), store_->outbox(), targets_, false, clock_));
    auto rules = AlertRules::open(store_->records(), *topics_, store_->faces(), configured);
    ASSERT_TRUE(rules) << rules.error().message;
    rules_ = std::move(*rules);
  }
  void put(const char* text) {
    const Status done = rules_->put(rule_of(text));
    ASSERT_TRUE(done) << done.error().message;
  }
  void raise(const std::string& sequencer, const std::string& key = "uploads/a.jpg") {
    const Status done = rules_->raise({.bucket = "images", .key = key, .sequencer = sequencer, .image_id = "id", .time_ms = 5000}, what_, "1.0");
    ASSERT_TRUE(done) << done.error().message;
  }
  // The messages that wait for the subscriber.
  std::vector<json::object> told() {
    std::vector<json::object> told;
    for (const auto& delivery : store_->outbox().due(subscriber_, INT64_MAX, 100, {}).value()) {
      const auto message = topics::read_message(delivery.content);
      told.push_back(parse_json(message->text_for("sqs"))->get_object());
    }
    return told;
  }

  NoTargets targets_;
  vision::Recognition what_ = seen();
  std::string subscriber_;
  std::unique_ptr<topics::Topics> topics_;
  std::unique_ptr<AlertRules> rules_;
};

TEST_F(AlertRulesTest, EachUploadIsToldOfOnce) {
  put(R"({"name": "cats", "when": {"label": "Cat"}})");
  raise("01");
  raise("01");
  start();  // and after a restart
  raise("01");
  ASSERT_EQ(told().size(), 1U);
  EXPECT_EQ(write_json(told()[0]), R"({"AlertRule":"cats","Bucket":"images","Key":"uploads/a.jpg","ImageID":"id","S3_Result_Link":"","UploadTimestamp":5,)"
                                   R"("Matches":[{"Type":"Label","Name":"Cat","Confidence":91.5}]})");
  raise("02");
  raise("02", "uploads/b.jpg");
  EXPECT_EQ(told().size(), 3U);
}

TEST_F(AlertRulesTest, QuietTimeIsOfTheRule) {
  put(R"({"name": "cats", "when": {"label": "Cat"}, "quiet_seconds": 60})");
  put(R"({"name": "animals", "when": {"label": "Animal"}})");
  raise("01");
  clock_.advance_ms(59'999);
  raise("02");
  EXPECT_EQ(told().size(), 3U);  // animals twice
  clock_.advance_ms(1);
  raise("03");
  EXPECT_EQ(told().size(), 5U);
}

TEST_F(AlertRulesTest, KeptChangedConfigured) {
  put(R"({"name": "cats", "when": {"label": "Cat"}})");
  EXPECT_EQ(rules_->put(rule_of(R"({"name": "x", "when": {"label": "Cat"}, "topic": "none"})")).error().code, Code::kNotFound);
  start({R"({"name": "words", "when": {"text": {"contains": "plate"}}, "enabled": false})"});
  ASSERT_EQ(rules_->rules().size(), 2U);
  EXPECT_EQ(rules_->remove("words").error().code, Code::kFailedPrecondition);
  EXPECT_EQ(rules_->put(rule_of(R"({"name": "words", "when": {"label": "Cat"}})")).error().code, Code::kFailedPrecondition);
  raise("01");
  EXPECT_EQ(told().size(), 1U);
  ASSERT_TRUE(rules_->remove("cats"));
  EXPECT_FALSE(rules_->any());
  EXPECT_EQ(rules_->remove("cats").error().code, Code::kNotFound);
  EXPECT_FALSE(AlertRules::open(store_->records(), *topics_, store_->faces(), {R"({"name": "words"})"}));
}

TEST_F(AlertRulesTest, FacesOfACollection) {
  using store::testing::embedding;
  ASSERT_TRUE(store_->faces().create_collection("staff", "1.0", {}));
  put(R"({"name": "staff", "when": {"face": "staff"}, "threshold": 90})");
  EXPECT_TRUE(rules_->watches_faces());
  const auto added = store_->faces().add_faces("staff", store::testing::picture("p", {embedding(1)}, "ana"));
  ASSERT_TRUE(added) << added.error().message;
  what_.faces.emplace().push_back({.embedding = embedding(2)});
  raise("01");
  EXPECT_THAT(told(), IsEmpty());
  what_.faces->push_back({.embedding = embedding(1)});
  raise("02");
  ASSERT_EQ(told().size(), 1U);
  const json::object message = told()[0];
  const json::object& match = message.at("Matches").at(0).get_object();
  EXPECT_EQ(text_of(match, "FaceId"), added->front().id);
  EXPECT_EQ(text_of(match, "ExternalImageId"), "ana");
  // A collection that is gone, or of another model, is no fault of the picture's.
  EXPECT_TRUE(rules_->raise({.bucket = "images", .key = "x", .sequencer = "03"}, what_, "another"));
  ASSERT_TRUE(store_->faces().delete_collection("staff"));
  raise("04");
  EXPECT_EQ(told().size(), 1U);
}

}  // namespace
}  // namespace eyrie::notify::rules
