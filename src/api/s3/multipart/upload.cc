#include "api/s3/multipart/upload.h"

#include <algorithm>

#include "api/s3/multipart/multipart.h"
#include "api/s3/object/storage_class.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"

namespace eyrie::api::s3 {
aws::WireError no_such_upload(const std::string& id) {
  return {404,
          "NoSuchUpload",
          "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
          "aborted or "
          "completed.",
          {{"UploadId", id}}};
}

std::optional<std::size_t> part_number(std::string_view text) {
  const auto number = whole_number<std::size_t>(text);
  return number && *number >= 1 && *number <= kMaxParts ? number : std::nullopt;
}

// Five digits: parts are listed in the order of their numbers.
std::string key_of_part(const std::string& id, std::size_t number) {
  const std::string digits = std::to_string(number);
  return id + "/" + std::string(5 - digits.size(), '0') + digits;
}
std::size_t number_of_part(const std::string& key) {
  return part_number(std::string_view(key).substr(key.find_first_not_of('0', key.find('/') + 1))).value_or(0);
}

Result<std::string> store_upload(store::ObjectStore& objects, const Upload& upload, store::PutCommit told) {
  json::object described{{"bucket", upload.bucket}, {"key", upload.key}, {"bucket_ms", upload.bucket_ms}};
  if (upload.algorithm) described["algorithm"] = aws::checksum_name(*upload.algorithm);
  if (upload.composite) described["composite"] = true;
  described["class"] = told.storage_class;
  if (!upload.initiator.id.empty()) described["initiator"] = json::object{{"id", upload.initiator.id}, {"name", upload.initiator.name}};
  if (!upload.asked.empty()) described["asked"] = json_of(upload.asked);
  if (!upload.customer_key.empty()) described["customer_key"] = upload.customer_key;
  if (upload.kms) described["kms"] = store::write_envelope(*upload.kms);
  told.storage_class = kStandard;  // the object's, not the description's own
  const std::string text = write_json(described);
  const Status made = objects.create_bucket(kUploadsBucket);
  if (!made && made.error().code != Code::kAlreadyExists) return fail(made.error());
  const std::string id = uuid_v4();
  EYRIE_TRY(const auto writer, objects.begin_put(kUploadsBucket, id));
  EYRIE_CHECK_OK(writer->write(as_bytes(text)));
  told.conditions = {};
  EYRIE_TRY(const auto marker, writer->commit(told));
  return id;
}

Result<Upload> read_upload(store::ObjectStore& objects, const std::string& id) {
  EYRIE_TRY(const auto marker, objects.open(kUploadsBucket, id));
  std::string text(marker->info().size, '\0');
  EYRIE_TRY(const std::size_t got,
            marker->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  EYRIE_TRY(const json::value value, parse_json(std::string_view(text).substr(0, got)));
  const json::string* bucket = find_string(value, "bucket");
  const json::string* key = find_string(value, "key");
  if (bucket == nullptr || key == nullptr) return fail(Code::kCorrupt, "an upload's description is damaged");
  Upload upload{.id = id, .told = marker->info(), .bucket = std::string(*bucket), .key = std::string(*key)};
  upload.bucket_ms = number_of(value.as_object(), "bucket_ms");
  if (const json::string* algorithm = find_string(value, "algorithm"))
    upload.algorithm = aws::checksum_by_name(*algorithm);
  upload.composite = find(value, "composite") != nullptr;
  if (const json::string* customer_key = find_string(value, "customer_key")) upload.customer_key = *customer_key;
  if (const json::value* envelope = find(value, "kms"); envelope != nullptr) {
    EYRIE_TRY(upload.kms, store::read_envelope(*envelope));
  }
  if (const json::value* initiator = find(value, "initiator"); initiator != nullptr && initiator->is_object())
    upload.initiator = {.id = text_of(initiator->get_object(), "id"), .name = text_of(initiator->get_object(), "name")};
  upload.asked = texts_of(find(value, "asked"));
  if (const json::string* storage_class = find_string(value, "class")) upload.storage_class = *storage_class;
  return upload;
}

iam::ConditionValues values_told_at_begin(store::ObjectStore& objects, const std::string& bucket, const std::string& key, const std::string& id) {
  const auto upload = is_uuid(id) ? read_upload(objects, id) : fail(Code::kNotFound, "");
  if (!upload || upload->bucket != bucket || upload->key != key) return {};  // which is refused as it is served
  iam::ConditionValues values = iam::request_tags(upload->told.tags);
  for (const auto& [name, told] : upload->asked) values.add("s3:" + name, told);
  return values;
}

bool is_of(const Upload& upload, const store::Bucket& bucket) {
  return upload.bucket == bucket.name && (upload.bucket_ms == 0 || upload.bucket_ms == bucket.created_ms);
}

// The upload that the request names, which must be of its bucket and key.
std::expected<Upload, aws::WireError> find_upload(Backend& backend, const Request& request) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  const std::string id = request.get("uploadId");
  if (!is_uuid(id)) return std::unexpected(no_such_upload(id));
  auto upload = read_upload(backend.objects, id);
  if (!upload && upload.error().code != Code::kNotFound) {
    return std::unexpected(store_error(request, upload.error()));
  }
  if (!upload || !is_of(*upload, *bucket) || upload->key != request.key) {
    return std::unexpected(no_such_upload(id));
  }
  return std::move(*upload);
}

Status each_upload(store::ObjectStore& objects, const std::function<Status(Upload)>& use) {
  store::ListQuery query{.bucket = kUploadsBucket, .delimiter = "/"};
  while (true) {
    const auto page = objects.list(query);
    if (!page && page.error().code == Code::kNotFound) return {};  // nobody has begun one yet
    if (!page) return fail(page.error());
    for (const store::ObjectInfo& marker : page->objects) {
      if (auto upload = read_upload(objects, marker.key)) EYRIE_CHECK_OK(use(std::move(*upload)));
    }
    if (!page->truncated) return {};
    query.start_after = page->next;
  }
}

Result<std::vector<store::ObjectInfo>> parts_of(store::ObjectStore& objects, const std::string& id) {
  std::vector<store::ObjectInfo> parts;
  store::ListQuery query{.bucket = kUploadsBucket, .prefix = id + "/"};
  while (true) {
    EYRIE_TRY(store::ListPage page, objects.list(query));
    std::ranges::move(page.objects, std::back_inserter(parts));
    if (!page.truncated) return parts;
    query.start_after = page.next;
  }
}

Status remove_parts(store::ObjectStore& objects, const std::string& id) {
  EYRIE_TRY(const auto parts, parts_of(objects, id));
  for (const store::ObjectInfo& part : parts) {
    if (auto removed = objects.remove(kUploadsBucket, part.key); !removed) return fail(removed.error());
  }
  return {};
}

// The marker goes after the parts: what a crash leaves can be aborted again. A part that came between is removed after it; once the marker is gone none can come.
// Where a crash is between the two, the sweeper finds it.
Status remove_upload(store::ObjectStore& objects, const std::string& id) {
  EYRIE_CHECK_OK(remove_parts(objects, id));
  if (auto removed = objects.remove(kUploadsBucket, id); !removed) return fail(removed.error());
  return remove_parts(objects, id);
}

Status remove_uploads_of(store::ObjectStore& objects, const std::string& bucket) {
  return each_upload(objects, [&](const Upload& upload) -> Status {
    if (upload.bucket != bucket) return {};
    // It may have been made anew meanwhile.
    const auto now = objects.bucket(bucket);
    if (now && is_of(upload, *now)) return {};
    return remove_upload(objects, upload.id);
  });
}

}  // namespace eyrie::api::s3
