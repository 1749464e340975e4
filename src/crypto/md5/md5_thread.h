// A thread that takes the MD5 of many bodies at once, beside the threads that write them: what waits when it comes round goes side by
// side (md5_blocks.h), so that one thread serves several gigabytes a second.
//
//   Md5Tail md5(thread);
//   md5.begin(piece);
//   ... the caller's own work on the piece ...
//   md5.let_go();            // the piece may go: what is not taken yet lies in memory of the thread's, as long as there is some
//   md5.digest();            // waits for what is not taken yet
//
// Thread safety: Md5Thread: all of it. A tail is one thread's at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "crypto/md5/md5_stream.h"

namespace eyrie::crypto {

class Md5Thread {
 public:
  using Buffer = std::unique_ptr<std::uint8_t[]>;
  struct Job {
    Md5Stream& stream;
    ByteView bytes;
    Buffer copy = nullptr;  // that `bytes` lie in; goes back when the job is done. Else they are the caller's
    bool done = false;      // guarded by the thread's mutex
  };
  // Below it a piece costs less than handing it over.
  static constexpr std::size_t kWorthHandingOver = 32U << 10;

  Md5Thread();
  ~Md5Thread();  // every job has been waited for
  Md5Thread(const Md5Thread&) = delete;
  Md5Thread& operator=(const Md5Thread&) = delete;

  // A stream has one job at a time. Whoever began a job waits for it before it, its stream or its bytes go.
  void begin(Job& job);
  void wait(Job& job);

  static constexpr std::size_t kBufferBytes = 256U << 10;
  static constexpr std::size_t kMostBuffers = 32;
  // A copy to make a job of; null where the piece is larger than a buffer, or as many are in use as there may be.
  Buffer copy(ByteView piece);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable queued_, finished_;
  std::deque<Job*> queue_;   // guarded by mutex_
  std::vector<Buffer> free_;  // guarded by mutex_
  std::size_t buffers_ = 0;   // guarded by mutex_; that were ever made
  bool stopping_ = false;     // guarded by mutex_
  std::thread thread_;
};

// The MD5 of one body, taken by the thread a piece behind.
class Md5Tail {
 public:
  explicit Md5Tail(Md5Thread& thread) : thread_(thread) {}  // which must outlive it
  ~Md5Tail() { settle(); }
  Md5Tail(const Md5Tail&) = delete;
  Md5Tail& operator=(const Md5Tail&) = delete;

  void begin(ByteView piece);
  // From here on the piece begun last is no longer looked at.
  void let_go();
  // Of all so far; more may follow.
  Md5Stream::Value digest();

 private:
  void settle();

  Md5Thread& thread_;
  Md5Stream stream_;
  std::optional<Md5Thread::Job> job_;
  bool owns_bytes_ = false;  // of the job
};

}  // namespace eyrie::crypto
