#include "store/items/items.h"

#include "base/ids.h"
#include "base/log.h"
#include "store/items/item_seal.h"

namespace eyrie::store {
namespace {

KeyType parse_type(std::string_view code) {
  return code == "N" ? KeyType::kNumber : code == "B" ? KeyType::kBinary : KeyType::kString;
}

std::string write_description(const TableDescription& table) {
  auto attribute = [](const KeyAttribute& key) {
    return json::object{{"name", key.name}, {"type", type_code(key.type)}};
  };
  json::object value{
      {"partition", attribute(table.partition)}, {"created_ms", table.created_ms}, {"id", table.id}};
  if (table.sort) value["sort"] = attribute(*table.sort);
  return write_json(value);
}

struct Table {
  TableDescription description;
  Bytes data_key;  // wrapped
};

Result<Table> read_table(Connection& connection, const std::string& name) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT description, items, bytes, data_key FROM tables WHERE name = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, name).step());
  if (!row) return fail(Code::kNotFound, "Requested resource not found: Table: " + name + " not found");
  EYRIE_TRY(TableDescription table, parse_description(name, statement.text(0)));
  table.item_count = static_cast<std::uint64_t>(statement.integer(1));
  table.size_bytes = static_cast<std::uint64_t>(statement.integer(2));
  const ByteView data_key = statement.blob(3);
  return Table{std::move(table), Bytes(data_key.begin(), data_key.end())};
}

struct OpenTable {
  TableDescription description;
  ItemSeal seal;
};

Result<OpenTable> open_table(Connection& connection, const crypto::KeyRing& keys, const std::string& name) {
  EYRIE_TRY(Table found, read_table(connection, name));
  EYRIE_TRY(ItemSeal seal, ItemSeal::open_key(keys, name, found.data_key));
  return OpenTable{std::move(found.description), std::move(seal)};
}

// Each of DynamoDB's 32 levels is two of JSON's, which is more than parse_json allows strangers.
Result<Item> parse_item(std::string_view text) {
  json::parse_options options;
  options.max_depth = 128;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return fail(Code::kCorrupt, "a stored item does not parse");
  return std::move(value.get_object());
}

struct Stored {
  Item item;
  std::int64_t size = 0;
  bool readable = true;
};

Result<std::optional<Stored>> read_item(Connection& connection, const std::string& table, ItemSeal& seal,
                                        const EncodedKey& key) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT item, size FROM items WHERE name = ? AND partition = ? AND sort = ?"));
  EYRIE_TRY(const bool row,
            statement.bind(1, table).bind_blob(2, key.partition).bind_blob(3, key.sort).step());
  if (!row) return std::nullopt;
  EYRIE_TRY(const std::string_view text, seal.open(key.partition, key.sort, statement.blob(0)));
  EYRIE_TRY(Item item, parse_item(text));
  return Stored{std::move(item), statement.integer(1)};
}

// For whoever replaces or removes it whatever it is: a damaged item must not stand in the way of that, and counts with its size.
Result<std::optional<Stored>> read_to_replace(Connection& connection, const std::string& table, ItemSeal& seal, const EncodedKey& key, const Condition& condition) {
  auto stored = read_item(connection, table, seal, key);
  if (stored || stored.error().code != Code::kCorrupt || condition) return stored;
  log_error("a damaged item is replaced or removed", {{"table", table}, {"error", stored.error().message}});
  EYRIE_TRY(Statement statement, connection.prepare("SELECT size FROM items WHERE name = ? AND partition = ? AND sort = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, table).bind_blob(2, key.partition).bind_blob(3, key.sort).step());
  return Stored{.item = {}, .size = row ? statement.integer(0) : 0, .readable = false};
}

Status check_condition(const Condition& condition, const std::optional<Stored>& current) {
  if (!condition || condition(current ? &current->item : nullptr)) return {};
  return fail(Code::kFailedPrecondition, "The conditional request failed");
}

Status count(Connection& connection, const std::string& table, std::int64_t items, std::int64_t bytes) {
  EYRIE_TRY(Statement statement,
            connection.prepare("UPDATE tables SET items = items + ?, bytes = bytes + ? WHERE name = ?"));
  return statement.bind(1, items).bind(2, bytes).bind(3, table).run();
}

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

Result<EncodedKey> encode_start(const TableDescription& table, const Item& start) {
  auto key = encode_exact_key(table, start);
  if (key) return key;
  return fail(Code::kInvalidArgument, "The provided starting key is invalid: " + key.error().message);
}

}  // namespace

Result<TableDescription> parse_description(const std::string& name, std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return fail(Code::kCorrupt, "the description of the table " + name + " is damaged");
  const auto attribute = [](const json::value& key) {
    return KeyAttribute{std::string(key.at("name").as_string()), parse_type(key.at("type").as_string())};
  };
  try {
    TableDescription table{.name = name, .partition = attribute(value->at("partition"))};
    if (const json::value* sort = find(*value, "sort")) table.sort = attribute(*sort);
    table.created_ms = value->at("created_ms").as_int64();
    table.id = value->at("id").as_string();
    return table;
  } catch (const std::exception&) {
    return fail(Code::kCorrupt, "the description of the table " + name + " is damaged");
  }
}

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
  EYRIE_TRY(Table found, read_table(*connection, table));
  return std::move(found.description);
}

Result<std::vector<std::string>> SqliteItems::tables() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name FROM tables ORDER BY name"));
  std::vector<std::string> names;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return names;
    names.push_back(statement.text(0));
  }
}

Result<std::optional<Item>> SqliteItems::put(const std::string& table, const Item& item,
                                             const Condition& condition) {
  Item normal = item;
  EYRIE_CHECK_OK(normalize_item(normal));
  const auto size = static_cast<std::int64_t>(item_bytes(normal));
  if (static_cast<std::size_t>(size) > kMaxItemBytes) {
    return fail(Code::kTooLarge, "Item size has exceeded the maximum allowed size");
  }
  const std::string text = write_json(normal);
  std::optional<Stored> before;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(OpenTable open, open_table(connection, keys_, table));
    auto& [description, seal] = open;
    EYRIE_TRY(const EncodedKey key, encode_key(description, normal));
    EYRIE_TRY(before, read_to_replace(connection, table, seal, key, condition));
    EYRIE_CHECK_OK(check_condition(condition, before));
    const Bytes sealed = seal.seal(key.partition, key.sort, text);
    EYRIE_TRY(Statement statement,
              connection.prepare(
                  "INSERT OR REPLACE INTO items(name, partition, sort, item, size) VALUES(?, ?, ?, ?, ?)"));
    statement.bind(1, table).bind_blob(2, key.partition).bind_blob(3, key.sort).bind_blob(4, sealed);
    statement.bind(5, size);
    EYRIE_CHECK_OK(statement.run());
    return count(connection, table, before ? 0 : 1, size - (before ? before->size : 0));
  }));
  if (!before || !before->readable) return std::nullopt;
  return std::move(before->item);
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

Result<std::optional<Item>> SqliteItems::remove(const std::string& table, const Item& key,
                                                const Condition& condition) {
  std::optional<Stored> before;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(OpenTable open, open_table(connection, keys_, table));
    auto& [description, seal] = open;
    EYRIE_TRY(const EncodedKey encoded, encode_exact_key(description, key));
    EYRIE_TRY(before, read_to_replace(connection, table, seal, encoded, condition));
    EYRIE_CHECK_OK(check_condition(condition, before));
    if (!before) return {};
    EYRIE_TRY(Statement statement,
              connection.prepare("DELETE FROM items WHERE name = ? AND partition = ? AND sort = ?"));
    EYRIE_CHECK_OK(statement.bind(1, table).bind_blob(2, encoded.partition).bind_blob(3, encoded.sort).run());
    return count(connection, table, -1, -before->size);
  }));
  if (!before || !before->readable) return std::nullopt;
  return std::move(before->item);
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
