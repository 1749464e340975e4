#include "store/database.h"

#include "store/schema.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kMaxGroup = 256;
constexpr std::size_t kMaxIdleReaders = 16;

Status in_savepoint(Connection& connection, const Database::Job& job) {
  EYRIE_CHECK_OK(connection.execute("SAVEPOINT job"));
  Status outcome = job(connection);
  if (!outcome) EYRIE_CHECK_OK(connection.execute("ROLLBACK TO job"));
  EYRIE_CHECK_OK(connection.execute("RELEASE job"));
  return outcome;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file) {
  EYRIE_TRY(auto writer, Connection::open(file));
  EYRIE_CHECK_OK(prepare_schema(*writer));
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
    commit_group(group);
    lock.lock();
    for (Waiting* waiting : group) waiting->done = true;
    finished_.notify_all();
  }
}

void Database::commit_group(std::deque<Waiting*>& group) {
  Status transaction = writer_->execute("BEGIN IMMEDIATE");
  if (transaction) {
    for (Waiting* waiting : group) waiting->outcome = in_savepoint(*writer_, waiting->job);
    transaction = writer_->execute("COMMIT");
    // Leaves no transaction open where the commit failed, or where SQLite had rolled back by itself.
    if (!transaction) (void)writer_->execute("ROLLBACK");
  }
  if (transaction) return;
  for (Waiting* waiting : group) {
    if (waiting->outcome) waiting->outcome = transaction;
  }
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
  EYRIE_TRY(auto connection, Connection::open(file_));
  return Loan(*this, std::move(connection));
}

void Database::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(readers_mutex_);
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(connection));
}

}  // namespace eyrie::store
