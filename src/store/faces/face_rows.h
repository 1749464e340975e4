// What the face store's parts share: reading the rows of collections, faces and users.
//
// Thread safety: functions of one connection are its thread's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/face_store.h"
#include "store/faces/face_seal.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {

struct CollectionRow {
  std::int64_t id = 0;
  FaceCollection info;
  Bytes data_key;
};
// kNotFound, in Rekognition's words.
Result<CollectionRow> read_collection(Connection& connection, const std::string& name);

struct UserRow {
  std::int64_t id = 0;
  std::uint64_t faces = 0;
};
Result<UserRow> read_user(Connection& connection, const CollectionRow& collection, const FaceSeal& seal,
                          const std::string& name);
// `row` is the user's number, `sealed` its name as it is kept.
Result<std::string> open_name(FaceSeal& seal, std::int64_t row, ByteView sealed);

// A face's row and what of it decides; nullopt where there is none.
struct FaceRow {
  std::int64_t id = 0;
  std::optional<std::int64_t> user;
  std::string user_name;
};
Result<std::optional<FaceRow>> find_face(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                         const std::string& face_id);

// The columns that read_face() reads, and the tables they come from; a condition may follow.
#define EYRIE_SELECT_FACES \
  "SELECT f.id, f.face_id, f.details, u.id, u.sealed_name FROM faces f LEFT JOIN users u ON u.id = f.user "
Result<StoredFace> read_face(const Statement& row, FaceSeal& seal);
Result<std::optional<StoredFace>> face_of_row(Connection& connection, FaceSeal& seal, std::int64_t row);
// What is sealed of a face's row besides its vector.
Bytes write_details(const StoredFace& face);

// kUnsupported where the collection's faces were made by another model.
Status check_model(const CollectionRow& collection, const std::string& model);
// kInvalidArgument where the collection's vectors have another dimension.
Status check_dimension(const CollectionRow& collection, const VectorCode& vector);

Result<VectorCode> read_face_vector(Connection& connection, FaceSeal& seal, std::int64_t face);
// Nullopt where the user has no faces.
Result<std::optional<VectorCode>> read_user_vector(Connection& connection, FaceSeal& seal,
                                                   std::int64_t user);

// The number of the next row of a table whose numbers are never used again; the row must be inserted before
// the next is asked for.
Result<std::int64_t> next_row(Connection& connection, std::string_view table);

// Each once, in the order of their first appearance.
std::vector<std::string> distinct(const std::vector<std::string>& names);

// UUIDs as they are kept: 16 bytes. Of what is no UUID: none, which no row has. Back: uuid_text (base/ids.h).
Bytes uuid_bytes(std::string_view uuid);

}  // namespace eyrie::store
