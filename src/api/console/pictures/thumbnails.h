// Small pictures for the gallery: JPEG, longer side 400 pixels, upright, without metadata; what is transparent lies on white.
//
// Made when they are first asked for, by at most as many threads as there are cores, of files of up to 50 MiB; others wait, and count as
// waiting (net/worker_pool.h). The most recently used ones stay in memory, 64 MiB of them; none lies on disk, so there is nothing to seal.
// Errors: those of image::decode(), and of reading the object. Thread safety: all of it.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::api::console {

class Thumbnails {
 public:
  explicit Thumbnails(std::size_t max_bytes = 64U << 20, unsigned at_once = 0);  // 0: as many as cores

  using Read = std::function<Result<Bytes>()>;
  // `name`: of the version of the object; empty: it is not kept. `read`: its bytes.
  Result<std::shared_ptr<const std::string>> get(const std::string& name, const Read& read);

 private:
  struct Kept {
    std::string name;
    std::shared_ptr<const std::string> jpeg;
  };
  std::shared_ptr<const std::string> kept(const std::string& name);  // nullptr: it is not
  void keep(const std::string& name, const std::shared_ptr<const std::string>& jpeg);

  const std::size_t max_bytes_;
  const unsigned at_once_;
  std::mutex mutex_;
  std::condition_variable free_;
  unsigned at_work_ = 0;   // guarded by mutex_
  std::size_t bytes_ = 0;  // guarded by mutex_
  std::list<Kept> order_;  // guarded by mutex_; the last used first
  std::unordered_map<std::string, std::list<Kept>::iterator> by_name_;  // guarded by mutex_
};

}  // namespace eyrie::api::console
