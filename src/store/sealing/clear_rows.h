// Objects' attributes, ETags and parts, and payloads of events, that formats before 10 stored in clear: seals them. Called when the store is opened, before anybody reads.
//
// A batch of rows is one transaction, so that a crash leaves rows of both kinds and the next opening goes on; afterwards the database's file is
// written anew (sqlite/rewrite.h). Thread safety: one thread, before others have the database.
#pragma once

#include "store/sealing/row_seal.h"

namespace eyrie::store {

Status seal_clear_rows(Database& database, const RowSeal& objects, const RowSeal& events);

}  // namespace eyrie::store
