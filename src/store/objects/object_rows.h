// Rows of the table `objects`: reading and writing them, and the order of versions. Internal to store/.
#pragma once

#include <optional>
#include <string>

#include "store/object_store.h"
#include "store/sealing/row_seal.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {

struct ObjectRow {
  ObjectInfo info;
  std::string file;
  bool cold = false;               // the file lies in the cold folder
  std::uint64_t stored_size = 0;   // plaintext bytes of the file, which is compressed; 0: it is the object as it is
  std::string restored_file = {};  // of the temporary copy; not in listings
  bool readable = true;            // else what is sealed of it does not open, and what stands in clear is all that is here
};

// What an object's attributes and parts are sealed to.
std::string object_place(const std::string& bucket, const std::string& key);
std::string parts_place(const std::string& bucket, const std::string& key);

// Of the columns key, file, size, modified_ms, sequencer, attributes, parts.
Result<ObjectRow> read_object_row(const Statement& statement, const RowSeal& seal, const std::string& bucket);
// What of them stands in clear, for where the rest is damaged; that it is goes to the log.
ObjectRow read_damaged_row(const Statement& statement, const std::string& bucket, const Error& damage);
// With what is known of a temporary copy.
Result<std::optional<ObjectRow>> find_object(Connection& connection, const RowSeal& seal, const std::string& bucket,
                                             const std::string& key);
// The same for whoever replaces or removes it: a damaged row must not stand in the way of that.
Result<std::optional<ObjectRow>> find_object_to_replace(Connection& connection, const RowSeal& seal, const std::string& bucket, const std::string& key);
// Whether a row, or of the hot folder a temporary copy's, names this file of that folder.
Result<bool> names_file(Connection& connection, const std::string& file, bool cold);
// kNotFound where the bucket does not exist; answers its notification rules' text.
Result<std::string> require_bucket(Connection& connection, const std::string& bucket);
// As they are stored. Parts are empty where there are none.
Bytes seal_attributes(const RowSeal& seal, const ObjectRow& row);
Bytes seal_parts(const RowSeal& seal, const ObjectInfo& object);
// Writes a row's file and attributes.
Status update_row(Connection& connection, const RowSeal& seal, const ObjectRow& row);
// Forgets a temporary copy's row.
Status delete_restored_copy(Connection& connection, const std::string& bucket, const std::string& key);
// The next sequencer: 16 hexadecimal digits, greater than any before, whatever the clock does.
Result<std::string> next_sequencer(Connection& connection, std::int64_t now_ms);

std::unexpected<Error> no_such_bucket(const std::string& bucket);
std::unexpected<Error> no_such_key(const std::string& key);

}  // namespace eyrie::store
