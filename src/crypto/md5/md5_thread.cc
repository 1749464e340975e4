#include "crypto/md5/md5_thread.h"

#include <vector>

namespace eyrie::crypto {

Md5Thread::Md5Thread() : thread_([this] { work(); }) {}

Md5Thread::~Md5Thread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

void Md5Thread::begin(Job& job) {
  if (job.bytes.size() < kWorthHandingOver) {
    job.stream.update(job.bytes);
    job.done = true;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&job);
  }
  queued_.notify_one();
}

void Md5Thread::wait(Job& job) {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [&] { return job.done; });
}

void Md5Thread::work() {
  std::vector<Job*> jobs;
  std::vector<Md5Stream::Piece> pieces;
  std::unique_lock lock(mutex_);
  while (true) {
    queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    for (; !queue_.empty() && jobs.size() < kMd5Lanes; queue_.pop_front()) {
      jobs.push_back(queue_.front());
      pieces.push_back({&jobs.back()->stream, jobs.back()->bytes});
    }
    lock.unlock();
    Md5Stream::update(pieces);
    lock.lock();
    for (Job* job : jobs) job->done = true;
    finished_.notify_all();
    jobs.clear();
    pieces.clear();
  }
}

}  // namespace eyrie::crypto
