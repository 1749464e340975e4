#include "analysis/pictures/awaited_pictures.h"

#include <algorithm>

#include "analysis/analyze_image.h"
#include "analysis/record.h"

namespace eyrie::analysis {

void AwaitedPictures::made(const store::ObjectInfo& object, const std::vector<std::string>& functions) {
  if (std::ranges::find(functions, kAnalyzeImage) != functions.end()) return await(object, object.modified_ms);
  // Of a version before, which nobody will look at any more.
  removed(object.bucket, object.key);
}

void AwaitedPictures::removed(const std::string& bucket, const std::string& key) {
  index_.forget(bucket, key, [&] { return current_version(bucket, key); });
}

void AwaitedPictures::waits(const store::Event& event) {
  const auto upload = parse_upload(event);
  if (!upload || upload->sequencer.empty()) return;
  const auto object = objects_.head(upload->bucket, upload->key);
  if (object && object->sequencer == upload->sequencer) await(*object, upload->time_ms);
}

std::string AwaitedPictures::current_version(const std::string& bucket, const std::string& key) {
  const auto object = objects_.head(bucket, key);
  return object ? object->sequencer : "";
}

void AwaitedPictures::await(const store::ObjectInfo& object, std::int64_t time_ms) {
  // As the function's first record will say it, with the size that only the last one has.
  store::Item record = pending_record({.bucket = object.bucket, .key = object.key, .sequencer = object.sequencer, .time_ms = time_ms, .request_id = {}});
  add_origin(record, object);
  auto picture = picture_of(record);
  if (!picture) return;
  picture->bytes = object.size;
  index_.await(*picture, [&] { return current_version(object.bucket, object.key); });
}

}  // namespace eyrie::analysis
