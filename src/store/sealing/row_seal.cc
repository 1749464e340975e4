#include "store/sealing/row_seal.h"

#include "crypto/sealed_message.h"

namespace eyrie::store {

std::string RowSeal::key_place(std::string_view name) { return "eyrie data key " + std::string(name); }

Result<RowSeal> RowSeal::load(Database& database, const crypto::KeyRing& keys, const std::string& name) {
  Bytes wrapped;
  EYRIE_CHECK_OK(database.run([&](Connection& connection) -> Status {
    {
      EYRIE_TRY(Statement find, connection.prepare("SELECT data_key FROM data_keys WHERE name = ?"));
      EYRIE_TRY(const bool row, find.bind(1, name).step());
      if (row) {
        const ByteView stored = find.blob(0);
        wrapped.assign(stored.begin(), stored.end());
        return {};
      }
    }
    wrapped = keys.new_key(key_place(name));
    EYRIE_TRY(Statement insert, connection.prepare("INSERT INTO data_keys(name, data_key) VALUES(?, ?)"));
    return insert.bind(1, name).bind_blob(2, wrapped).run();
  }));
  return open_key(keys, name, wrapped);
}

Result<RowSeal> RowSeal::open_key(const crypto::KeyRing& keys, const std::string& name, ByteView wrapped) {
  EYRIE_TRY(const crypto::SecretKey key, keys.open_key(key_place(name), wrapped, name));
  return RowSeal(key);
}

Bytes RowSeal::seal(std::string_view place, std::string_view text) const { return crypto::seal_under_derived_key(key_, place, as_bytes(text)); }

Result<std::string> RowSeal::open(std::string_view place, ByteView sealed) const {
  Bytes plain;
  if (!crypto::open_under_derived_key(key_, place, sealed, plain)) return fail(Code::kCorrupt, "a stored value fails its check");
  return std::string(as_text(plain));
}

}  // namespace eyrie::store
