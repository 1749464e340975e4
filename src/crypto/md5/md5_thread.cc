#include "crypto/md5/md5_thread.h"

#include <algorithm>

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

Md5Thread::Buffer Md5Thread::copy(ByteView piece) {
  if (piece.size() > kBufferBytes) return nullptr;
  Buffer buffer;
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      buffer = std::move(free_.back());
      free_.pop_back();
    } else if (buffers_ < kMostBuffers) {
      ++buffers_;
    } else {
      return nullptr;
    }
  }
  if (buffer == nullptr) buffer = std::make_unique_for_overwrite<std::uint8_t[]>(kBufferBytes);
  std::ranges::copy(piece, buffer.get());
  return buffer;
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
    for (Job* job : jobs) {
      if (job->copy != nullptr) free_.push_back(std::move(job->copy));
      job->done = true;
    }
    finished_.notify_all();
    jobs.clear();
    pieces.clear();
  }
}

void Md5Tail::settle() {
  if (job_) thread_.wait(*job_);
  job_.reset();
}

void Md5Tail::begin(ByteView piece) {
  if (piece.size() < Md5Thread::kWorthHandingOver) {
    settle();
    return stream_.update(piece);
  }
  // Copied while the piece before is still at work, so that the thread has the next at once.
  Md5Thread::Buffer copy = thread_.copy(piece);
  settle();
  owns_bytes_ = copy != nullptr;
  const ByteView bytes = owns_bytes_ ? ByteView(copy.get(), piece.size()) : piece;
  thread_.begin(job_.emplace(stream_, bytes, std::move(copy)));
}

void Md5Tail::let_go() {
  if (job_ && !owns_bytes_) settle();
}

Md5Stream::Value Md5Tail::digest() {
  settle();
  return stream_.digest();
}

}  // namespace eyrie::crypto
