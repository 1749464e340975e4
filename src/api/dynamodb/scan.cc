// Scan, whole or by segments. A segment holds the partitions whose hash falls to it; each page of the table
// is read whole and the other segments' items are left out, so a page of a segment may be short or empty
// while more follow.
#include "api/dynamodb/operations.h"
#include "api/dynamodb/reading.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::int64_t kMaxSegments = 1'000'000;

struct Segment {
  std::int64_t number = 0;
  std::int64_t total = 1;
};

Wire<Segment> read_segment(const json::object& request) {
  EYRIE_TRY(const auto number, integer_member_from(request, "Segment", 0));
  EYRIE_TRY(const auto total, integer_member_from(request, "TotalSegments", 1));
  if (!number && !total) return Segment{};
  if (!number)
    return invalid(
        "The Segment parameter is required but was not present in the request when parameter TotalSegments "
        "is present");
  if (!total)
    return invalid(
        "The TotalSegments parameter is required but was not present in the request when Segment parameter "
        "is present");
  if (*total > kMaxSegments) {
    return broken_constraint(std::to_string(*total), "TotalSegments",
                             "Member must have value less than or equal to 1000000");
  }
  if (*number >= *total) {
    return invalid(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
        std::to_string(*number) + " is not less than TotalSegments: " + std::to_string(*total));
  }
  return Segment{*number, *total};
}

// FNV-1a: stable from one run to the next, which std::hash does not promise.
std::uint64_t stable_hash(ByteView bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace

JsonResult scan(store::ItemTable& items, const JsonCall& call) {
  Reading reading;
  EYRIE_CHECK_OK(read_reading(call.request, false, reading));
  EYRIE_CHECK_OK(reading.placeholders.check_all_used());
  EYRIE_TRY(const Segment segment, read_segment(call.request));
  EYRIE_TRY(const store::TableDescription table, wire(items.describe(reading.table)));
  EYRIE_TRY(const store::Page page, wire(items.scan(reading.table, reading.page)));
  if (segment.total == 1) return page_answer(reading, page);
  return page_answer(reading, page, [&](const store::Item& item) {
    const auto key = store::encode_key(table, item);
    return key && stable_hash(key->partition) % static_cast<std::uint64_t>(segment.total) ==
                      static_cast<std::uint64_t>(segment.number);
  });
}

}  // namespace eyrie::api::dynamodb
