#include "store/check/table_checks.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "crypto/sealed_message.h"
#include "store/faces/face_rows.h"
#include "store/faces/request_tokens.h"
#include "store/items/item_seal.h"
#include "store/items/table_rows.h"
#include "store/messages/messages.h"
#include "store/outbox/sqlite_outbox.h"
#include "store/queue/event_record.h"
#include "store/queue/queue.h"
#include "store/records/records.h"
#include "store/sealing/row_seal.h"

namespace eyrie::store {
namespace {

std::string numbered(const char* table, std::int64_t row) { return std::string(table) + " " + std::to_string(row); }

// Rows of `table` for which `missing` holds: they refer to what is not there.
void check_references(const Checking& checking, const char* table, std::string_view sql, const char* what) {
  checking.each(sql, table, [&](const Statement& row) { checking.dangling(std::string(table) + " " + row.text(0), what); });
}

void check_settings(const Checking& checking) {
  checking.each("SELECT name, value FROM settings WHERE name = 'sequence'", "settings", [&](const Statement& row) {
    if (!whole_number<std::int64_t>(row.text(1))) checking.damaged_row("settings " + row.text(0), "it is no number");
  });
  checking.each("SELECT sequencer FROM objects ORDER BY sequencer DESC LIMIT 1", "objects", [&](const Statement& row) {
    const std::int64_t last = checking.number("SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'sequence'", "settings");
    const std::string text = row.text(0);
    std::uint64_t greatest = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), greatest, 16);
    const bool whole = error == std::errc() && end == text.data() + text.size() && text.size() == 16;
    if (!whole || greatest > static_cast<std::uint64_t>(last)) checking.damaged_row("settings sequence", "an object has the later sequencer " + text);
  });
}

void check_buckets(const Checking& checking) {
  checking.each("SELECT name, rules FROM buckets", "buckets", [&](const Statement& row) {
    ++checking.counts.rows;
    checking.opens(parse_rules(row.text(0), row.text(1)), "bucket " + row.text(0));
  });
}

void check_bucket_settings(const Checking& checking) {
  check_references(checking, "bucket_settings", "SELECT bucket || ' ' || name FROM bucket_settings WHERE bucket NOT IN (SELECT name FROM buckets)", "there is no such bucket");
}

void check_data_keys(const Checking& checking) {
  checking.each("SELECT name, data_key FROM data_keys", "data_keys", [&](const Statement& row) {
    ++checking.counts.rows;
    checking.opens(RowSeal::open_key(checking.keys, row.text(0), row.blob(1)), "data_keys " + row.text(0));
  });
}

// What a table's row says of its items.
struct ItemTableRow {
  std::optional<ItemSeal> seal;
  std::int64_t said_items = 0, said_bytes = 0, items = 0, bytes = 0;
};

void check_tables_and_items(const Checking& checking) {
  std::map<std::string, ItemTableRow> tables;
  checking.each("SELECT name, description, items, bytes, data_key FROM tables", "tables", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string name = row.text(0);
    checking.opens(parse_description(name, row.text(1)), "table " + name);
    ItemTableRow table{.seal = {}, .said_items = row.integer(2), .said_bytes = row.integer(3)};
    auto seal = ItemSeal::open_key(checking.keys, name, row.blob(4));
    if (checking.opens(seal, "table " + name)) table.seal.emplace(*std::move(seal));
    tables.emplace(name, std::move(table));
  });
  checking.each("SELECT rowid, name, partition, sort, item, size FROM items", "items", [&](const Statement& row) {
    ++checking.counts.rows;
    const auto table = tables.find(row.text(1));
    const std::string place = numbered("items", row.integer(0)) + " of table " + row.text(1);
    if (table == tables.end()) return checking.dangling(place, "there is no such table");
    ++table->second.items;
    table->second.bytes += row.integer(5);
    if (table->second.seal) checking.opens(table->second.seal->open(row.blob(2), row.blob(3), row.blob(4)), place);
  });
  for (const auto& [name, table] : tables) {
    if (table.items == table.said_items && table.bytes == table.said_bytes) continue;
    checking.miscounted("table " + name, "it says " + std::to_string(table.said_items) + " items of " + std::to_string(table.said_bytes) + " bytes; there are " +
                                             std::to_string(table.items) + " of " + std::to_string(table.bytes));
  }
}

std::optional<RowSeal> seal_called(const Checking& checking, const std::string& name) {
  std::optional<RowSeal> seal;
  checking.each("SELECT name, data_key FROM data_keys", "data_keys", [&](const Statement& row) {
    if (row.text(0) != name) return;
    auto opened = RowSeal::open_key(checking.keys, name, row.blob(1));  // reported with its own table
    if (opened) seal.emplace(*std::move(opened));
  });
  return seal;
}

void check_events(const Checking& checking) {
  const auto seal = seal_called(checking, "events");
  checking.each("SELECT id, function, subject, payload, state FROM events", "events", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = numbered("events", row.integer(0));
    if (row.integer(4) < 0 || row.integer(4) > 4) checking.damaged_row(place, "it is in no state that there is");
    // A dead one has no payload.
    if (seal && row.integer(4) != 2) checking.opens(seal->open(event_place(row.text(1), row.text(2)), row.blob(3)), place);
  });
  check_references(checking, "events",
                   "SELECT id FROM events e WHERE state = 4 AND NOT EXISTS(SELECT 1 FROM events b WHERE b.subject = e.subject AND b.function = e.function AND b.id < e.id AND b.state <> 2)",
                   "it waits for an event that is not there");
}

struct Collection {
  std::string name;
  std::optional<FaceSeal> seal;
  std::int64_t said_faces = 0, said_users = 0, faces = 0, users = 0;
};
using Collections = std::map<std::int64_t, Collection>;

// Null where the row's collection is being removed, or is reported.
Collection* collection_of(const Checking& checking, Collections& collections, std::int64_t id, const std::string& place) {
  const auto found = collections.find(id);
  if (found != collections.end()) return &found->second;
  bool dropped = false;
  checking.each("SELECT id FROM dropped_collections", "dropped_collections", [&](const Statement& row) { dropped = dropped || row.integer(0) == id; });
  if (!dropped) checking.dangling(place, "there is no such collection");
  return nullptr;
}

void check_collection_rows(const Checking& checking, Collections& collections) {
  checking.each("SELECT id, name, tags, data_key, faces, users FROM collections", "collections", [&](const Statement& row) {
    ++checking.counts.rows;
    Collection collection{.name = row.text(1), .seal = {}, .said_faces = row.integer(4), .said_users = row.integer(5)};
    const std::string place = "collection " + collection.name;
    checking.opens(parse_json(row.text(2)), place);
    auto seal = FaceSeal::open_key(checking.keys, collection.name, row.blob(3));
    if (checking.opens(seal, place)) collection.seal.emplace(*std::move(seal));
    collections.emplace(row.integer(0), std::move(collection));
  });
}

void check_faces(const Checking& checking, Collections& collections) {
  checking.each("SELECT id, face_id, details, vector, collection FROM faces", "faces", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = numbered("faces", row.integer(0));
    Collection* const collection = collection_of(checking, collections, row.integer(4), place);
    if (collection == nullptr) return;
    ++collection->faces;
    if (row.blob(1).size() != std::tuple_size_v<Uuid>) checking.damaged_row(place, "its id is none");
    if (!collection->seal) return;
    checking.opens(collection->seal->open_bytes(SealedAs::kFaceDetails, row.integer(0), row.blob(2)), place);
    checking.opens(collection->seal->open(SealedAs::kFaceVector, row.integer(0), row.blob(3)), place);
  });
  check_references(checking, "faces",
                   "SELECT f.id FROM faces f LEFT JOIN users u ON u.id = f.user AND u.collection = f.collection WHERE f.user IS NOT NULL AND u.id IS NULL"
                   " AND f.collection NOT IN (SELECT id FROM dropped_collections)",
                   "there is no such user");
}

void check_users(const Checking& checking, Collections& collections) {
  checking.each("SELECT u.id, u.collection, u.name, u.sealed_name, u.faces, (SELECT COUNT(*) FROM faces WHERE user = u.id) FROM users u", "users", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = numbered("users", row.integer(0));
    Collection* const collection = collection_of(checking, collections, row.integer(1), place);
    if (collection == nullptr) return;
    ++collection->users;
    if (row.integer(4) != row.integer(5)) {
      checking.miscounted(place, "it says " + std::to_string(row.integer(4)) + " faces; there are " + std::to_string(row.integer(5)));
    }
    if (!collection->seal) return;
    const auto name = open_name(*collection->seal, row.integer(0), row.blob(3));
    if (!checking.opens(name, place)) return;
    if (!std::ranges::equal(collection->seal->index(FoundBy::kUserName, as_bytes(*name)), row.blob(2))) checking.damaged_row(place, "it is not found by its name");
  });
  checking.each("SELECT id, collection, user, vector FROM user_vectors", "user_vectors", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = numbered("user_vectors", row.integer(0));
    Collection* const collection = collection_of(checking, collections, row.integer(1), place);
    if (collection != nullptr && collection->seal) checking.opens(collection->seal->open(SealedAs::kUserVector, row.integer(0), row.blob(3)), place);
  });
  check_references(checking, "user_vectors",
                   "SELECT v.id FROM user_vectors v LEFT JOIN users u ON u.id = v.user AND u.collection = v.collection WHERE u.id IS NULL"
                   " AND v.collection NOT IN (SELECT id FROM dropped_collections)",
                   "there is no such user");
}

void check_collections(const Checking& checking) {
  Collections collections;
  check_collection_rows(checking, collections);
  check_faces(checking, collections);
  check_users(checking, collections);
  checking.each("SELECT collection, token, answer FROM request_tokens", "request_tokens", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = "request_tokens " + row.text(1);
    Collection* const collection = collection_of(checking, collections, row.integer(0), place);
    if (collection == nullptr || !collection->seal) return;
    checking.opens(collection->seal->open_bytes(SealedAs::kAnswer, token_row(*collection->seal, row.text(1)), row.blob(2)), place);
  });
  for (const auto& [id, collection] : collections) {
    if (collection.faces == collection.said_faces && collection.users == collection.said_users) continue;
    checking.miscounted("collection " + collection.name, "it says " + std::to_string(collection.said_faces) + " faces and " + std::to_string(collection.said_users) +
                                                             " users; there are " + std::to_string(collection.faces) + " and " + std::to_string(collection.users));
  }
}

bool opens_under(const crypto::SecretKey& key, ByteView place, ByteView sealed) {
  crypto::Aes256Gcm cipher(key);
  Bytes plain;
  return crypto::open_message(cipher, place, sealed, plain);
}

void check_queues(const Checking& checking) {
  std::map<std::int64_t, std::optional<crypto::SecretKey>> storages;  // no key: damaged and reported, or dropped
  checking.each("SELECT id, data_key, dropped FROM message_storages", "message_storages", [&](const Statement& row) {
    ++checking.counts.rows;
    std::optional<crypto::SecretKey> key;
    const auto opened = row.integer(2) == 0 ? checking.keys.open_key(SqliteMessages::key_place(row.integer(0)), row.blob(1), "a queue") : Result<crypto::SecretKey>();
    if (checking.opens(opened, numbered("message_storages", row.integer(0))) && row.integer(2) == 0) key = *opened;
    storages.emplace(row.integer(0), key);
  });
  checking.each("SELECT name, storage, definition FROM queues", "queues", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = "queue " + row.text(0);
    const auto storage = storages.find(row.integer(1));
    if (storage == storages.end()) return checking.dangling(place, "its messages' place is not there");
    if (storage->second && !opens_under(*storage->second, as_bytes(SqliteMessages::definition_place(row.text(0))), row.blob(2)))
      checking.damaged_row(place, "its definition fails its check");
  });
  check_references(checking, "queues", "SELECT q.name FROM queues q JOIN message_storages s ON s.id = q.storage WHERE s.dropped <> 0", "its messages were dropped");
  check_references(checking, "message_storages", "SELECT id FROM message_storages WHERE dropped = 0 AND id NOT IN (SELECT storage FROM queues)", "no queue has it");
  checking.each("SELECT id, storage, message_id, content FROM messages", "messages", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string place = numbered("messages", row.integer(0));
    const auto storage = storages.find(row.integer(1));
    if (storage == storages.end()) return checking.dangling(place, "there is no such queue");
    if (storage->second && !opens_under(*storage->second, row.blob(2), row.blob(3))) checking.damaged_row(place, "a stored message fails its check");
  });
}

void check_records(const Checking& checking) {
  checking.each("SELECT kind, name, value FROM records", "records", [&](const Statement& row) {
    ++checking.counts.rows;
    const std::string kind = row.text(0), name = row.text(1);
    const auto value = crypto::open_under_own_key(checking.keys, SqliteRecords::place_of(kind, name), row.blob(2), "the stored record");
    if (checking.opens(value, "record " + kind + " " + name) && checking.sinks.record) checking.sinks.record(kind, name, std::string(as_text(*value)));
  });
}

void check_outbox(const Checking& checking) {
  checking.each("SELECT id, name, content FROM outbox_messages", "outbox_messages", [&](const Statement& row) {
    ++checking.counts.rows;
    checking.opens(crypto::open_under_own_key(checking.keys, SqliteOutbox::place_of(row.text(1)), row.blob(2), "a stored message"), numbered("outbox_messages", row.integer(0)));
  });
  check_references(checking, "outbox_messages", "SELECT id FROM outbox_messages WHERE id NOT IN (SELECT message FROM outbox_deliveries)", "it is for nobody");
  check_references(checking, "outbox_deliveries", "SELECT id FROM outbox_deliveries WHERE message NOT IN (SELECT id FROM outbox_messages)", "there is no such message");
}

constexpr TableCheck kChecks[] = {{"records", check_records},
                                  {"data_keys", check_data_keys},
                                  {"settings", check_settings},
                                  {"buckets", check_buckets},
                                  {"bucket_settings", check_bucket_settings},
                                  {"objects", nullptr},          // object_checks.h
                                  {"restored_copies", nullptr},  // the same
                                  {"cold_moves", nullptr},       // of an object that is gone meanwhile: the mover drops it
                                  {"tables", check_tables_and_items},
                                  {"items", nullptr},
                                  {"events", check_events},
                                  {"collections", check_collections},
                                  {"dropped_collections", nullptr},
                                  {"faces", nullptr},
                                  {"users", nullptr},
                                  {"user_vectors", nullptr},
                                  {"request_tokens", nullptr},
                                  {"queues", check_queues},
                                  {"message_storages", nullptr},
                                  {"messages", nullptr},
                                  {"outbox_messages", check_outbox},
                                  {"outbox_deliveries", nullptr},
                                  {"said_once", nullptr},
                                  {"last_said", nullptr}};

}  // namespace

std::span<const TableCheck> table_checks() { return kChecks; }

}  // namespace eyrie::store
