#include "store/objects/object_rows.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "base/log.h"

namespace eyrie::store {
namespace {

Result<std::vector<PartInfo>> read_parts(const std::string& text) {
  std::vector<PartInfo> parts;
  if (text.empty()) return parts;
  EYRIE_TRY(const json::value value, parse_json(text));
  try {
    for (const json::value& part : value.as_array()) {
      parts.push_back({.number = part.at(0).to_number<int>(),
                       .size = part.at(1).to_number<std::uint64_t>(),
                       .checksum = std::string(part.at(2).as_string())});
    }
  } catch (const std::exception& e) {
    return fail(Code::kCorrupt, std::string("an object's parts do not parse: ") + e.what());
  }
  return parts;
}

Status find_copy(Connection& connection, ObjectRow& object) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT file, until_ms FROM restored_copies WHERE bucket = ? AND key = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, object.info.bucket).bind_blob(2, as_bytes(object.info.key)).step());
  if (!row) return {};
  object.restored_file = statement.text(0);
  object.info.restore = Restoration{.ongoing = object.restored_file.empty(), .until_ms = statement.integer(1)};
  return {};
}

ObjectRow read_clear_columns(const Statement& statement, const std::string& bucket) {
  return {.info = {.bucket = bucket,
                   .key = statement.text(0),
                   .size = static_cast<std::uint64_t>(statement.integer(2)),
                   .modified_ms = statement.integer(3),
                   .sequencer = statement.text(4)},
          .file = statement.text(1)};
}

std::string write_attributes(const ObjectRow& row) {
  const ObjectInfo& object = row.info;
  json::object attributes{{"content_type", object.content_type}, {"etag", object.etag}};
  auto add = [&](const char* name, const StringMap& map) {
    if (!map.empty()) attributes[name] = json_of(map);
  };
  add("metadata", object.metadata);
  add("headers", object.headers);
  add("tags", object.tags);
  add("checksums", object.checksums);
  if (object.storage_class != "STANDARD") attributes["class"] = object.storage_class;
  if (!object.customer_key.empty()) attributes["customer_key"] = object.customer_key;
  if (object.kms) attributes["kms"] = write_envelope(*object.kms);
  if (!object.upload.empty()) attributes["upload"] = object.upload;
  if (row.cold) attributes["cold"] = true;
  if (row.stored_size > 0) attributes["stored_size"] = row.stored_size;
  return write_json(attributes);
}

// [[number, size, "checksum"], ...]; empty where there are none.
std::string write_parts(const std::vector<PartInfo>& parts) {
  if (parts.empty()) return "";
  json::array list;
  for (const PartInfo& part : parts) list.push_back(json::array{part.number, part.size, part.checksum});
  return write_json(list);
}

}  // namespace

std::string object_place(const std::string& bucket, const std::string& key) { return "object " + bucket + "\n" + key; }

std::string parts_place(const std::string& bucket, const std::string& key) { return "parts " + bucket + "\n" + key; }

Bytes seal_attributes(const RowSeal& seal, const ObjectRow& row) {
  return seal.seal(object_place(row.info.bucket, row.info.key), write_attributes(row));
}

Bytes seal_parts(const RowSeal& seal, const ObjectInfo& object) {
  const std::string parts = write_parts(object.parts);
  return parts.empty() ? Bytes() : seal.seal(parts_place(object.bucket, object.key), parts);
}

std::unexpected<Error> no_such_bucket(const std::string& bucket) {
  return fail(Code::kNotFound, "bucket " + bucket + " does not exist");
}
std::unexpected<Error> no_such_key(const std::string& key) {
  return fail(Code::kNotFound, "object " + key + " does not exist");
}

bool is_archived(std::string_view storage_class) { return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE"; }

json::object write_envelope(const KmsEnvelope& envelope) {
  json::object written{{"key", envelope.key_arn}, {"data_key", envelope.ciphertext}};
  if (!envelope.context.empty()) written["context"] = json_of(envelope.context);
  if (envelope.bucket_key) written["bucket_key"] = true;
  return written;
}

Result<KmsEnvelope> read_envelope(const json::value& written) {
  const json::string* key = find_string(written, "key");
  const json::string* ciphertext = find_string(written, "data_key");
  if (key == nullptr || ciphertext == nullptr) return fail(Code::kCorrupt, "an object's envelope is damaged");
  return KmsEnvelope{.key_arn = std::string(*key),
                     .ciphertext = std::string(*ciphertext),
                     .context = texts_of(find(written, "context")),
                     .bucket_key = find(written, "bucket_key") != nullptr};
}

ObjectRow read_damaged_row(const Statement& statement, const std::string& bucket, const Error& damage) {
  ObjectRow row = read_clear_columns(statement, bucket);
  row.readable = false;
  log_error("what is told of an object is damaged", {{"bucket", bucket}, {"key", row.info.key}, {"error", damage.message}});
  return row;
}

Result<ObjectRow> read_object_row(const Statement& statement, const RowSeal& seal, const std::string& bucket) {
  ObjectRow row = read_clear_columns(statement, bucket);
  EYRIE_TRY(const std::string text, seal.open(object_place(bucket, row.info.key), statement.blob(5)));
  EYRIE_TRY(const json::value attributes, parse_json(text));
  if (const json::string* etag = find_string(attributes, "etag")) row.info.etag = *etag;
  if (const json::string* type = find_string(attributes, "content_type")) row.info.content_type = *type;
  row.info.metadata = texts_of(find(attributes, "metadata"));
  row.info.headers = texts_of(find(attributes, "headers"));
  row.info.tags = texts_of(find(attributes, "tags"));
  row.info.checksums = texts_of(find(attributes, "checksums"));
  if (const json::string* storage_class = find_string(attributes, "class")) row.info.storage_class = *storage_class;
  if (const json::string* customer_key = find_string(attributes, "customer_key")) row.info.customer_key = *customer_key;
  if (const json::value* envelope = find(attributes, "kms"); envelope != nullptr) {
    EYRIE_TRY(row.info.kms, read_envelope(*envelope));
  }
  if (const json::string* upload = find_string(attributes, "upload")) row.info.upload = *upload;
  row.cold = find(attributes, "cold") != nullptr;
  if (const json::value* size = find(attributes, "stored_size"); size != nullptr && size->is_number())
    row.stored_size = size->to_number<std::uint64_t>();
  if (const ByteView parts = statement.blob(6); !parts.empty()) {
    EYRIE_TRY(const std::string opened, seal.open(parts_place(bucket, row.info.key), parts));
    EYRIE_TRY(row.info.parts, read_parts(opened));
  }
  return row;
}

Result<std::optional<ObjectRow>> find_object(Connection& connection, const RowSeal& seal, const std::string& bucket,
                                             const std::string& key) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT key, file, size, modified_ms, sequencer, attributes, parts FROM objects"
                               " WHERE bucket = ? AND key = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, bucket).bind_blob(2, as_bytes(key)).step());
  if (!row) return std::nullopt;
  EYRIE_TRY(ObjectRow object, read_object_row(statement, seal, bucket));
  if (is_archived(object.info.storage_class)) EYRIE_CHECK_OK(find_copy(connection, object));
  return object;
}

Result<std::optional<ObjectRow>> find_object_to_replace(Connection& connection, const RowSeal& seal, const std::string& bucket, const std::string& key) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT key, file, size, modified_ms, sequencer, attributes, parts, cold FROM objects"
                               " WHERE bucket = ? AND key = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, bucket).bind_blob(2, as_bytes(key)).step());
  if (!found) return std::nullopt;
  auto object = read_object_row(statement, seal, bucket);
  if (object && !is_archived(object->info.storage_class)) return *std::move(object);
  if (!object) {
    object = read_damaged_row(statement, bucket, object.error());
    object->cold = statement.integer(7) != 0;
  }
  EYRIE_CHECK_OK(find_copy(connection, *object));
  return *std::move(object);
}

Result<bool> names_file(Connection& connection, const std::string& file, bool cold) {
  {
    EYRIE_TRY(Statement statement, connection.prepare("SELECT cold FROM objects WHERE file = ?"));
    EYRIE_TRY(const bool row, statement.bind(1, file).step());
    if (row && (statement.integer(0) != 0) == cold) return true;
  }
  if (cold) return false;
  EYRIE_TRY(Statement copies, connection.prepare("SELECT 1 FROM restored_copies WHERE file = ?"));
  return copies.bind(1, file).step();
}

Result<std::string> require_bucket(Connection& connection, const std::string& bucket) {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT rules FROM buckets WHERE name = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, bucket).step());
  if (!row) return no_such_bucket(bucket);
  return statement.text(0);
}

Status update_row(Connection& connection, const RowSeal& seal, const ObjectRow& row) {
  const Bytes attributes = seal_attributes(seal, row);
  EYRIE_TRY(Statement statement,
            connection.prepare("UPDATE objects SET file = ?, cold = ?, attributes = ? WHERE bucket = ? AND key = ?"));
  statement.bind(1, row.file).bind(2, std::int64_t{row.cold}).bind_blob(3, attributes).bind(4, row.info.bucket);
  return statement.bind_blob(5, as_bytes(row.info.key)).run();
}

Status delete_restored_copy(Connection& connection, const std::string& bucket, const std::string& key) {
  EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM restored_copies WHERE bucket = ? AND key = ?"));
  return statement.bind(1, bucket).bind_blob(2, as_bytes(key)).run();
}

Result<std::string> next_sequencer(Connection& connection, std::int64_t now_ms) {
  std::int64_t last = 0;
  {
    EYRIE_TRY(Statement statement, connection.prepare("SELECT value FROM settings WHERE name = 'sequence'"));
    EYRIE_TRY(const bool row, statement.step());
    if (row) last = std::strtoll(statement.text(0).c_str(), nullptr, 10);
  }
  const std::int64_t next = std::max(last + 1, now_ms * 1000);
  const std::string text = std::to_string(next);
  EYRIE_TRY(Statement statement,
            connection.prepare("INSERT OR REPLACE INTO settings(name, value) VALUES('sequence', ?)"));
  EYRIE_CHECK_OK(statement.bind(1, text).run());
  char hex[17];
  std::snprintf(hex, sizeof hex, "%016llX", static_cast<unsigned long long>(next));
  return std::string(hex);
}

}  // namespace eyrie::store
