// What the console shows pictures from. Everything is read and changed with the rights of who asks (iam/guarded_stores.h), but for what
// the built-in function does in its own name. Thread safety: all of it, as of its parts.
#pragma once

#include <atomic>

#include "analysis/pictures/picture_index.h"
#include "api/console/pictures/thumbnails.h"
#include "aws/sigv4.h"
#include "iam/object_keys.h"
#include "store/event_queue.h"

namespace eyrie::api::console {

// Streams of changes that are open at once; each holds a thread that counts as waiting (net/worker_pool.h), and some seconds longer than its page is there.
inline constexpr int kMostWatchers = 32;

// All but the values must outlive it.
struct Gallery {
  store::ObjectStore& objects;
  store::ItemTable& items;  // by way of analysis::IndexedItems
  store::EventQueue& events;
  const analysis::PictureIndex& index;
  const iam::ObjectKeys& keys;
  Thumbnails& thumbnails;
  aws::Credentials signer;      // of presigned URLs; each is for one request that the visitor may do
  std::atomic<int>& watchers;   // streams open now
};

}  // namespace eyrie::api::console
