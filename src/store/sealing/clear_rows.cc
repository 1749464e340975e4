#include "store/sealing/clear_rows.h"

#include <vector>

#include "base/json.h"
#include "base/log.h"
#include "store/objects/object_rows.h"
#include "store/queue/queue.h"
#include "store/sqlite/settings.h"

namespace eyrie::store {
namespace {

constexpr std::int64_t kBatch = 256;

struct ObjectName {
  std::string bucket, key;
};
struct SealedObject {
  ObjectName name;
  Bytes attributes, parts;
};

// Clear attributes are text, sealed ones blobs.
Result<std::vector<SealedObject>> next_objects(Connection& connection, const RowSeal& seal, const ObjectName& after) {
  EYRIE_TRY(Statement row, connection.prepare("SELECT bucket, key, etag, attributes, parts FROM objects"
                                              " WHERE (bucket, key) > (?, ?) AND typeof(attributes) = 'text' ORDER BY bucket, key LIMIT ?"));
  row.bind(1, after.bucket).bind_blob(2, as_bytes(after.key)).bind(3, kBatch);
  std::vector<SealedObject> batch;
  while (true) {
    EYRIE_TRY(const bool more, row.step());
    if (!more) return batch;
    SealedObject object{.name = {row.text(0), row.text(1)}, .attributes = {}, .parts = {}};
    EYRIE_TRY(json::value attributes, parse_json(row.text(3)));
    if (!attributes.is_object()) return fail(Code::kCorrupt, "an object's attributes are damaged");
    attributes.get_object()["etag"] = row.text(2);
    object.attributes = seal.seal(object_place(object.name.bucket, object.name.key), write_json(attributes));
    if (const std::string parts = row.text(4); !parts.empty()) object.parts = seal.seal(parts_place(object.name.bucket, object.name.key), parts);
    batch.push_back(std::move(object));
  }
}

Result<std::size_t> seal_objects(Database& database, const RowSeal& seal) {
  ObjectName after;
  std::size_t count = 0;
  while (true) {
    std::vector<SealedObject> batch;
    EYRIE_CHECK_OK(database.run([&](Connection& connection) -> Status {
      EYRIE_TRY(batch, next_objects(connection, seal, after));
      for (const SealedObject& object : batch) {
        EYRIE_TRY(Statement update, connection.prepare("UPDATE objects SET etag = '', attributes = ?, parts = ? WHERE bucket = ? AND key = ?"));
        update.bind_blob(1, object.attributes).bind_blob(2, object.parts).bind(3, object.name.bucket);
        EYRIE_CHECK_OK(update.bind_blob(4, as_bytes(object.name.key)).run());
      }
      return {};
    }));
    if (batch.empty()) return count;
    count += batch.size();
    after = batch.back().name;
  }
}

struct SealedEvent {
  std::int64_t id = 0;
  Bytes payload;
};

Result<std::vector<SealedEvent>> next_events(Connection& connection, const RowSeal& seal, std::int64_t after) {
  EYRIE_TRY(Statement row, connection.prepare("SELECT id, function, subject, payload FROM events"
                                              " WHERE id > ? AND typeof(payload) = 'text' ORDER BY id LIMIT ?"));
  row.bind(1, after).bind(2, kBatch);
  std::vector<SealedEvent> batch;
  while (true) {
    EYRIE_TRY(const bool more, row.step());
    if (!more) return batch;
    batch.push_back({.id = row.integer(0), .payload = seal.seal(event_place(row.text(1), row.text(2)), row.text(3))});
  }
}

Result<std::size_t> seal_events(Database& database, const RowSeal& seal) {
  std::int64_t after = 0;
  std::size_t count = 0;
  while (true) {
    std::vector<SealedEvent> batch;
    EYRIE_CHECK_OK(database.run([&](Connection& connection) -> Status {
      EYRIE_TRY(batch, next_events(connection, seal, after));
      for (const SealedEvent& event : batch) {
        EYRIE_TRY(Statement update, connection.prepare("UPDATE events SET payload = ? WHERE id = ?"));
        EYRIE_CHECK_OK(update.bind_blob(1, event.payload).bind(2, event.id).run());
      }
      return {};
    }));
    if (batch.empty()) return count;
    count += batch.size();
    after = batch.back().id;
  }
}

}  // namespace

Status seal_clear_rows(Database& database, const RowSeal& objects, const RowSeal& events) {
  EYRIE_TRY(const auto needed, read_setting(database, "clear_rows"));
  if (!needed) return {};
  EYRIE_TRY(const std::size_t sealed_objects, seal_objects(database, objects));
  EYRIE_TRY(const std::size_t sealed_events, seal_events(database, events));
  if (sealed_objects + sealed_events > 0) {
    log_info("what is told of objects and events was stored in clear, and is sealed", {{"objects", sealed_objects}, {"events", sealed_events}});
  }
  return {};
}

}  // namespace eyrie::store
