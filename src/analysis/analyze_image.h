// The built-in function `analyze-image`: an uploaded picture becomes a record.
//
//   fetch -> PENDING record -> decode, recognize -> processed/ID.json -> COMPLETED record -> older records of the key
//   removed -> what alert rules match, published -> tag status=analyzed
//
// Idempotent: every step may be repeated, and a version that already has its final record is left alone; where the process may have died before
// the alerts were published (the tag is not there), the picture is looked at again for them. Where the
// picture is at fault the record says FAILED and why, at once: no retry can mend a text file named .jpg. Other failures are
// returned, and the dispatcher retries. An object deleted or overwritten meanwhile needs no record: its newer event comes.
#pragma once

#include <functional>
#include <string>

#include "analysis/record.h"
#include "functions/function.h"
#include "notify/rules/alert_rules.h"
#include "store/item_table.h"
#include "store/object_store.h"
#include "vision/recognizer.h"

namespace eyrie::analysis {

inline constexpr std::string_view kAnalyzeImage = "analyze-image";
// The unique id of the role that it has (analyze_image_role.h); a session's is this, ":" and the sequencer of its upload.
inline constexpr std::string_view kAnalyzeImageRoleId = "AROAANALYZEIMAGE";

struct AnalyzeImageOptions {
  double min_confidence = 80;
  std::size_t max_labels = 1000;
  std::size_t max_bytes = 50U << 20;  // of the uploaded file
  int retention_days = 0;             // 0: records do not expire
  std::function<void(const vision::Recognition&)> seen = {};  // told of each picture once its record is written
};

class AnalyzeImage final : public functions::Function {
 public:
  // All must outlive the function. `rules`: null where there are none.
  AnalyzeImage(const AnalyzeImageOptions& options, store::ObjectStore& objects, store::ItemTable& items,
               vision::Recognizer& recognizer, notify::rules::AlertRules* rules = nullptr);

  const std::string& name() const override { return name_; }
  Status invoke(const store::Event& event) override;
  Status give_up(const store::Event& event, const Error& error) override;

 private:
  Status process(const Upload& upload, store::ObjectReader& object);
  // Writes a final record and clears what older versions of the key left.
  Status finish(const Upload& upload, const store::Item& record);
  Result<Bytes> fetch(store::ObjectReader& object);
  Result<Analysis> look_at(const Result<Bytes>& file);
  Status raise_alerts(const Upload& upload, const Analysis& analysis);
  // For an upload whose record is written: nothing where its tag says that all is done.
  Status raise_missed_alerts(const Upload& upload);
  Status write_result(const Upload& upload, const Analysis& analysis);
  Status tag(const Upload& upload, std::string_view status);
  Result<std::vector<store::Item>> records_of(const Upload& upload);

  const std::string name_ = std::string(kAnalyzeImage);
  const AnalyzeImageOptions options_;
  store::ObjectStore& objects_;
  store::ItemTable& items_;
  vision::Recognizer& recognizer_;
  notify::rules::AlertRules* const rules_;
};

// What the upload says of the file beside its bytes: the name that it had with its owner (percent-encoded, as metadata is ASCII), and the
// digest that S3 has checked; where it has checked none, `read_sha256` in base64, if that is known.
void add_origin(store::Item& record, const store::ObjectInfo& object, const std::string& read_sha256 = "");

// The upload named by an S3 event record (version 2.x); kInvalidArgument where it is not one.
Result<Upload> parse_upload(const store::Event& event);

}  // namespace eyrie::analysis
