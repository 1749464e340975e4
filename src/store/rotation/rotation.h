// A new master key: every data key of the data directory is wrapped anew, no data is rewritten, and the key ring's file is sealed as asked. While
// no server runs.
//
// In this order, each step whole on disk before the next: the ring's file gets the new key before the old ones, sealed as it is to be; the data keys in the database
// are wrapped anew, in one transaction; those in objects' files, by way of rotation/header_journal.h; the ring's file keeps the new key alone. After a crash in between the directory
// opens with what the file is sealed by then (the old before the first step, the new after it), and rotating again ends the work.
//
// What it does not do: data keys stay what they are, so who had the old master key and a copy of the directory can still read what was there then.
//
// Not while a backup is made: it takes the same hold (backup/hold.h), and what a backup shares as hard links gets a copy of its own before its header is written.
//
// Errors: those of EmbeddedStore::open; kUnavailable - a backup is being made; kUnsupported - the database holds data keys that this does not know of (nothing is changed then).
#pragma once

#include <cstddef>

#include "base/result.h"
#include "crypto/key_source.h"
#include "store/embedded.h"

namespace eyrie::store {

struct RotationCounts {
  std::size_t rows = 0, files = 0;
  std::size_t unreadable = 0;  // files that no key of the ring opens; left as they are
};

// `seal`: what the ring's file is sealed by from now on; null: nothing.
Result<RotationCounts> rotate_master_key(const EmbeddedOptions& options, const crypto::KeySource* seal);

}  // namespace eyrie::store
