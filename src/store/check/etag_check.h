// Whether an object's bytes make the ETag that its row tells: their MD5, or of a multipart object the MD5 of its parts' MD5s and how many there are
// (S3 user guide, "Checking object integrity"). Not thread-safe.
#pragma once

#include <optional>

#include "crypto/digest.h"
#include "store/object_store.h"

namespace eyrie::store {

class EtagCheck {
 public:
  explicit EtagCheck(const ObjectInfo& object) : object_(object) {}
  void update(ByteView bytes);
  // After all bytes. nullopt: the ETag is of neither form, so nothing can be said.
  std::optional<bool> fits();

 private:
  void end_part();

  const ObjectInfo& object_;
  crypto::Md5 bytes_, parts_;
  std::size_t part_ = 0;     // of the multipart object: the one at hand
  std::uint64_t in_part_ = 0;
};

}  // namespace eyrie::store
