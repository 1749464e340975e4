// Uploads whose analysis has not begun are in the gallery from when they are stored: PENDING, out of what the object itself says, in memory alone. There is no record of them - the function
// writes those - so that nothing of this has to be undone after a kill: what waits is read from the queue at the start. It goes when the function writes its record, when the object is
// removed, and when another takes its place.
//
//   AwaitedPictures awaited(objects, index);
//   store.watch_objects(&awaited);
//   for (const store::Event& event : waiting) awaited.waits(event);   // at the start
//
// Errors: none; what cannot be read is not shown until its record is. Thread safety: all of it.
#pragma once

#include "analysis/pictures/picture_index.h"
#include "store/object_watcher.h"

namespace eyrie::analysis {

class AwaitedPictures final : public store::ObjectWatcher {
 public:
  // Both must outlive it.
  AwaitedPictures(store::ObjectStore& objects, PictureIndex& index) : objects_(objects), index_(index) {}

  void made(const store::ObjectInfo& object, const std::vector<std::string>& functions) override;
  void removed(const std::string& bucket, const std::string& key) override;
  // An event of the function's that is in the queue.
  void waits(const store::Event& event);

 private:
  std::string current_version(const std::string& bucket, const std::string& key);
  void await(const store::ObjectInfo& object, std::int64_t time_ms);

  store::ObjectStore& objects_;
  PictureIndex& index_;
};

}  // namespace eyrie::analysis
