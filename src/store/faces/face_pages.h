// Pages of a collection's faces, oldest first. `user`: only this user's, where it is not 0. Thread safety:
// functions of one connection are its thread's.
#pragma once

#include "store/faces/face_rows.h"

namespace eyrie::store {

Result<PageOf<StoredFace>> faces_by_age(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                        std::int64_t user, std::int64_t after, std::size_t most);
// Of these ids, those that are there.
Result<PageOf<StoredFace>> faces_by_id(Connection& connection, const CollectionRow& collection, FaceSeal& seal,
                                       const std::vector<std::string>& ids, std::int64_t user,
                                       std::int64_t after, std::size_t most);

}  // namespace eyrie::store
