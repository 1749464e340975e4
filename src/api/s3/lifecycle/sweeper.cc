#include "api/s3/lifecycle/sweeper.h"

#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/multipart/upload.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {

// How soon a restore that was asked for begins.
constexpr std::chrono::milliseconds kGlance{200};

void complain(const char* what, const std::string& bucket, const std::string& key, const Error& error) {
  // Overwritten or removed meanwhile: its time has not come, or is over.
  if (error.code == Code::kFailedPrecondition || error.code == Code::kNotFound) return;
  log_error(what, {{"bucket", bucket}, {"key", key}, {"error", error.message}});
}

}  // namespace

LifecycleSweeper::~LifecycleSweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LifecycleSweeper::start() {
  thread_ = std::thread([this] { run(); });
}

void LifecycleSweeper::run() {
  auto next = std::chrono::steady_clock::now();
  while (!stopping_) {
    if (std::chrono::steady_clock::now() >= next) {
      const Swept swept = sweep();
      if (swept.expired + swept.moved + swept.aborted > 0) {
        log_info("lifecycle", {{"expired", swept.expired}, {"moved", swept.moved}, {"aborted", swept.aborted}});
      }
      next = std::chrono::steady_clock::now() + options_.interval;
    } else if (objects_.has_archive_work()) {
      if (const Status done = objects_.work_on_archive([this] { return stopping(); }); !done)
        log_error("the archive cannot be worked on", {{"error", done.error().message}});
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kGlance, [this] { return stopping(); });
  }
}

Swept LifecycleSweeper::sweep() {
  Swept swept;
  const auto buckets = objects_.buckets();
  if (!buckets) {
    log_error("lifecycle: no list of buckets", {{"error", buckets.error().message}});
    return swept;
  }
  for (const store::Bucket& bucket : *buckets) {
    const auto configuration = lifecycle_of(objects_, bucket.name);
    if (!configuration) complain("lifecycle rules cannot be read", bucket.name, "", configuration.error());
    if (configuration && *configuration) sweep_bucket(bucket.name, **configuration, swept);
  }
  sweep_uploads(swept);
  if (const Status done = objects_.work_on_archive([this] { return stopping(); }); !done)
    log_error("the archive cannot be worked on", {{"error", done.error().message}});
  return swept;
}

void LifecycleSweeper::sweep_bucket(const std::string& bucket, const LifecycleConfiguration& configuration, Swept& swept) {
  store::ListQuery query{.bucket = bucket};
  while (!stopping_) {
    const auto page = objects_.list(query);
    if (!page) return complain("lifecycle: no list of objects", bucket, "", page.error());
    for (const store::ObjectInfo& object : page->objects) {
      if (stopping_) return;
      act(configuration, object, swept);
    }
    if (!page->truncated) return;
    query.start_after = page->next;
  }
}

void LifecycleSweeper::act(const LifecycleConfiguration& configuration, const store::ObjectInfo& object, Swept& swept) {
  const Due due = due_actions(configuration, object, clock_.now_ms(), options_.calendar);
  if (due.expired) {
    const auto removed = objects_.remove_version(object.bucket, object.key, object.sequencer, "LifecycleExpiration:Delete",
                                                 store::s3_itself());
    if (!removed) return complain("an expired object cannot be removed", object.bucket, object.key, removed.error());
    swept.expired += *removed;
  } else if (!due.storage_class.empty()) {
    const Status moved = objects_.set_storage_class(object.bucket, object.key, object.sequencer, due.storage_class);
    if (!moved) return complain("an object cannot be moved to another class", object.bucket, object.key, moved.error());
    ++swept.moved;
  }
}

void LifecycleSweeper::sweep_uploads(Swept& swept) {
  const Status done = each_upload(objects_, [&](const Upload& upload) -> Status {
    if (stopping_) return fail(Code::kUnavailable, "stopping");
    const auto bucket = objects_.bucket(upload.bucket);
    if (!bucket && bucket.error().code != Code::kNotFound) return {};
    const bool is_nobodys = !bucket || !is_of(upload, *bucket);
    if (!is_nobodys) {
      const auto configuration = lifecycle_of(objects_, upload.bucket);
      if (!configuration || !*configuration) return {};
      const auto abortion = abortion_of(**configuration, upload.key, upload.told.modified_ms, options_.calendar);
      if (!abortion || abortion->time_ms > clock_.now_ms()) return {};
    }
    const Status removed = remove_upload(objects_, upload.id);
    if (!removed) complain("a stale upload cannot be aborted", upload.bucket, upload.key, removed.error());
    if (removed) ++swept.aborted;
    return {};
  });
  if (!done && !stopping_) return complain("lifecycle: no list of uploads", kUploadsBucket, "", done.error());
  sweep_parts(swept);
}

// Parts whose upload is gone: of one that was removed when the process was killed. None comes without its upload.
void LifecycleSweeper::sweep_parts(Swept& swept) {
  store::ListQuery query{.bucket = kUploadsBucket};
  std::string there;  // the upload that was seen last: its parts follow it
  while (!stopping_) {
    const auto page = objects_.list(query);
    if (!page && page.error().code == Code::kNotFound) return;
    if (!page) return complain("lifecycle: no list of parts", query.bucket, "", page.error());
    for (const store::ObjectInfo& object : page->objects) {
      const std::size_t slash = object.key.find('/');
      if (slash == std::string::npos) there = object.key;
      if (slash == std::string::npos || object.key.substr(0, slash) == there) continue;
      const auto removed = objects_.remove(query.bucket, object.key);
      if (!removed) complain("a part without its upload cannot be removed", query.bucket, object.key, removed.error());
      if (removed) ++swept.aborted;
    }
    if (!page->truncated) return;
    query.start_after = page->next;
  }
}

}  // namespace eyrie::api::s3
