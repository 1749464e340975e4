// The alert rules that are there, and what they say of a picture: a message to the rule's topic where it matches.
//
//   rules->raise({.bucket = "images", .key = key, .sequencer = sequencer, ...}, recognition, face_model);
//
// Rules are sealed records, kept in memory; those of the settings are not stored. An alert is bound to upload and rule: however often an upload is looked at, a rule
// speaks of it once, and whether it speaks (or keeps quiet) is decided once, in the transaction that publishes.
//
// The message is JSON: {"AlertRule", "Bucket", "Key", "ImageID", "S3_Result_Link", "UploadTimestamp", "Matches": [{"Type", "Name", "Confidence" or "Similarity", ...}]}, with the
// subject "Alert: NAME" and the attributes `rule` and `type` (Label, ModerationLabel, Face, Text).
// Errors: kNotFound, kInvalidArgument, kTooLarge - 1,000 rules; kFailedPrecondition - a rule of the settings; those of the store. Thread safety: all of it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "notify/rules/alert_rule.h"
#include "notify/topics/topics.h"
#include "store/face_store.h"
#include "vision/recognition/recognition.h"

namespace eyrie::notify::rules {

struct Picture {
  std::string bucket, key, sequencer;
  std::string image_id, result_link;
  std::int64_t time_ms = 0;  // of the upload
  std::string trace = {};    // what sees it (base/trace/trace_cause.h); empty: not told
};

class AlertRules {
 public:
  // All must outlive it. `configured`: those of the settings, each a JSON object.
  static Result<std::unique_ptr<AlertRules>> open(store::RecordStore& records, topics::Topics& topics, store::FaceStore& faces, const std::vector<std::string>& configured);

  std::vector<AlertRule> rules() const;  // by name
  Result<AlertRule> rule(const std::string& name) const;
  Status put(const AlertRule& rule);
  Status remove(const std::string& name);
  // Publishes what the rule would say, of a picture that is none.
  Status test(const std::string& name);

  // Whether any rule that is enabled needs embeddings of faces; and whether there is any.
  bool watches_faces() const;
  bool any() const;
  // Publishes what matches. A topic or collection that is not there is said in the log, and no error: the picture is not at fault.
  Status raise(const Picture& picture, const vision::Recognition& seen, const std::string& face_model);

 private:
  AlertRules(store::RecordStore& records, topics::Topics& topics, store::FaceStore& faces) : records_(records), topics_(topics), faces_(faces) {}

  Result<json::array> matches_of(const AlertRule& rule, const vision::Recognition& seen, const std::string& face_model) const;
  Result<json::array> faces_of(const AlertRule& rule, const vision::Recognition& seen, const std::string& face_model) const;

  store::RecordStore& records_;
  topics::Topics& topics_;
  store::FaceStore& faces_;
  std::mutex change_mutex_;  // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;
  std::map<std::string, AlertRule> rules_;  // guarded by mutex_
};

// What of labels, moderation labels and text matches; faces need a collection.
json::array matches_in(const AlertRule& rule, const vision::Recognition& seen);

}  // namespace eyrie::notify::rules
