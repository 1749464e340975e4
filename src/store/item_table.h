// Tables of items, as DynamoDB means them. Attribute values are JSON in DynamoDB's own wire form: {"S":"x"}, {"N":"1"},
// {"L":[...]}, {"M":{...}}, {"BOOL":true}, {"NULL":true}, {"B":base64}, {"SS":[...]}, {"NS":[...]}, {"BS":[...]}.
//
// Keys: a partition key and an optional sort key, each S, N or B. Numbers order by value (38 digits), strings and binary
// by bytes. A write is on disk when it returns. An item is at most 400 KB (names plus values, DynamoDB's rule).
// Errors: kNotFound (table), kAlreadyExists (table), kInvalidArgument (with DynamoDB's message), kFailedPrecondition
// (the condition failed), kTooLarge. Thread safety: all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace eyrie::store {

enum class KeyType { kString, kNumber, kBinary };  // "S", "N", "B"

struct KeyAttribute {
  std::string name;
  KeyType type = KeyType::kString;
};

struct TableDescription {
  std::string name;
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
  std::int64_t created_ms = 0;
  std::string id;               // UUID
  std::uint64_t item_count = 0;
  std::uint64_t size_bytes = 0;
  bool delete_protected = false;  // delete_table() is refused
};

using Item = json::object;  // attribute name -> attribute value

// Called inside the write's transaction with the item now stored (nullptr where none); false refuses the write with
// kFailedPrecondition. Must be quick and must not call the table.
using Condition = std::function<bool(const Item* current)>;

// Called inside the write's transaction with the item now stored (nullptr where none): what is to be there, with the same key. Nullopt
// changes nothing; an error refuses the write and is its answer. Must be quick and must not call the table.
using Edit = std::function<Result<std::optional<Item>>(const Item* current)>;

// One of the writes that happen together.
struct ItemWrite {
  enum class Kind { kPut, kRemove, kEdit, kCheck };
  Kind kind = Kind::kPut;
  std::string table;
  Item item;            // kPut: all of it; else its key
  Condition condition;  // none: whatever is there
  Edit edit = {};       // kEdit's
};
struct Written {
  Status status;               // of this write alone
  std::optional<Item> before;  // what was there, also where the write is refused
  std::optional<Item> after;   // kEdit's
};

struct ItemKey {
  std::string table;
  Item key;
};

// Condition on the sort key in a Query.
enum class SortOp { kNone, kEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kBetween, kBeginsWith };
struct SortCondition {
  SortOp op = SortOp::kNone;
  json::value low;   // attribute value: operand, or lower bound of kBetween (inclusive)
  json::value high;  // upper bound of kBetween (inclusive)
};

struct PageOptions {
  std::size_t limit = 0;                 // items read, 0: no limit but the page's bytes
  std::size_t max_bytes = 1 << 20;       // DynamoDB's page: 1 MB before filters
  std::optional<Item> exclusive_start;   // key attributes of the last item of the page before
};
struct Page {
  std::vector<Item> items;
  std::optional<Item> last_key;  // where more may follow
};

class ItemTable {
 public:
  virtual ~ItemTable() = default;

  virtual Status create_table(const TableDescription& table) = 0;
  virtual Result<TableDescription> describe(const std::string& table) = 0;
  virtual Result<std::vector<std::string>> tables() = 0;  // by name
  // With its items. kFailedPrecondition where it is protected.
  virtual Status delete_table(const std::string& table) = 0;

  // Answers the item that was there before, if any. One that is damaged is replaced and removed where no condition asks for it (kCorrupt), and not answered.
  virtual Result<std::optional<Item>> put(const std::string& table, const Item& item, const Condition& condition = {}) = 0;
  virtual Result<std::optional<Item>> get(const std::string& table, const Item& key) = 0;
  virtual Result<std::optional<Item>> remove(const std::string& table, const Item& key,
                                             const Condition& condition = {}) = 0;
  // All or none, in this order; no two of one item. The error is the first that one of them met; `written` then tells each one's own,
  // as far as they were come to. A damaged item is an error but for puts and removals without a condition.
  virtual Status write(const std::vector<ItemWrite>& writes, std::vector<Written>& written) = 0;
  // What the first of them are, at one moment: as many as fit `max_bytes`, but one.
  virtual Result<std::vector<std::optional<Item>>> get_all(const std::vector<ItemKey>& keys, std::uint64_t max_bytes) = 0;
  virtual Result<Page> query(const std::string& table, const json::value& partition, const SortCondition& sort,
                             bool forward, const PageOptions& page) = 0;
  virtual Result<Page> scan(const std::string& table, const PageOptions& page) = 0;
};

}  // namespace eyrie::store
