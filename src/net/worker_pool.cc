#include "net/worker_pool.h"

#include <utility>

namespace eyrie::net {
namespace {

thread_local WorkerPool* pool_of_this_thread = nullptr;

}  // namespace

WorkerPool::WorkerPool(unsigned threads, unsigned waiting) : most_(threads) {
  for (unsigned i = 0; i < threads + waiting; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::try_post(Job& job, std::size_t max_queued) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || bounded_waiting_ >= max_queued) return false;
    jobs_.push_back({std::move(job), true});
    ++bounded_waiting_;
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      jobs_.push_back({std::move(job), false});
      wake_.notify_one();
      return;
    }
  }
  job();
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return bounded_waiting_;
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::work() {
  pool_of_this_thread = this;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopped_ || may_take(); });
    if (jobs_.empty()) return;
    ++running_;
    {
      Entry entry = std::move(jobs_.front());
      jobs_.pop_front();
      if (entry.bounded) --bounded_waiting_;
      lock.unlock();
      entry.job();
    }
    lock.lock();
    --running_;
  }
}

WaitingElsewhere::WaitingElsewhere() : pool_(pool_of_this_thread) {
  if (pool_ == nullptr) return;
  {
    const std::lock_guard lock(pool_->mutex_);
    --pool_->running_;
  }
  pool_->wake_.notify_one();
}

WaitingElsewhere::~WaitingElsewhere() {
  if (pool_ == nullptr) return;
  const std::lock_guard lock(pool_->mutex_);
  ++pool_->running_;
}

}  // namespace eyrie::net
