// The function `analyze-image` under its own role. Each invocation gets stores that let it do what the role's policy says of the
// one object that its event names, and nothing else: read and tag that object, write under processed/ of its bucket, keep records in
// ImageMetadataStore; and use the keys of KMS that these objects are encrypted under, by way of S3, for them alone. What it is refused is in the audit log like anybody's. The role cannot be changed.
//
// Thread safety: as of functions::Function.
#pragma once

#include "analysis/analyze_image.h"
#include "iam/access_control.h"
#include "iam/object_keys.h"

namespace eyrie::analysis {

// The policy. It speaks of the event by the variables ${eyrie:EventBucket} and ${eyrie:EventKey}.
std::string_view analyze_image_policy();

// As buckets' policies may name it.
std::string analyze_image_role_arn();

// Who the function is while it serves the upload of an event.
iam::Caller analyze_image_caller(const iam::AccessControl& access, const Upload& upload);

class AnalyzeImageRole final : public functions::Function {
 public:
  // All must outlive the function. `rules`: null where there are none.
  AnalyzeImageRole(const AnalyzeImageOptions& options, store::ObjectStore& objects, store::ItemTable& items,
                   vision::Recognizer& recognizer, const iam::AccessControl& access, const iam::ObjectKeys& keys,
                   notify::rules::AlertRules* rules = nullptr)
      : options_(options), objects_(objects), items_(items), recognizer_(recognizer), access_(access), keys_(keys), rules_(rules) {}

  const std::string& name() const override { return name_; }
  Status invoke(const store::Event& event) override;
  Status give_up(const store::Event& event, const Error& error) override;

 private:
  // Calls `run` with the function as it may be for this event.
  template <typename Run>
  Status with_role(const store::Event& event, Run run);

  const std::string name_ = std::string(kAnalyzeImage);
  const AnalyzeImageOptions options_;
  store::ObjectStore& objects_;
  store::ItemTable& items_;
  vision::Recognizer& recognizer_;
  const iam::AccessControl& access_;
  const iam::ObjectKeys& keys_;
  notify::rules::AlertRules* const rules_;
};

}  // namespace eyrie::analysis
