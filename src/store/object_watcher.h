// Who is told of objects once they are made or removed, on the thread that did it, before that is answered: it must be quick. What is told may be behind what is there by then; whoever
// needs to know looks. Thread safety: all of it.
#pragma once

#include <string>
#include <vector>

#include "store/object_store.h"

namespace eyrie::store {

class ObjectWatcher {
 public:
  virtual ~ObjectWatcher() = default;
  // `functions`: for whom that left events (NotificationRule::function).
  virtual void made(const ObjectInfo& object, const std::vector<std::string>& functions) = 0;
  virtual void removed(const std::string& bucket, const std::string& key) = 0;
};

}  // namespace eyrie::store
