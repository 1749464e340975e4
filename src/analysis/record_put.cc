#include "analysis/record_put.h"

#include <optional>

#include "analysis/record.h"

namespace eyrie::analysis {
namespace {

using store::Item;

constexpr int kMostTries = 20;

void mark(Item& record, bool archived) {
  if (archived) {
    record[kArchived] = json::object{{"BOOL", true}};
  } else {
    record.erase(kArchived);
  }
}

// By Query, which the function's role may; kCorrupt where it is damaged.
Result<std::optional<Item>> current_record(store::ItemTable& items, const Item& record) {
  const store::SortCondition at{.op = store::SortOp::kEqual, .low = record.at("UploadTimestamp"), .high = {}};
  EYRIE_TRY(store::Page page, items.query(std::string(kRecordTable), record.at("ImageID"), at, true, {}));
  if (page.items.empty()) return std::nullopt;
  return std::move(page.items.front());
}

// What the record that comes is to carry on from the one that is there.
bool carried(const Item* current, const Item& record) {
  return current != nullptr && is_archived(*current) &&
         record_sequencer(*current) == record_sequencer(record);
}

std::unexpected<Error> changed_without_end() {
  return fail(Code::kUnavailable, "the record is changed by others without end");
}

}  // namespace

bool is_archived(const Item& record) {
  const json::value* mark = record.if_contains(kArchived);
  const json::value* flag =
      mark != nullptr && mark->is_object() ? mark->get_object().if_contains("BOOL") : nullptr;
  return flag != nullptr && flag->is_bool() && flag->get_bool();
}

Status put_record(store::ItemTable& items, Item record, const store::Condition& condition) {
  const std::string table(kRecordTable);
  for (int tries = 0; tries < kMostTries; ++tries) {
    auto before = current_record(items, record);
    if (!before && before.error().code != Code::kCorrupt) return fail(before.error());
    if (!before && !condition) {
      // A damaged one is replaced, as by any put; what was set on it nobody can tell.
      EYRIE_TRY([[maybe_unused]] const auto replaced, items.put(table, record));
      return {};
    }
    const bool archived = before && before->has_value() && carried(&**before, record);
    mark(record, archived);
    bool moved = false;
    const auto put = items.put(table, record, [&](const Item* current) {
      if (condition && !condition(current)) return false;
      moved = carried(current, record) != archived;
      return !moved;
    });
    if (put) return {};
    if (!moved) return fail(put.error());
  }
  return changed_without_end();
}

Status set_archived(store::ItemTable& items, const Item& key, bool archived) {
  const std::string table(kRecordTable);
  for (int tries = 0; tries < kMostTries; ++tries) {
    EYRIE_TRY(auto record, items.get(table, key));
    if (!record) return fail(Code::kNotFound, "There is no such record.");
    if (is_archived(*record) == archived) return {};
    const Item before = *record;
    mark(*record, archived);
    const auto put = items.put(table, *record,
                               [&](const Item* current) { return current != nullptr && *current == before; });
    if (put) return {};
    if (put.error().code != Code::kFailedPrecondition) return fail(put.error());
  }
  return changed_without_end();
}

}  // namespace eyrie::analysis
