// Looks over a data directory for damage: the key ring, the database and its log, every row, every file of objects, byte for byte. Changes nothing.
//
//   const auto checked = check_store({.directory = data, .keys = keys}, {.found = [](const Finding& finding) { print(finding); }});
//
// What is stored opens only in its place and whole, so damage shows where something does not open, where a row names what is not there, and where an object's bytes make another ETag. What lies in clear
// and refers to nothing (a time, say) is seen by SQLite's own check alone.
//
// What cannot be looked into: bytes of objects under keys that are given (SSE-C) or, without an opener, under keys of KMS. Of those the file's length and header are.
//
// Errors, where nothing could be checked: kNotFound - no data directory; kUnavailable - a server, or another program, uses it; kUnsupported - the database has another format than this program's; what keeps the key ring from opening (the sealing key
// is not given). Damage is no error but a finding. Thread safety: one thread; the sinks are called on it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "store/embedded.h"

namespace eyrie::store {

struct Finding {
  std::string kind;    // "file", "row", ...: docs/operations.md
  std::string place;   // bucket/key, table and row, file
  std::string what;
  std::string advice;  // what to do about it
  bool harmless = false;  // left behind by a crash; the next start, or the command that was cut off, clears it away
};
using FindingSink = std::function<void(const Finding&)>;

struct CheckCounts {
  std::uint64_t rows = 0, objects = 0;
  std::uint64_t bytes = 0;          // of objects, read and authenticated
  std::uint64_t under_given_keys = 0;  // objects whose bytes could not be read for want of their key
  std::uint64_t damage = 0, harmless = 0;
};

struct CheckSinks {
  FindingSink found;
  // Each record that opens, for whoever knows what it says of files outside of the store.
  std::function<void(const std::string& kind, const std::string& name, const std::string& value)> record = {};
  // Opens envelopes of objects under keys of KMS, once all records were told.
  EnvelopeOpener opener = {};
};

// The directory is locked for as long as this takes.
Result<CheckCounts> check_store(const EmbeddedOptions& options, const CheckSinks& sinks);

}  // namespace eyrie::store
