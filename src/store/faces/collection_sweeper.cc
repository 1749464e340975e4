#include "store/faces/collection_sweeper.h"

#include <optional>

#include "base/log.h"

namespace eyrie::store {
namespace {

// Each removes up to 500 rows of one collection (?1).
constexpr std::string_view kBatches[] = {
    "DELETE FROM faces WHERE id IN (SELECT id FROM faces WHERE collection = ?1 LIMIT 500)",
    "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE collection = ?1 LIMIT 500)",
    "DELETE FROM user_vectors WHERE id IN (SELECT id FROM user_vectors WHERE collection = ?1 LIMIT 500)",
    "DELETE FROM request_tokens WHERE collection = ?1",
};

Result<std::optional<std::int64_t>> next_dropped(Connection& connection) {
  EYRIE_TRY(Statement statement,
            connection.prepare("SELECT id FROM dropped_collections ORDER BY id LIMIT 1"));
  EYRIE_TRY(const bool found, statement.step());
  if (!found) return std::nullopt;
  return statement.integer(0);
}

}  // namespace

CollectionSweeper::CollectionSweeper(Database& database) : database_(database), thread_([this] { run(); }) {}

CollectionSweeper::~CollectionSweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CollectionSweeper::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void CollectionSweeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
    lock.unlock();
    const auto more = remove_some();
    if (!more) log_warning("rows of deleted collections stay for now", {{"error", more.error().message}});
    lock.lock();
    if (more && *more) woken_ = true;
  }
}

Result<bool> CollectionSweeper::remove_some() {
  std::optional<std::int64_t> collection;
  {
    EYRIE_TRY(auto connection, database_.reader());
    EYRIE_TRY(collection, next_dropped(*connection));
  }
  if (!collection) return false;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    int removed = 0;
    for (const std::string_view sql : kBatches) {
      EYRIE_TRY(Statement statement, connection.prepare(sql));
      EYRIE_CHECK_OK(statement.bind(1, *collection).run());
      removed += connection.changes();
    }
    if (removed > 0) return {};
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM dropped_collections WHERE id = ?"));
    return statement.bind(1, *collection).run();
  }));
  return true;
}

}  // namespace eyrie::store
