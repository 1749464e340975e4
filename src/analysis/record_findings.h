// What a picture was found to hold, as attributes of its record. Attributes and their types: docs/formats.md.
//
// DynamoDB's ceiling of 400 KB an item bounds every list; the result file under processed/ has all of it. Names in search fields
// (Detection_Summary) are lower case. Thread-safe: pure functions.
#pragma once

#include <string_view>

#include "analysis/analyze.h"
#include "store/item_table.h"

namespace eyrie::analysis {

// Labels, Detection_Summary, FaceData, Text, Moderation_Flags, ModerationLabels, ImageProperties.
void add_findings(store::Item& record, const Analysis& analysis);

// Plain JSON as a DynamoDB attribute value.
json::object attribute(const json::value& value);
json::object string_value(std::string_view text);
json::object number_value(double number);
json::object number_value(std::int64_t number);

}  // namespace eyrie::analysis
