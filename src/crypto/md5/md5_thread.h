// A thread that takes the MD5 of many bodies at once, beside the threads that write them: what waits when it comes round goes side by
// side (md5_blocks.h), so that one thread serves several gigabytes a second.
//
//   Md5Thread::Job job{stream, piece};
//   thread.begin(job);
//   ... the caller's own work on the piece ...
//   thread.wait(job);   // before the piece, the stream or the job goes
//
// Thread safety: all of it; a stream has one job at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "crypto/md5/md5_stream.h"

namespace eyrie::crypto {

class Md5Thread {
 public:
  struct Job {
    Md5Stream& stream;
    ByteView bytes;
    bool done = false;  // guarded by the thread's mutex
  };
  // Below it a piece costs less than handing it over.
  static constexpr std::size_t kWorthHandingOver = 32U << 10;

  Md5Thread();
  ~Md5Thread();  // every job has been waited for
  Md5Thread(const Md5Thread&) = delete;
  Md5Thread& operator=(const Md5Thread&) = delete;

  void begin(Job& job);
  void wait(Job& job);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable queued_, finished_;
  std::deque<Job*> queue_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace eyrie::crypto
