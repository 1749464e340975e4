#include "iam/console/sessions.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/log.h"
#include "iam/console/tokens.h"
#include "store/record_json.h"

namespace eyrie::iam::console {
namespace {

constexpr std::int64_t kUseWrittenEveryMs = 300'000;
constexpr std::size_t kMaxAgent = 256;
constexpr std::string_view kSessionKind = "console.session", kSessionWhat = "session";

// What a client says of itself goes into JSON, which is UTF-8.
std::string printable(std::string text) {
  text.resize(std::min(text.size(), kMaxAgent));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<Sessions>> Sessions::open(store::RecordStore& records, const Clock& clock, const Limits& limits) {
  std::unique_ptr<Sessions> sessions(new Sessions(records, clock, limits));
  EYRIE_CHECK_OK(sessions->load());
  return sessions;
}

store::RecordChange Sessions::record_of(const Kept& kept) {
  const Session& session = kept.session;
  const json::object object{{"hash", kept.hash},
                            {"user", session.user},
                            {"generation", session.generation},
                            {"created_ms", session.created_ms},
                            {"used_ms", session.used_ms},
                            {"address", session.address},
                            {"agent", session.agent}};
  return {.kind = std::string(kSessionKind), .name = session.id, .value = write_json(object)};
}

Status Sessions::load() {
  EYRIE_TRY(const auto records, records_.records(std::string(kSessionKind)));
  std::vector<std::string> over;
  for (const store::Record& record : records) {
    EYRIE_TRY(const json::object object, store::object_of(record, kSessionWhat));
    Kept kept{.session = {.id = record.name,
                          .user = text_of(object, "user"),
                          .generation = number_of(object, "generation"),
                          .created_ms = number_of(object, "created_ms"),
                          .used_ms = number_of(object, "used_ms"),
                          .address = text_of(object, "address"),
                          .agent = text_of(object, "agent")},
              .hash = text_of(object, "hash")};
    kept.written_use_ms = kept.session.used_ms;
    if (kept.hash.empty() || kept.session.user.empty()) return store::corrupt(record, kSessionWhat);
    if (!live(kept.session)) over.push_back(record.name);
    by_hash_[kept.hash] = record.name;
    kept_[record.name] = std::move(kept);
  }
  const std::lock_guard writing(writing_);
  return end_all(over);
}

std::int64_t Sessions::ends_ms(const Session& session) const {
  return std::min(session.used_ms + limits_.idle.count(), session.created_ms + limits_.absolute.count());
}

// What must go before the user may have another one: whatever is over, and the user's own that were used longest ago.
std::vector<std::string> Sessions::in_the_way(const std::string& user) const {
  std::vector<std::string> ids;
  std::vector<const Session*> own;
  const std::shared_lock lock(mutex_);
  for (const auto& [id, kept] : kept_) {
    if (!live(kept.session)) {
      ids.push_back(id);
    } else if (kept.session.user == user) {
      own.push_back(&kept.session);
    }
  }
  std::ranges::sort(own, {}, &Session::used_ms);
  for (std::size_t i = 0; i + limits_.a_user <= own.size(); ++i) ids.push_back(own[i]->id);
  return ids;
}

Result<Sessions::Started> Sessions::start(const std::string& user, std::int64_t generation, std::string address, std::string agent) {
  Started started{.token = make_token()};
  const std::int64_t now = clock_.now_ms();
  started.session = {.id = uuid_v4(),
                     .user = user,
                     .generation = generation,
                     .created_ms = now,
                     .used_ms = now,
                     .address = std::move(address),
                     .agent = printable(std::move(agent))};
  const Kept kept{.session = started.session, .hash = token_hash(started.token), .written_use_ms = now};
  const std::lock_guard writing(writing_);
  EYRIE_CHECK_OK(end_all(in_the_way(user)));
  EYRIE_CHECK_OK(records_.apply({record_of(kept)}));
  const std::unique_lock lock(mutex_);
  by_hash_[kept.hash] = started.session.id;
  kept_[started.session.id] = kept;
  return started;
}

std::optional<Session> Sessions::find(std::string_view token) {
  const std::string hash = token_hash(token);
  const std::int64_t now = clock_.now_ms();
  Kept found;
  {
    const std::unique_lock lock(mutex_);
    const auto id = by_hash_.find(hash);
    if (id == by_hash_.end()) return std::nullopt;
    Kept& kept = kept_.at(id->second);
    if (!live(kept.session)) return std::nullopt;
    kept.session.used_ms = std::max(kept.session.used_ms, now);
    if (kept.session.used_ms - kept.written_use_ms < kUseWrittenEveryMs) return kept.session;
    kept.written_use_ms = kept.session.used_ms;
    found = kept;
  }
  const std::lock_guard writing(writing_);
  {
    const std::shared_lock lock(mutex_);
    if (!kept_.contains(found.session.id)) return std::nullopt;  // ended meanwhile, and it must not come back
  }
  if (const Status written = records_.apply({record_of(found)}); !written)
    log_warning("a session's use was not written", {{"error", written.error().message}});
  return found.session;
}

std::optional<Session> Sessions::session(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end() || !live(found->second.session)) return std::nullopt;
  return found->second.session;
}

std::vector<Session> Sessions::of_user(const std::string& user) const {
  std::vector<Session> found;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, kept] : kept_) {
      if (kept.session.user == user && live(kept.session)) found.push_back(kept.session);
    }
  }
  std::ranges::sort(found, std::greater(), &Session::used_ms);
  return found;
}

Status Sessions::end_all(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  std::vector<store::RecordChange> changes;
  for (const std::string& id : ids) changes.push_back({.kind = std::string(kSessionKind), .name = id, .value = std::nullopt});
  EYRIE_CHECK_OK(records_.apply(changes));
  const std::unique_lock lock(mutex_);
  for (const std::string& id : ids) {
    const auto found = kept_.find(id);
    if (found == kept_.end()) continue;
    by_hash_.erase(found->second.hash);
    kept_.erase(found);
  }
  return {};
}

Status Sessions::end(const std::string& id) {
  const std::lock_guard writing(writing_);
  return end_all({id});
}

Status Sessions::end_of_user(const std::string& user, const std::string& but_id) {
  const std::lock_guard writing(writing_);
  std::vector<std::string> ids;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, kept] : kept_) {
      if (kept.session.user == user && id != but_id) ids.push_back(id);
    }
  }
  return end_all(ids);
}

}  // namespace eyrie::iam::console
