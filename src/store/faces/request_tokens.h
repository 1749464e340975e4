// Requests that were answered once, so that a retry is answered the same and changes nothing.
//
// Called within the transaction that does the work, so that work and answer are there together or not at all.
// Errors: kFailedPrecondition - the token has served another request. Thread safety: functions of one
// connection are its thread's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/face_store.h"
#include "store/faces/face_seal.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {

// What an answer is sealed to in a row's number's place.
std::int64_t token_row(const FaceSeal& seal, std::string_view token);

// The answer that the request got before; nullopt where it is new (or has no token).
Result<std::optional<std::string>> answered_before(Connection& connection, std::int64_t collection, FaceSeal& seal,
                                                   const RequestToken& token, std::int64_t now_ms);
Status remember_answer(Connection& connection, std::int64_t collection, FaceSeal& seal, const RequestToken& token,
                       const std::string& answer, std::int64_t now_ms);

std::string write_changes(const FaceChanges& changes);
Result<FaceChanges> parse_changes(const std::string& text);

}  // namespace eyrie::store
