// Records within DynamoDB's limit of an item, 400 KB: a crowd among a page of print may hold more than that.
//
// Whole findings go, from the ends of their lists, where the least of them are: faces come largest first, labels and instances surest
// first, lines from the top. Everything is in the result file. Thread-safe: pure functions.
#pragma once

#include <cstdint>

#include "analysis/analyze.h"
#include "store/item_table.h"

namespace eyrie::analysis {

// Leaves room for attributes that others add.
inline constexpr std::uint64_t kMaxRecordBytes = 380 * 1024;

// Shortens the heaviest list of findings until the record takes at most `most` bytes, or has none left.
void fit_record(store::Item& record, std::uint64_t most = kMaxRecordBytes);

// Attribute Truncated: for each list that holds fewer than were found ("Instances": those of all labels), how many there were. Absent
// where nothing is missing.
void note_truncation(store::Item& record, const vision::Recognition& seen);

}  // namespace eyrie::analysis
