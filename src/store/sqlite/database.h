// One SQLite file: a writer thread that commits in groups, and a pool of connections for readers.
//
// Group commit: jobs that wait while a transaction is being synced share the next one. Each job runs in a
// savepoint, so that one that fails leaves no trace and does not harm the others. run() returns after the
// commit is on disk. Where the disk is full or fails, every job of the group gets that error and none has
// happened. Thread safety: all of it. A job must not call run() (it would wait for itself).
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite.h"

namespace eyrie::store {

class Database {
 public:
  using Job = std::function<Status(Connection&)>;

  // Makes the tables where the file is new, and brings an older format forward.
  using Schema = Status (*)(Connection&);

  // Makes the file and brings its schema up to date, by default that of eyrie.db (schema.h); kUnsupported where a newer Eyrie wrote it, kCorrupt where its
  // log is damaged (log_check.h): to go on would drop what was acknowledged. One of before sums (checked_pages.h) is rewritten. Nobody else may have it
  // open for writing.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, Schema prepare = prepare_schema);
  ~Database();  // runs what is queued, then ends the writer

  Status run(Job job);

  // A connection for reading, given back when the loan goes.
  class Loan {
   public:
    Loan(Database& database, std::unique_ptr<Connection> connection)
        : database_(&database), connection_(std::move(connection)) {}
    Loan(Loan&& other) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (connection_) database_->give_back(std::move(connection_));
    }
    Connection* operator->() { return connection_.get(); }
    Connection& operator*() { return *connection_; }

   private:
    Database* database_;
    std::unique_ptr<Connection> connection_;
  };
  Result<Loan> reader();

 private:
  struct Waiting {
    Job job;
    Status outcome;
    bool done = false;
  };
  Database(std::filesystem::path file, std::unique_ptr<Connection> writer);
  void write_loop();
  Status commit_group(std::deque<Waiting*>& group);
  void give_back(std::unique_ptr<Connection> connection);

  const std::filesystem::path file_;
  const std::unique_ptr<Connection> writer_;  // the writer thread's alone
  std::mutex mutex_;
  std::condition_variable queued_, finished_;
  std::deque<Waiting*> queue_;  // guarded by mutex_
  bool stopping_ = false;       // guarded by mutex_
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by readers_mutex_
  std::thread thread_;
};

}  // namespace eyrie::store
