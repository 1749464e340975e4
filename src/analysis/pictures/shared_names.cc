#include "analysis/pictures/shared_names.h"

namespace eyrie::analysis {

SharedNames::Id SharedNames::take(std::string_view name) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    ++held_[known->second].uses;
    return known->second;
  }
  if (free_.empty()) {
    free_.push_back(static_cast<Id>(held_.size()));
    held_.emplace_back();
  }
  const Id id = free_.back();
  free_.pop_back();
  held_[id] = {.name = std::string(name), .uses = 1};
  by_name_.emplace(held_[id].name, id);
  return id;
}

void SharedNames::give_back(Id id) {
  Held& held = held_[id];
  if (--held.uses > 0) return;
  by_name_.erase(held.name);
  held = {};
  free_.push_back(id);
}

}  // namespace eyrie::analysis
