// Writing records so that what people have set on them stays: Archived (BOOL), which keeps a picture out of
// the gallery until it is asked for.
//
// The function writes the whole record anew, more than once, while somebody in the console archives the
// picture: neither write may undo the other's. So each write is bound to the mark that it carries on, and is
// made again where that has changed meanwhile. Errors: kFailedPrecondition - the condition refused;
// kUnavailable - others change it without end; those of the table. Thread safety: all of it, over a
// thread-safe table.
#pragma once

#include "store/item_table.h"

namespace eyrie::analysis {

inline constexpr const char* kArchived = "Archived";

bool is_archived(const store::Item& record);

// In the place of the record before. Where that is of the same upload, the new one is archived as it was;
// another upload's is not. `condition` as of ItemTable::put().
Status put_record(store::ItemTable& items, store::Item record, const store::Condition& condition = {});

// kNotFound where there is no such record. Done again it changes nothing.
Status set_archived(store::ItemTable& items, const store::Item& key, bool archived);

}  // namespace eyrie::analysis
