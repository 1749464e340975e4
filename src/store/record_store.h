// Durable records of what is few and must stay secret: identities, keys. Whoever owns a kind reads it whole at start, keeps it in
// memory, and writes through.
//
// A record's value is sealed (AES-256-GCM under a key of its own, which the master key wraps) and opens only under its own kind
// and name. Kinds and names are in the clear. apply() is one transaction: on disk when it returns, or nothing of it is.
// Errors: kCorrupt - a record does not open; those of the database. Thread safety: all of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::store {

struct Record {
  std::string name;
  std::string value;
};

struct RecordChange {
  std::string kind;  // "iam.user"; no control characters
  std::string name;
  std::optional<std::string> value;  // nullopt: the record goes
};

class RecordStore {
 public:
  virtual ~RecordStore() = default;

  virtual Result<std::vector<Record>> records(const std::string& kind) = 0;  // by name
  virtual Status apply(const std::vector<RecordChange>& changes) = 0;
};

}  // namespace eyrie::store
