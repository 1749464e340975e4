#include "monitor/traces/traces.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace eyrie::monitor {

Result<std::unique_ptr<Traces>> Traces::open(const std::filesystem::path& file, const TraceStore::Limits& limits, const Clock& clock) {
  auto store = TraceStore::open(file, limits);
  if (!store && store.error().code == Code::kCorrupt) {
    log_error("the traces are damaged: they are put aside, and begun anew", {{"error", store.error().message}, {"aside", file.string() + ".damaged"}});
    std::error_code error, ignored;
    std::filesystem::rename(file, file.string() + ".damaged", error);
    if (error) return fail(Code::kIo, "cannot put " + file.string() + " aside: " + error.message());
    std::filesystem::rename(file.string() + "-wal", file.string() + ".damaged-wal", ignored);
    std::filesystem::remove(file.string() + "-shm", ignored);
    store = TraceStore::open(file, limits);
  }
  if (!store) return fail(store.error());
  return std::unique_ptr<Traces>(new Traces(std::move(*store), clock));
}

Traces::Traces(std::unique_ptr<TraceStore> store, const Clock& clock)
    : store_(std::move(store)), clock_(clock), began_ms_(clock.now_ms()), thread_([this] { run(); }) {}

Traces::~Traces() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (const Status written = flush(); !written) log_error("traces were not written", {{"error", written.error().message}});
}

void Traces::add(TraceSegment segment) {
  if (!segment.context || segment.context.span_id.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMostWaiting) {
      ++lost_;
      return;
    }
    waiting_.push_back(std::move(segment));
    if (waiting_.size() > 1) return;  // the thread knows
  }
  changed_.notify_all();
}

void Traces::add_cause(const TraceCause& cause, const std::string& request_id, std::int64_t left_ms) {
  if (left_ms >= began_ms_) return;
  add({.context = cause.work,
       .parent = cause.parent,
       .kind = cause.kind == TraceCause::Kind::kRequest ? TraceSegment::Kind::kRequest : TraceSegment::Kind::kFunction,
       .name = cause.name,
       .request_id = request_id,
       .began_ms = cause.began_ms,
       .duration_ms = static_cast<double>(std::max<std::int64_t>(0, left_ms - cause.began_ms)),
       .assumed = true});
}

Status Traces::flush() {
  const std::lock_guard writing(writing_);
  std::vector<TraceSegment> segments;
  std::size_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    segments.swap(waiting_);
    lost = std::exchange(lost_, 0);
  }
  if (lost > 0) log_warning("more was traced than could be written", {{"lost", lost}});
  return segments.empty() ? Status() : store_->add(segments, clock_.now_ms());
}

void Traces::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    lock.unlock();
    if (const Status written = flush(); !written) log_error("traces were not written", {{"error", written.error().message}});
    lock.lock();
    changed_.wait_for(lock, kPause, [this] { return stopping_; });
  }
}

Result<std::vector<TraceSegment>> Traces::of_request(const std::string& request_id) {
  EYRIE_CHECK_OK(flush());
  return store_->of_request(request_id);
}

Result<std::vector<TraceSegment>> Traces::of_trace(const std::string& trace_id) {
  EYRIE_CHECK_OK(flush());
  return store_->of_trace(trace_id);
}

}  // namespace eyrie::monitor
