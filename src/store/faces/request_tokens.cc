#include "store/faces/request_tokens.h"

#include <algorithm>

#include "base/json.h"

namespace eyrie::store {
namespace {

constexpr std::int64_t kKeptMs = 8LL * 3600 * 1000;

}  // namespace

std::int64_t token_row(const FaceSeal& seal, std::string_view token) {
  std::uint64_t row = 0;
  for (const std::uint8_t byte : ByteView(seal.index(FoundBy::kToken, as_bytes(token))).first(8)) row = row << 8 | byte;
  return static_cast<std::int64_t>(row);
}

Result<std::optional<std::string>> answered_before(Connection& connection, std::int64_t collection, FaceSeal& seal,
                                                   const RequestToken& token, std::int64_t now_ms) {
  if (token.token.empty()) return std::nullopt;
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT request, answer FROM request_tokens"
                               " WHERE collection = ? AND token = ? AND expires_ms > ?"));
  EYRIE_TRY(const bool found, statement.bind(1, collection).bind(2, token.token).bind(3, now_ms).step());
  if (!found) return std::nullopt;
  if (!std::ranges::equal(statement.blob(0), token.request)) {
    return fail(Code::kFailedPrecondition,
                "The ClientRequestToken: " + token.token + " you have supplied is already in use.");
  }
  EYRIE_TRY(const ByteView answer, seal.open_bytes(SealedAs::kAnswer, token_row(seal, token.token), statement.blob(1)));
  return std::string(as_text(answer));
}

Status remember_answer(Connection& connection, std::int64_t collection, FaceSeal& seal, const RequestToken& token,
                       const std::string& answer, std::int64_t now_ms) {
  if (token.token.empty()) return {};
  EYRIE_TRY(Statement old, connection.prepare("DELETE FROM request_tokens WHERE expires_ms <= ?"));
  EYRIE_CHECK_OK(old.bind(1, now_ms).run());
  EYRIE_TRY(Statement statement,
            connection.prepare("INSERT INTO request_tokens(collection, token, request, answer, expires_ms)"
                               " VALUES(?, ?, ?, ?, ?)"));
  const Bytes sealed = seal.seal(SealedAs::kAnswer, token_row(seal, token.token), as_bytes(answer));
  statement.bind(1, collection).bind(2, token.token).bind_blob(3, token.request).bind_blob(4, sealed);
  return statement.bind(5, now_ms + kKeptMs).run();
}

std::string write_changes(const FaceChanges& changes) {
  json::array done, problems;
  for (const std::string& id : changes.done) done.emplace_back(id);
  for (const FaceProblem& problem : changes.problems) {
    json::object value{
        {"face", problem.face_id}, {"reason", static_cast<int>(problem.reason)}, {"user", problem.user}};
    if (problem.cosine) value["cosine"] = *problem.cosine;
    problems.push_back(std::move(value));
  }
  // Not write_json, which rounds for people.
  return json::serialize(
      json::object{{"done", done}, {"problems", problems}, {"user_faces", changes.user_faces}});
}

Result<FaceChanges> parse_changes(const std::string& text) {
  EYRIE_TRY(const json::value value, parse_json(text));
  FaceChanges changes{.user_faces = value.at("user_faces").to_number<std::uint64_t>()};
  for (const json::value& id : value.at("done").as_array()) changes.done.emplace_back(id.as_string());
  for (const json::value& problem : value.at("problems").as_array()) {
    changes.problems.push_back(
        {.face_id = std::string(problem.at("face").as_string()),
         .reason = static_cast<FaceProblemReason>(problem.at("reason").to_number<int>()),
         .user = std::string(problem.at("user").as_string())});
    if (const json::value* cosine = find(problem, "cosine")) {
      changes.problems.back().cosine = cosine->to_number<double>();
    }
  }
  return changes;
}

}  // namespace eyrie::store
