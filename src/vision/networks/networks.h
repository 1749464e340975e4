// The networks in use, by what they are asked for. Each is loaded on first use.
//
// Errors: kUnavailable - no pack with the role is installed; the message says what to run.
// Thread safety: immutable once made; the networks are thread-safe themselves.
#pragma once

#include <memory>
#include <vector>

#include "vision/networks/network.h"

namespace eyrie::vision {

class Networks {
 public:
  // In the order in which networks of one role are to be asked.
  explicit Networks(std::vector<Pack> packs);

  // The first of the role; nullptr where there is none.
  Network* find(Role role) const;
  Result<Network*> require(Role role) const;
  const std::vector<std::unique_ptr<Network>>& all() const { return networks_; }

  // Loads every network now.
  Status warm_up() const;

 private:
  std::vector<std::unique_ptr<Network>> networks_;
};

}  // namespace eyrie::vision
