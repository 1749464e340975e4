#include "api/s3/multipart/upload.h"

#include <algorithm>

#include "api/s3/multipart/multipart.h"
#include "api/s3/object/storage_class.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"

namespace eyrie::api::s3 {
namespace {

const std::string kBucket(kUploadsBucket);

}  // namespace

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
  json::object described{{"bucket", upload.bucket}, {"key", upload.key}};
  if (upload.algorithm) described["algorithm"] = aws::checksum_name(*upload.algorithm);
  if (upload.composite) described["composite"] = true;
  described["class"] = told.storage_class;
  if (!upload.customer_key.empty()) described["customer_key"] = upload.customer_key;
  if (upload.kms) described["kms"] = store::write_envelope(*upload.kms);
  told.storage_class = kStandard;  // the object's, not the description's own
  const std::string text = write_json(described);
  const Status made = objects.create_bucket(kBucket);
  if (!made && made.error().code != Code::kAlreadyExists) return fail(made.error());
  const std::string id = uuid_v4();
  EYRIE_TRY(const auto writer, objects.begin_put(kBucket, id));
  EYRIE_CHECK_OK(writer->write(as_bytes(text)));
  told.conditions = {};
  EYRIE_TRY(const auto marker, writer->commit(told));
  return id;
}

Result<Upload> read_upload(store::ObjectStore& objects, const std::string& id) {
  EYRIE_TRY(const auto marker, objects.open(kBucket, id));
  std::string text(marker->info().size, '\0');
  EYRIE_TRY(const std::size_t got,
            marker->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  EYRIE_TRY(const json::value value, parse_json(std::string_view(text).substr(0, got)));
  const json::string* bucket = find_string(value, "bucket");
  const json::string* key = find_string(value, "key");
  if (bucket == nullptr || key == nullptr) return fail(Code::kCorrupt, "an upload's description is damaged");
  Upload upload{.id = id, .told = marker->info(), .bucket = std::string(*bucket), .key = std::string(*key)};
  if (const json::string* algorithm = find_string(value, "algorithm"))
    upload.algorithm = aws::checksum_by_name(*algorithm);
  upload.composite = find(value, "composite") != nullptr;
  if (const json::string* customer_key = find_string(value, "customer_key")) upload.customer_key = *customer_key;
  if (const json::value* envelope = find(value, "kms"); envelope != nullptr) {
    EYRIE_TRY(upload.kms, store::read_envelope(*envelope));
  }
  if (const json::string* storage_class = find_string(value, "class")) upload.storage_class = *storage_class;
  return upload;
}

// The upload that the request names, which must be of its bucket and key.
std::expected<Upload, aws::WireError> find_upload(Backend& backend, const Request& request) {
  const std::string id = request.get("uploadId");
  if (!is_uuid(id)) return std::unexpected(no_such_upload(id));
  auto upload = read_upload(backend.objects, id);
  if (!upload && upload.error().code != Code::kNotFound) {
    return std::unexpected(store_error(request, upload.error()));
  }
  if (!upload || upload->bucket != request.bucket || upload->key != request.key) {
    return std::unexpected(no_such_upload(id));
  }
  return std::move(*upload);
}

Result<std::vector<store::ObjectInfo>> parts_of(store::ObjectStore& objects, const std::string& id) {
  std::vector<store::ObjectInfo> parts;
  store::ListQuery query{.bucket = kBucket, .prefix = id + "/"};
  while (true) {
    EYRIE_TRY(store::ListPage page, objects.list(query));
    std::ranges::move(page.objects, std::back_inserter(parts));
    if (!page.truncated) return parts;
    query.start_after = page.next;
  }
}

// The marker goes last: what a crash leaves can be aborted again.
Status remove_upload(store::ObjectStore& objects, const std::string& id) {
  EYRIE_TRY(const auto parts, parts_of(objects, id));
  for (const store::ObjectInfo& part : parts) {
    if (auto removed = objects.remove(kBucket, part.key); !removed) return fail(removed.error());
  }
  auto removed = objects.remove(kBucket, id);
  return removed ? Status() : fail(removed.error());
}

}  // namespace eyrie::api::s3
