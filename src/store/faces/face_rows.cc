#include "store/faces/face_rows.h"

#include <array>
#include <bit>
#include <unordered_set>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"

namespace eyrie::store {

namespace {

// Image id, then box and confidence as 64-bit floats, little-endian; the external image id is the rest.
constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kNumbers = 5;
constexpr std::size_t kDetailsBytes = kUuidBytes + 8 * kNumbers;

void read_details(ByteView details, StoredFace& face) {
  std::array<double, kNumbers> numbers;
  for (std::size_t i = 0; i < kNumbers; ++i) {
    std::uint64_t bits = 0;
    for (std::size_t byte = 8; byte-- > 0;) bits = bits << 8 | details[kUuidBytes + 8 * i + byte];
    numbers[i] = std::bit_cast<double>(bits);
  }
  face.image_id = uuid_text(details.first(kUuidBytes));
  face.box = {.left = numbers[0], .top = numbers[1], .width = numbers[2], .height = numbers[3]};
  face.confidence = numbers[4];
  face.external_image_id = as_text(details.subspan(kDetailsBytes));
}

}  // namespace

Bytes write_details(const StoredFace& face) {
  Bytes details = uuid_bytes(face.image_id);
  details.resize(kUuidBytes);
  for (const double number : {face.box.left, face.box.top, face.box.width, face.box.height, face.confidence}) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    for (int shift = 0; shift < 64; shift += 8) details.push_back(static_cast<std::uint8_t>(bits >> shift));
  }
  details.insert(details.end(), face.external_image_id.begin(), face.external_image_id.end());
  return details;
}

Bytes uuid_bytes(std::string_view uuid) {
  if (!is_uuid(uuid)) return {};
  std::string digits(uuid);
  std::erase(digits, '-');
  return hex_decode(digits).value_or(Bytes{});
}

Result<std::int64_t> next_row(Connection& connection, std::string_view table) {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, table).step());
  return found ? statement.integer(0) + 1 : 1;
}

std::vector<std::string> distinct(const std::vector<std::string>& names) {
  std::vector<std::string> once;
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (seen.insert(name).second) once.push_back(name);
  }
  return once;
}

Result<CollectionRow> read_collection(Connection& connection, const std::string& name) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT id, model, dimension, created_ms, faces, users, tags, data_key"
                               " FROM collections WHERE name = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, name).step());
  if (!found) return fail(Code::kNotFound, "The collection id: " + name + " does not exist");
  CollectionRow row{.id = statement.integer(0)};
  row.info = {.name = name,
              .model = statement.text(1),
              .dimension = static_cast<std::size_t>(statement.integer(2)),
              .created_ms = statement.integer(3),
              .faces = static_cast<std::uint64_t>(statement.integer(4)),
              .users = static_cast<std::uint64_t>(statement.integer(5))};
  const auto tags = parse_json(statement.text(6));
  if (!tags || !tags->is_object()) return fail(Code::kCorrupt, "the tags of the collection " + name + " are damaged");
  row.info.tags = texts_of(&*tags);
  const ByteView key = statement.blob(7);
  row.data_key.assign(key.begin(), key.end());
  return row;
}

Result<UserRow> read_user(Connection& connection, const CollectionRow& collection, const FaceSeal& seal,
                          const std::string& name) {
  const Bytes index = seal.index(FoundBy::kUserName, as_bytes(name));
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT id, faces FROM users WHERE collection = ? AND name = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, collection.id).bind_blob(2, index).step());
  if (!found) {
    return fail(Code::kNotFound,
                "The user id: " + name + " does not exist in the collection " + collection.info.name);
  }
  return UserRow{.id = statement.integer(0), .faces = static_cast<std::uint64_t>(statement.integer(1))};
}

Result<std::string> open_name(FaceSeal& seal, std::int64_t row, ByteView sealed) {
  EYRIE_TRY(const ByteView name, seal.open_bytes(SealedAs::kUserName, row, sealed));
  return std::string(as_text(name));
}

Result<std::optional<FaceRow>> find_face(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                         const std::string& face_id) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT f.id, f.user, u.sealed_name FROM faces f LEFT JOIN users u ON u.id = f.user"
                               " WHERE f.collection = ? AND f.face_id = ?"));
  const Bytes id = uuid_bytes(face_id);
  EYRIE_TRY(const bool found, statement.bind(1, collection.id).bind_blob(2, id).step());
  if (!found) return std::nullopt;
  FaceRow row{.id = statement.integer(0)};
  if (statement.is_null(1)) return row;
  row.user = statement.integer(1);
  EYRIE_TRY(row.user_name, open_name(seal, *row.user, statement.blob(2)));
  return row;
}

Result<StoredFace> read_face(const Statement& row, FaceSeal& seal) {
  StoredFace face{.id = uuid_text(row.blob(1))};
  EYRIE_TRY(const ByteView details, seal.open_bytes(SealedAs::kFaceDetails, row.integer(0), row.blob(2)));
  if (details.size() < kDetailsBytes) return fail(Code::kCorrupt, "a stored face is too short");
  read_details(details, face);
  if (row.is_null(3)) return face;
  EYRIE_TRY(face.user, open_name(seal, row.integer(3), row.blob(4)));
  return face;
}

Result<std::optional<StoredFace>> face_of_row(Connection& connection, FaceSeal& seal, std::int64_t row) {
  EYRIE_TRY(Statement statement, connection.prepare(EYRIE_SELECT_FACES "WHERE f.id = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, row).step());
  if (!found) return std::nullopt;
  EYRIE_TRY(StoredFace face, read_face(statement, seal));
  return face;
}

Status check_model(const CollectionRow& collection, const std::string& model) {
  if (collection.info.model == model) return {};
  return fail(Code::kUnsupported, "The collection " + collection.info.name + " belongs to face model " +
                                      collection.info.model + "; the model now is " + model +
                                      ". Their faces cannot be compared: index them into a new collection.");
}

Status check_dimension(const CollectionRow& collection, const VectorCode& vector) {
  if (collection.info.dimension == 0 || collection.info.dimension == vector.dimension()) return {};
  return fail(Code::kInvalidArgument, "an embedding of " + std::to_string(vector.dimension()) +
                                          " components; the collection's have " +
                                          std::to_string(collection.info.dimension));
}

Result<VectorCode> read_face_vector(Connection& connection, FaceSeal& seal, std::int64_t face) {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT vector FROM faces WHERE id = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, face).step());
  if (!found) return fail(Code::kNotFound, "the face is gone");
  return seal.open(SealedAs::kFaceVector, face, statement.blob(0));
}

Result<std::optional<VectorCode>> read_user_vector(Connection& connection, FaceSeal& seal,
                                                   std::int64_t user) {
  EYRIE_TRY(Statement statement, connection.prepare("SELECT id, vector FROM user_vectors WHERE user = ?"));
  EYRIE_TRY(const bool found, statement.bind(1, user).step());
  if (!found) return std::nullopt;
  EYRIE_TRY(VectorCode code, seal.open(SealedAs::kUserVector, statement.integer(0), statement.blob(1)));
  return code;
}

}  // namespace eyrie::store
