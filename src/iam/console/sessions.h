// Who is signed in. A session is known by a random token of 256 bits that its browser alone holds: here is only the token's SHA-256. Kept
// in memory and on disk (store/record_store.h: kind console.session, sealed), so sessions outlive a restart.
//
// A session ends with end(), when it was not used for `idle`, and when it is `absolute` old, whatever comes first. Uses are remembered at once
// and written at most every five minutes, so a crash may make a session seem unused for that much longer. A user has at most
// `a_user` sessions: the one that was used longest ago gives way. Whether the session's user is still there and unchanged (generation) is for
// the caller to look at: sign_in.h does.
//
// Errors: the store's. Thread safety: all of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time/clock.h"
#include "base/result.h"
#include "store/record_store.h"

namespace eyrie::iam::console {

struct Session {
  std::string id;    // UUID: names the session, opens nothing
  std::string user;  // id
  std::int64_t generation = 0;  // the user's, when it began
  std::int64_t created_ms = 0, used_ms = 0;
  std::string address, agent;  // whence it began, and User-Agent

  bool operator==(const Session&) const = default;
};

class Sessions {
 public:
  struct Limits {
    std::chrono::milliseconds idle = std::chrono::hours(12);
    std::chrono::milliseconds absolute = std::chrono::days(7);
    std::size_t a_user = 20;
  };
  // Both must outlive it.
  static Result<std::unique_ptr<Sessions>> open(store::RecordStore& records, const Clock& clock, const Limits& limits);
  static Result<std::unique_ptr<Sessions>> open(store::RecordStore& records, const Clock& clock = Clock::system()) {
    return open(records, clock, Limits());
  }

  struct Started {
    std::string token;  // told this once: 43 characters of base64url
    Session session;
  };
  Result<Started> start(const std::string& user, std::int64_t generation, std::string address, std::string agent);
  // nullopt where there is no such session, or it is over. Counts as a use.
  std::optional<Session> find(std::string_view token);
  std::optional<Session> session(const std::string& id) const;  // the same by id, and no use
  std::vector<Session> of_user(const std::string& user) const;  // the live ones, last used first
  const Limits& limits() const { return limits_; }
  // When it ends if it is not used.
  std::int64_t ends_ms(const Session& session) const;

  Status end(const std::string& id);  // fine where there is none
  Status end_of_user(const std::string& user, const std::string& but_id = "");

 private:
  struct Kept {
    Session session;
    std::string hash;                  // of the token, hexadecimal
    std::int64_t written_use_ms = 0;   // used_ms as it is on disk
  };
  Sessions(store::RecordStore& records, const Clock& clock, const Limits& limits) : records_(records), clock_(clock), limits_(limits) {}
  Status load();
  static store::RecordChange record_of(const Kept& kept);
  bool live(const Session& session) const { return clock_.now_ms() < ends_ms(session); }
  // Under writing_.
  Status end_all(const std::vector<std::string>& ids);
  std::vector<std::string> in_the_way(const std::string& user) const;

  store::RecordStore& records_;
  const Clock& clock_;
  const Limits limits_;
  std::mutex writing_;               // one change on disk at a time; taken before mutex_
  mutable std::shared_mutex mutex_;  // guards what follows
  std::map<std::string, Kept> kept_;          // by id
  std::map<std::string, std::string> by_hash_;  // hash -> id
};

}  // namespace eyrie::iam::console
