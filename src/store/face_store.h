// Collections of faces, and the users that faces are gathered under, as Rekognition means them.
//
// A collection belongs to one face model, whose embeddings alone compare with each other: the first face
// added fixes the dimension. Positions in pages are ages: faces, users and collections are listed oldest
// first, and whatever is added or removed meanwhile, a walk through the pages meets everything that stays
// exactly once.
//
// Units: boxes are ratios of the picture; confidences 0..100; nearness is the cosine of two embeddings, -1..1
// (what that means to people, vision/faces/similarity.h says). A write is on disk when it returns.
//
// Errors: kNotFound - the collection, or the user a method needs, is not there; kAlreadyExists - the
// collection or user to create is; kUnsupported - the collection belongs to another model; kInvalidArgument -
// an embedding that is no direction or of another dimension; kTooLarge - over a limit of FaceLimits;
// kFailedPrecondition - the request token has served another request. Messages are for the caller. Thread
// safety: all of it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/object_store.h"
#include "store/vectors/vector_code.h"

namespace eyrie::store {

struct FaceLimits {
  std::uint64_t collection_faces = 20'000'000;
  std::uint64_t collection_users = 20'000'000;
  std::size_t user_faces = 100;
};

struct FaceCollection {
  std::string name;
  std::string model;
  std::size_t dimension = 0;  // 0: no face yet
  std::int64_t created_ms = 0;
  std::uint64_t faces = 0, users = 0;
  StringMap tags;
};

struct FaceBox {
  double left = 0, top = 0, width = 0, height = 0;

  friend bool operator==(const FaceBox&, const FaceBox&) = default;
};

struct StoredFace {
  std::string id, image_id;       // UUIDs
  std::string external_image_id;  // empty: none
  FaceBox box;
  double confidence = 0;
  std::string user;  // empty: none
};

struct StoredUser {
  std::string name;
  std::uint64_t faces = 0;
};

template <typename T>
struct PageOf {
  std::vector<T> entries;
  std::int64_t next = 0;  // what to pass as `after` for the next page; 0: this was the last
};

struct FaceToAdd {
  FaceBox box;
  double confidence = 0;
  std::vector<float> embedding;
};

// The faces of one picture.
struct PictureFaces {
  std::string model;
  std::array<std::uint8_t, 32> picture{};  // SHA-256 of its bytes
  std::string external_image_id;
  std::vector<FaceToAdd> faces;
};

struct FaceFilter {
  std::optional<std::string> user;
  std::optional<std::vector<std::string>> ids;
};

template <typename T>
struct Near {
  T entry;
  double cosine = 0;
};

enum class FaceProblemReason { kFaceNotFound, kOfAnotherUser, kOfAUser, kTooFar, kUserFull };

// Why something asked for was not done to a face.
struct FaceProblem {
  std::string face_id;
  FaceProblemReason reason = FaceProblemReason::kFaceNotFound;
  std::string user;              // kOfAnotherUser, kOfAUser: whose it is
  std::optional<double> cosine;  // kTooFar
};

struct FaceChanges {
  std::vector<std::string> done;  // face ids, in the order asked for
  std::vector<FaceProblem> problems;
  std::uint64_t user_faces = 0;  // of the user, afterwards
};

// Makes a request that is sent again (a retry after a broken connection) answer as it did and change nothing.
// Kept for eight hours.
struct RequestToken {
  std::string token;                       // empty: none
  std::array<std::uint8_t, 32> request{};  // SHA-256 of what was asked
};

class FaceStore {
 public:
  virtual ~FaceStore() = default;

  virtual Status create_collection(const std::string& name, const std::string& model,
                                   const StringMap& tags) = 0;
  virtual Result<FaceCollection> collection(const std::string& name) = 0;
  virtual Result<PageOf<FaceCollection>> collections(std::int64_t after, std::size_t most) = 0;
  // At once for all to see; its rows go in the background.
  virtual Status delete_collection(const std::string& name) = 0;
  // Called with the tags now there, inside the transaction; an error refuses the change.
  using TagChange = std::function<Status(StringMap& tags)>;
  virtual Status change_tags(const std::string& name, const TagChange& change) = 0;

  // All of them or none. A face that is already there - of the same picture, external image id and box - is
  // not added again: it is answered as it is. Answers are in the order of the faces given.
  virtual Result<std::vector<StoredFace>> add_faces(const std::string& collection,
                                                    const PictureFaces& faces) = 0;
  virtual Result<PageOf<StoredFace>> faces(const std::string& collection, const FaceFilter& filter,
                                           std::int64_t after, std::size_t most) = 0;
  // Faces of a user stay (kOfAUser).
  virtual Result<FaceChanges> remove_faces(const std::string& collection,
                                           const std::vector<std::string>& ids) = 0;

  virtual Status create_user(const std::string& collection, const std::string& user,
                             const RequestToken& token) = 0;
  virtual Status delete_user(const std::string& collection, const std::string& user,
                             const RequestToken& token) = 0;
  virtual Result<PageOf<StoredUser>> users(const std::string& collection, std::int64_t after,
                                           std::size_t most) = 0;
  // A user's vector is the direction of the sum of its faces'. Where the user had faces before, those to come
  // must be at least as near to it as `least`. kTooLarge where the user was full before; faces for which no
  // room is left are kUserFull. Faces that are the user's already are passed over.
  virtual Result<FaceChanges> associate(const std::string& collection, const std::string& user,
                                        const std::vector<std::string>& faces, double least,
                                        const RequestToken& token) = 0;
  // Faces of no user are passed over.
  virtual Result<FaceChanges> disassociate(const std::string& collection, const std::string& user,
                                           const std::vector<std::string>& faces,
                                           const RequestToken& token) = 0;

  // What to search with. Nullopt where there is no such face; where the user has no faces.
  virtual Result<std::optional<VectorCode>> face_vector(const std::string& collection,
                                                        const std::string& face_id) = 0;
  virtual Result<std::optional<VectorCode>> user_vector(const std::string& collection,
                                                        const std::string& user) = 0;
  // `model`: that made the embedding.
  virtual Result<VectorCode> vector(const std::string& collection, const std::string& model,
                                    std::span<const float> embedding) = 0;

  // The nearest, whose cosine is at least `least`: nearest first, of equal ones the oldest.
  virtual Result<std::vector<Near<StoredFace>>> nearest_faces(const std::string& collection,
                                                              const VectorCode& vector, std::size_t most,
                                                              double least) = 0;
  virtual Result<std::vector<Near<StoredUser>>> nearest_users(const std::string& collection,
                                                              const VectorCode& vector, std::size_t most,
                                                              double least) = 0;

  // Reads every collection's vectors into memory now, rather than when each is first searched.
  virtual Status warm_up() = 0;
};

}  // namespace eyrie::store
