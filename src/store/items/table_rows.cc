#include "store/items/table_rows.h"

namespace eyrie::store {
namespace {

constexpr std::string_view kDeleted = "deleted";

KeyType parse_type(std::string_view code) {
  return code == "N" ? KeyType::kNumber : code == "B" ? KeyType::kBinary : KeyType::kString;
}

struct Table {
  TableDescription description;
  Bytes data_key;  // wrapped
};

Result<Table> read_table_and_key(Connection& connection, const std::string& name) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT description, items, bytes, data_key FROM tables WHERE name = ?"));
  EYRIE_TRY(const bool row, statement.bind(1, name).step());
  const std::string text = row ? statement.text(0) : "";
  if (!row || is_being_deleted(text))
    return fail(Code::kNotFound, "Requested resource not found: Table: " + name + " not found");
  EYRIE_TRY(TableDescription table, parse_description(name, text));
  table.item_count = static_cast<std::uint64_t>(statement.integer(1));
  table.size_bytes = static_cast<std::uint64_t>(statement.integer(2));
  const ByteView data_key = statement.blob(3);
  return Table{std::move(table), Bytes(data_key.begin(), data_key.end())};
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

bool is_being_deleted(std::string_view description) {
  // As write_json() writes it. Within a string its quotes would have backslashes before them.
  return description.contains("\"deleted\":true");
}

std::string write_description(const TableDescription& table, bool being_deleted) {
  auto attribute = [](const KeyAttribute& key) {
    return json::object{{"name", key.name}, {"type", type_code(key.type)}};
  };
  json::object value{
      {"partition", attribute(table.partition)}, {"created_ms", table.created_ms}, {"id", table.id}};
  if (table.sort) value["sort"] = attribute(*table.sort);
  if (being_deleted) value[kDeleted] = true;
  return write_json(value);
}

Result<TableDescription> read_table(Connection& connection, const std::string& name) {
  EYRIE_TRY(Table found, read_table_and_key(connection, name));
  return std::move(found.description);
}

Result<OpenTable> open_table(Connection& connection, const crypto::KeyRing& keys, const std::string& name) {
  EYRIE_TRY(Table found, read_table_and_key(connection, name));
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

Result<std::optional<StoredItem>> read_item(Connection& connection, const std::string& table, ItemSeal& seal,
                                        const EncodedKey& key) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT item, size FROM items WHERE name = ? AND partition = ? AND sort = ?"));
  EYRIE_TRY(const bool row,
            statement.bind(1, table).bind_blob(2, key.partition).bind_blob(3, key.sort).step());
  if (!row) return std::nullopt;
  EYRIE_TRY(const std::string_view text, seal.open(key.partition, key.sort, statement.blob(0)));
  EYRIE_TRY(Item item, parse_item(text));
  return StoredItem{std::move(item), statement.integer(1)};
}

Status count_items(Connection& connection, const std::string& table, std::int64_t items, std::int64_t bytes) {
  EYRIE_TRY(Statement statement,
            connection.prepare("UPDATE tables SET items = items + ?, bytes = bytes + ? WHERE name = ?"));
  return statement.bind(1, items).bind(2, bytes).bind(3, table).run();
}

}  // namespace eyrie::store
