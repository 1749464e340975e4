// The embedded RecordStore: rows of the table `records`. The format is in docs/formats.md. Thread safety: all of it.
#pragma once

#include "base/bytes.h"
#include "crypto/key_ring.h"
#include "store/record_store.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

class SqliteRecords final : public RecordStore {
 public:
  // Both must outlive it.
  SqliteRecords(Database& database, const crypto::KeyRing& keys) : database_(database), keys_(keys) {}

  Result<std::vector<Record>> records(const std::string& kind) override;
  Status apply(const std::vector<RecordChange>& changes) override;

  // What a record, and its key, is bound to.
  static std::string place_of(const std::string& kind, const std::string& name);

 private:
  Bytes seal(const RecordChange& change) const;
  Result<std::string> open(const std::string& kind, const std::string& name, ByteView sealed) const;

  Database& database_;
  const crypto::KeyRing& keys_;
};

}  // namespace eyrie::store
