#include "store/sqlite/database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <string>

#include "base/log.h"
#include "store/sqlite/checked_pages.h"
#include "store/sqlite/log_check.h"
#include "store/sqlite/rewrite.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kMaxGroup = 256;
constexpr std::size_t kMaxIdleReaders = 16;
constexpr int kWriterCacheKib = 8192;
constexpr int kReaderCacheKib = 1024;

// A job may call what throws (a caller's condition, JSON access); the writer thread must outlive it.
Status run_job(Connection& connection, const Database::Job& job) {
  try {
    return job(connection);
  } catch (const std::exception& e) {
    return fail(Code::kInternal, std::string("a database job threw: ") + e.what());
  }
}

Status in_savepoint(Connection& connection, const Database::Job& job) {
  EYRIE_CHECK_OK(connection.execute("SAVEPOINT job"));
  Status outcome = run_job(connection, job);
  if (!connection.in_transaction()) return outcome;
  if (!outcome) EYRIE_CHECK_OK(connection.execute("ROLLBACK TO job"));
  EYRIE_CHECK_OK(connection.execute("RELEASE job"));
  return outcome;
}

Status check_log_of(const std::filesystem::path& file) {
  EYRIE_TRY(const LogCheck log, check_log(file));
  if (!log.damaged) return {};
  return fail(Code::kCorrupt, file.string() + "-wal is damaged: changes that were acknowledged are in its damaged part, and opening the database would drop them. Restore a backup"
                              " (`eyrie restore`); or, to go on without the log's changes, move " + file.filename().string() + "-wal away, then look what `eyrie fsck` finds");
}

// A database of before gets sums on its pages by being written anew. Where there is no room for that: a warning, and the next start tries again.
Result<bool> give_sums(const std::filesystem::path& file) {
  EYRIE_TRY(const PageSums sums, page_sums_of(file));
  if (sums != PageSums::kOfBefore) return true;
  const Status rewritten = rewrite_database(file);
  if (!rewritten && rewritten.error().code == Code::kCorrupt) return fail(rewritten.error());
  if (!rewritten) log_warning("the database's pages have no sums yet; the next start tries again", {{"error", rewritten.error().message}});
  return rewritten.has_value();
}

Status mark_sums(Connection& connection) {
  {
    EYRIE_TRY(Statement statement, connection.prepare("PRAGMA application_id"));
    EYRIE_TRY(const bool row, statement.step());
    if (row && statement.integer(0) == kCheckedPagesId) return {};
  }
  return connection.execute(("PRAGMA application_id = " + std::to_string(kCheckedPagesId)).c_str());
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Schema prepare) {
  // Made here for its mode: SQLite would let others read it, and gives the log the mode of the file.
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(system_error("cannot open " + file.string(), errno));
  ::close(fd);
  EYRIE_CHECK_OK(check_log_of(file));
  EYRIE_TRY(const bool has_sums, give_sums(file));
  EYRIE_TRY(auto writer, Connection::open(file, kWriterCacheKib));
  EYRIE_CHECK_OK(prepare(*writer));
  if (has_sums) EYRIE_CHECK_OK(mark_sums(*writer));
  return std::unique_ptr<Database>(new Database(file, std::move(writer)));
}

Database::Database(std::filesystem::path file, std::unique_ptr<Connection> writer)
    : file_(std::move(file)), writer_(std::move(writer)), thread_([this] { write_loop(); }) {}

Database::~Database() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_all();
  thread_.join();
}

Status Database::run(Job job) {
  Waiting waiting{.job = std::move(job)};
  std::unique_lock lock(mutex_);
  if (stopping_) return fail(Code::kUnavailable, "the store is closing");
  queue_.push_back(&waiting);
  queued_.notify_one();
  finished_.wait(lock, [&] { return waiting.done; });
  return waiting.outcome;
}

void Database::write_loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    queued_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::deque<Waiting*> group;
    while (!queue_.empty() && group.size() < kMaxGroup) {
      group.push_back(queue_.front());
      queue_.pop_front();
    }
    lock.unlock();
    const Status committed = commit_group(group);
    lock.lock();
    for (Waiting* waiting : group) {
      // A job that failed by itself keeps its own reason.
      if (!committed && waiting->outcome) waiting->outcome = committed;
      waiting->done = true;
    }
    finished_.notify_all();
  }
}

Status Database::commit_group(std::deque<Waiting*>& group) {
  EYRIE_CHECK_OK(writer_->execute("BEGIN IMMEDIATE"));
  for (Waiting* waiting : group) {
    waiting->outcome = in_savepoint(*writer_, waiting->job);
    if (writer_->in_transaction()) continue;
    // SQLite rolled the whole group back. To go on would run the next job in a transaction of its own.
    return waiting->outcome ? fail(Code::kIo, "database: the transaction was rolled back") : waiting->outcome;
  }
  Status committed = writer_->execute("COMMIT");
  if (!committed && writer_->in_transaction()) (void)writer_->execute("ROLLBACK");
  return committed;
}

Result<Database::Loan> Database::reader() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Loan(*this, std::move(connection));
    }
  }
  EYRIE_TRY(auto connection, Connection::open(file_, kReaderCacheKib));
  return Loan(*this, std::move(connection));
}

void Database::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(readers_mutex_);
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(connection));
}

}  // namespace eyrie::store
