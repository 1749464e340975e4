#include "store/items/items.h"

#include <map>

#include "base/ids.h"
#include "store/items/deleted_tables.h"
#include "store/items/item_writes.h"
#include "store/items/table_rows.h"

namespace eyrie::store {
namespace {

// The bytes next after every string that begins with `prefix`; empty where there are none (all 0xFF).
Bytes successor(Bytes prefix) {
  while (!prefix.empty() && prefix.back() == 0xFF) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

// Bounds on the encoded sort key.
struct SortRange {
  Bytes low;                                  // empty: below every key
  Bytes high = Bytes(kMaxSortKey + 1, 0xFF);  // above every key
  bool low_inclusive = true, high_inclusive = true;
};

// An operand of a key condition.
Result<Bytes> encode_operand(const KeyAttribute& attribute, const json::value& value) {
  if (!has_type(value, attribute.type)) {
    return fail(
        Code::kInvalidArgument,
        "One or more parameter values were invalid: Condition parameter type does not match schema type");
  }
  return encode_key_value(attribute, value);
}

Result<SortRange> sort_range(const TableDescription& table, const SortCondition& sort) {
  SortRange range;
  if (sort.op == SortOp::kNone) return range;
  if (!table.sort)
    return fail(Code::kInvalidArgument, "Query condition on a sort key that the table does not have");
  EYRIE_TRY(const Bytes operand, encode_operand(*table.sort, sort.low));
  switch (sort.op) {
    case SortOp::kNone:
      break;
    case SortOp::kEqual:
      range.low = range.high = operand;
      break;
    case SortOp::kLess:
    case SortOp::kLessEqual:
      range.high = operand;
      range.high_inclusive = sort.op == SortOp::kLessEqual;
      break;
    case SortOp::kGreater:
    case SortOp::kGreaterEqual:
      range.low = operand;
      range.low_inclusive = sort.op == SortOp::kGreaterEqual;
      break;
    case SortOp::kBetween: {
      range.low = operand;
      EYRIE_TRY(range.high, encode_operand(*table.sort, sort.high));
      if (range.high < range.low) {
        return fail(Code::kInvalidArgument,
                    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound");
      }
      break;
    }
    case SortOp::kBeginsWith:
      if (table.sort->type == KeyType::kNumber) {
        return fail(Code::kInvalidArgument, "begins_with needs a string or binary sort key");
      }
      range.low = operand;
      if (Bytes next = successor(operand); !next.empty()) range.high = std::move(next);
      range.high_inclusive = false;
      break;
  }
  return range;
}

// Rows become items until the page is full; then last_key says where the next begins. As in DynamoDB, a page that
// is full says so even where nothing follows.
Result<Page> read_page(Statement& statement, const TableDescription& table, ItemSeal& seal,
                       const PageOptions& options) {
  Page page;
  std::uint64_t bytes = 0;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return page;
    bytes += static_cast<std::uint64_t>(statement.integer(1));
    bool full = bytes > options.max_bytes && !page.items.empty();
    if (!full) {
      EYRIE_TRY(const std::string_view text, seal.open(statement.blob(2), statement.blob(3), statement.blob(0)));
      EYRIE_TRY(Item item, parse_item(text));
      page.items.push_back(std::move(item));
      full = options.limit != 0 && page.items.size() >= options.limit;
    }
    if (full) {
      page.last_key = key_of(table, page.items.back());
      return page;
    }
  }
}

constexpr std::string_view kForward =
    "SELECT item, size, partition, sort FROM items WHERE name = ?1 AND partition = ?2 AND sort >= ?3 AND sort <= ?4"
    " AND (?5 OR sort <> ?3) AND (?6 OR sort <> ?4) ORDER BY sort";
constexpr std::string_view kBackward =
    "SELECT item, size, partition, sort FROM items WHERE name = ?1 AND partition = ?2 AND sort >= ?3 AND sort <= ?4"
    " AND (?5 OR sort <> ?3) AND (?6 OR sort <> ?4) ORDER BY sort DESC";

// Reads of one connection that see one moment.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection), begun_(connection.execute("BEGIN")) {}
  ~Snapshot() {
    if (connection_.in_transaction()) (void)connection_.execute("COMMIT");
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Status& begun() const { return begun_; }

 private:
  Connection& connection_;
  const Status begun_;
};

Result<EncodedKey> encode_start(const TableDescription& table, const Item& start) {
  auto key = encode_exact_key(table, start);
  if (key) return key;
  return fail(Code::kInvalidArgument, "The provided starting key is invalid: " + key.error().message);
}

}  // namespace

Status SqliteItems::create_table(const TableDescription& table) {
  TableDescription made = table;
  if (made.id.empty()) made.id = uuid_v4();
  if (made.created_ms == 0) made.created_ms = clock_.now_ms();
  const std::string description = write_description(made);
  const Bytes data_key = ItemSeal::make_key(keys_, made.name);
  Status outcome = database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement,
              connection.prepare("INSERT INTO tables(name, description, data_key) VALUES(?, ?, ?)"));
    return statement.bind(1, made.name).bind(2, description).bind_blob(3, data_key).run();
  });
  if (!outcome && outcome.error().code == Code::kAlreadyExists) {
    return fail(Code::kAlreadyExists, "Table already exists: " + made.name);
  }
  return outcome;
}

Result<TableDescription> SqliteItems::describe(const std::string& table) {
  EYRIE_TRY(auto connection, database_.reader());
  return read_table(*connection, table);
}

Result<std::vector<std::string>> SqliteItems::tables() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name, description FROM tables ORDER BY name"));
  std::vector<std::string> names;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return names;
    if (!is_being_deleted(statement.text(1))) names.push_back(statement.text(0));
  }
}

Status SqliteItems::delete_table(const std::string& table) { return delete_table_rows(database_, table); }

Status SqliteItems::write(const std::vector<ItemWrite>& writes, std::vector<Written>& written) {
  return write_items(database_, keys_, writes, written);
}

Result<std::optional<Item>> SqliteItems::write_one(ItemWrite write) {
  std::vector<ItemWrite> writes;
  writes.push_back(std::move(write));
  std::vector<Written> written;
  EYRIE_CHECK_OK(write_items(database_, keys_, std::move(writes), written));
  return std::move(written.front().before);
}

Result<std::optional<Item>> SqliteItems::put(const std::string& table, const Item& item,
                                             const Condition& condition) {
  return write_one({.kind = ItemWrite::Kind::kPut, .table = table, .item = item, .condition = condition});
}

Result<std::optional<Item>> SqliteItems::get(const std::string& table, const Item& key) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(OpenTable open, open_table(*connection, keys_, table));
  auto& [description, seal] = open;
  EYRIE_TRY(const EncodedKey encoded, encode_exact_key(description, key));
  EYRIE_TRY(auto stored, read_item(*connection, table, seal, encoded));
  if (!stored) return std::nullopt;
  return std::move(stored->item);
}

Result<std::vector<std::optional<Item>>> SqliteItems::get_all(const std::vector<ItemKey>& keys,
                                                             std::uint64_t max_bytes) {
  EYRIE_TRY(auto connection, database_.reader());
  const Snapshot snapshot(*connection);
  EYRIE_CHECK_OK(snapshot.begun());
  std::map<std::string, OpenTable> tables;
  std::vector<std::optional<Item>> found;
  std::uint64_t bytes = 0;
  for (const ItemKey& wanted : keys) {
    if (!tables.contains(wanted.table)) {
      EYRIE_TRY(OpenTable table, open_table(*connection, keys_, wanted.table));
      tables.emplace(wanted.table, std::move(table));
    }
    auto& [description, seal] = tables.at(wanted.table);
    EYRIE_TRY(const EncodedKey encoded, encode_exact_key(description, wanted.key));
    EYRIE_TRY(auto stored, read_item(*connection, wanted.table, seal, encoded));
    bytes += stored ? static_cast<std::uint64_t>(stored->size) : 0;
    if (bytes > max_bytes && !found.empty()) break;
    found.push_back(stored ? std::optional(std::move(stored->item)) : std::nullopt);
  }
  return found;
}

Result<std::optional<Item>> SqliteItems::remove(const std::string& table, const Item& key,
                                                const Condition& condition) {
  return write_one({.kind = ItemWrite::Kind::kRemove, .table = table, .item = key, .condition = condition});
}

Result<Page> SqliteItems::query(const std::string& table, const json::value& partition,
                                const SortCondition& sort, bool forward, const PageOptions& page) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(OpenTable open, open_table(*connection, keys_, table));
  auto& [description, seal] = open;
  EYRIE_TRY(const Bytes partition_key, encode_operand(description.partition, partition));
  EYRIE_TRY(SortRange range, sort_range(description, sort));
  if (page.exclusive_start) {
    EYRIE_TRY(const EncodedKey start, encode_start(description, *page.exclusive_start));
    if (start.partition != partition_key) {
      return fail(Code::kInvalidArgument,
                  "The provided starting key is outside query boundaries based on provided conditions");
    }
    if (!description.sort) return Page{};  // the partition's only item was the last page
    if (forward && start.sort >= range.low) {
      range.low = start.sort;
      range.low_inclusive = false;
    }
    if (!forward && start.sort <= range.high) {
      range.high = start.sort;
      range.high_inclusive = false;
    }
  }
  EYRIE_TRY(Statement statement, connection->prepare(forward ? kForward : kBackward));
  statement.bind(1, table).bind_blob(2, partition_key).bind_blob(3, range.low).bind_blob(4, range.high);
  statement.bind(5, std::int64_t{range.low_inclusive}).bind(6, std::int64_t{range.high_inclusive});
  return read_page(statement, description, seal, page);
}

Result<Page> SqliteItems::scan(const std::string& table, const PageOptions& page) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(OpenTable open, open_table(*connection, keys_, table));
  auto& [description, seal] = open;
  EncodedKey start;
  if (page.exclusive_start) {
    EYRIE_TRY(start, encode_start(description, *page.exclusive_start));
  }
  EYRIE_TRY(
      Statement statement,
      connection->prepare("SELECT item, size, partition, sort FROM items WHERE name = ?1 AND (partition, sort) > (?2, ?3)"
                          " ORDER BY partition, sort"));
  statement.bind(1, table).bind_blob(2, start.partition).bind_blob(3, start.sort);
  return read_page(statement, description, seal, page);
}

}  // namespace eyrie::store
