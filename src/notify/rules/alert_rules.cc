#include "notify/rules/alert_rules.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "store/record_json.h"
#include "vision/faces/similarity.h"

namespace eyrie::notify::rules {
namespace {

using What = AlertRule::What;

constexpr const char* kKind = "notify.rule";
constexpr std::size_t kMaxRules = 1000;
constexpr std::size_t kMaxMatches = 20;  // told of one picture
constexpr std::size_t kNearest = 5;      // of each face
constexpr int kDecimals = 4;

bool same_name(std::string_view a, std::string_view b) { return lower_case(a) == lower_case(b); }

const char* type_name(What what) {
  switch (what) {
    case What::kLabel:
      return "Label";
    case What::kModeration:
      return "ModerationLabel";
    case What::kFace:
      return "Face";
    default:
      return "Text";
  }
}

json::object named(const AlertRule& rule, std::string_view name, double confidence) {
  return {{"Type", type_name(rule.what)}, {"Name", name}, {"Confidence", rounded(confidence, kDecimals)}};
}

topics::Publication publication_of(const AlertRule& rule, const Picture& picture, json::array matches) {
  const json::object message{{"AlertRule", rule.name},
                             {"Bucket", picture.bucket},
                             {"Key", picture.key},
                             {"ImageID", picture.image_id},
                             {"S3_Result_Link", picture.result_link},
                             {"UploadTimestamp", picture.time_ms / 1000},
                             {"Matches", std::move(matches)}};
  return {.subject = "Alert: " + rule.name,
          .texts = {{"default", write_json(message)}},
          .attributes = {{"rule", {.type = "String", .value = rule.name}}, {"type", {.type = "String", .value = type_name(rule.what)}}},
          .trace = picture.trace};
}

}  // namespace

json::array matches_in(const AlertRule& rule, const vision::Recognition& seen) {
  json::array matches;
  const auto add = [&](json::object match) {
    if (matches.size() < kMaxMatches) matches.push_back(std::move(match));
  };
  if (rule.what == What::kLabel && seen.labels) {
    for (const vision::Label& label : *seen.labels) {
      const bool is = same_name(label.name, rule.sought) || std::ranges::any_of(label.aliases, [&](const std::string& alias) { return same_name(alias, rule.sought); });
      if (is && vision::reaches(label.confidence, rule.threshold)) add(named(rule, label.name, label.confidence));
    }
  }
  if (rule.what == What::kModeration && seen.moderation) {
    for (const vision::ModerationLabel& label : seen.moderation->labels) {
      if (same_name(label.name, rule.sought) && vision::reaches(label.confidence, rule.threshold)) add(named(rule, label.name, label.confidence));
    }
  }
  const bool of_text = rule.what == What::kTextContains || rule.what == What::kTextMatches;
  if (of_text && seen.text) {
    const std::string sought = lower_case(rule.sought);
    for (const vision::TextDetection& line : *seen.text) {
      if (line.type != vision::TextType::kLine || !vision::reaches(line.confidence, rule.threshold)) continue;
      const bool is = rule.expression ? re2::RE2::PartialMatch(line.text, *rule.expression) : lower_case(line.text).contains(sought);
      if (is) add(named(rule, line.text, line.confidence));
    }
  }
  return matches;
}

Result<std::unique_ptr<AlertRules>> AlertRules::open(store::RecordStore& records, topics::Topics& topics, store::FaceStore& faces, const std::vector<std::string>& configured) {
  std::unique_ptr<AlertRules> opened(new AlertRules(records, topics, faces));
  EYRIE_TRY(const auto kept, records.records(kKind));
  for (const store::Record& record : kept) {
    EYRIE_TRY(const json::object object, store::object_of(record, "alert rule"));
    EYRIE_TRY(opened->rules_[record.name], parse_rule(record.name, object));
  }
  for (const std::string& text : configured) {
    EYRIE_TRY(const json::value parsed, parse_json(text));
    auto rule = parsed.is_object() ? parse_rule("", parsed.get_object()) : fail(Code::kInvalidArgument, "it is no table");
    if (!rule) return fail(Code::kInvalidArgument, "an alert rule of the settings: " + rule.error().message);
    rule->configured = true;
    const std::string name = rule->name;
    opened->rules_[name] = std::move(*rule);
  }
  return opened;
}

std::vector<AlertRule> AlertRules::rules() const {
  const std::shared_lock lock(mutex_);
  std::vector<AlertRule> rules;
  for (const auto& [name, rule] : rules_) rules.push_back(rule);
  return rules;
}

Result<AlertRule> AlertRules::rule(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = rules_.find(name);
  if (found == rules_.end()) return fail(Code::kNotFound, "There is no alert rule of this name.");
  return found->second;
}

Status AlertRules::put(const AlertRule& rule) {
  const std::lock_guard changing(change_mutex_);
  const auto there = this->rule(rule.name);
  if (there && there->configured) return fail(Code::kFailedPrecondition, "This rule is one of the settings.");
  if (!there && rules().size() >= kMaxRules) return fail(Code::kTooLarge, "There are 1,000 rules already.");
  EYRIE_CHECK_OK(topics_.topic(rule.topic));
  EYRIE_CHECK_OK(records_.apply({{.kind = kKind, .name = rule.name, .value = write_json(rule_json(rule))}}));
  const std::unique_lock lock(mutex_);
  rules_[rule.name] = rule;
  return {};
}

Status AlertRules::remove(const std::string& name) {
  const std::lock_guard changing(change_mutex_);
  EYRIE_TRY(const AlertRule there, rule(name));
  if (there.configured) return fail(Code::kFailedPrecondition, "This rule is one of the settings.");
  EYRIE_CHECK_OK(records_.apply({{.kind = kKind, .name = name, .value = std::nullopt}}));
  const std::unique_lock lock(mutex_);
  rules_.erase(name);
  return {};
}

Status AlertRules::test(const std::string& name) {
  EYRIE_TRY(const AlertRule tried, rule(name));
  json::array matches;
  json::object match = named(tried, tried.sought, 100);
  match["Test"] = true;
  matches.push_back(std::move(match));
  EYRIE_CHECK_OK(topics_.publish(tried.topic, {publication_of(tried, {.key = "test"}, std::move(matches))}));
  return {};
}

bool AlertRules::watches_faces() const {
  const std::shared_lock lock(mutex_);
  return std::ranges::any_of(rules_, [](const auto& each) { return each.second.enabled && each.second.what == What::kFace; });
}

bool AlertRules::any() const {
  const std::shared_lock lock(mutex_);
  return std::ranges::any_of(rules_, [](const auto& each) { return each.second.enabled; });
}

Result<json::array> AlertRules::faces_of(const AlertRule& rule, const vision::Recognition& seen, const std::string& face_model) const {
  json::array matches;
  for (const vision::Face& face : seen.faces.value_or(std::vector<vision::Face>())) {
    if (face.embedding.empty()) continue;
    EYRIE_TRY(const store::VectorCode vector, faces_.vector(rule.sought, face_model, face.embedding));
    EYRIE_TRY(const auto near, faces_.nearest_faces(rule.sought, vector, kNearest, vision::cosine_of_similarity(rule.threshold)));
    for (const auto& found : near) {
      if (matches.size() == kMaxMatches) return matches;
      json::object match{{"Type", "Face"}, {"Collection", rule.sought}, {"FaceId", found.entry.id}, {"Similarity", rounded(vision::similarity_of_cosine(found.cosine), kDecimals)}};
      if (!found.entry.external_image_id.empty()) match["ExternalImageId"] = found.entry.external_image_id;
      if (!found.entry.user.empty()) match["UserId"] = found.entry.user;
      matches.push_back(std::move(match));
    }
  }
  return matches;
}

Result<json::array> AlertRules::matches_of(const AlertRule& rule, const vision::Recognition& seen, const std::string& face_model) const {
  if (rule.what != What::kFace) return matches_in(rule, seen);
  auto matches = faces_of(rule, seen, face_model);
  if (matches) return matches;
  const Code code = matches.error().code;
  if (code != Code::kNotFound && code != Code::kUnsupported && code != Code::kInvalidArgument) return matches;
  log_warning("an alert rule's collection cannot be searched", {{"rule", rule.name}, {"collection", rule.sought}, {"error", matches.error().message}});
  return json::array();
}

Status AlertRules::raise(const Picture& picture, const vision::Recognition& seen, const std::string& face_model) {
  for (const AlertRule& rule : rules()) {
    if (!rule.enabled) continue;
    EYRIE_TRY(json::array matches, matches_of(rule, seen, face_model));
    if (matches.empty()) continue;
    const store::Once once{.subject = "alert\n" + rule.name + "\n" + picture.sequencer + "\n" + picture.bucket + "\n" + picture.key,
                           .speaker = "alert\n" + rule.name,
                           .quiet_ms = rule.quiet_s * 1000};
    const auto published = topics_.publish(rule.topic, {publication_of(rule, picture, std::move(matches))}, once);
    if (published) {
      if (!published->empty()) log_info("alert", {{"rule", rule.name}, {"topic", rule.topic}, {"bucket", picture.bucket}, {"key", picture.key}});
      continue;
    }
    if (published.error().code != Code::kNotFound) return fail(published.error());
    log_warning("an alert rule's topic is not there", {{"rule", rule.name}, {"topic", rule.topic}});
  }
  return {};
}

}  // namespace eyrie::notify::rules
