// Removes the rows of collections that were deleted, a few at a time, so that other writers need not wait.
// Goes on at the next start where it was interrupted. Thread safety: all of it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/sqlite/database.h"

namespace eyrie::store {

class CollectionSweeper {
 public:
  // Looks at once for what a run before left.
  explicit CollectionSweeper(Database& database);
  ~CollectionSweeper();  // between two batches

  void wake();

 private:
  void run();
  // True: there was something to do, and there may be more.
  Result<bool> remove_some();

  Database& database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = true;      // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace eyrie::store
