#include "vision/networks/networks.h"

namespace eyrie::vision {

Networks::Networks(std::vector<Pack> packs) {
  for (Pack& pack : packs) networks_.push_back(std::make_unique<Network>(std::move(pack)));
}

Network* Networks::find(Role role) const {
  for (const auto& network : networks_) {
    if (network->pack().role == role) return network.get();
  }
  return nullptr;
}

Result<Network*> Networks::require(Role role) const {
  if (Network* network = find(role)) return network;
  return fail(Code::kUnavailable, "no model for the role \"" + std::string(role_name(role)) +
                                      "\" is installed; run scripts/setup, or scripts/models fetch");
}

Status Networks::warm_up() const {
  for (const auto& network : networks_) EYRIE_CHECK_OK(network->warm_up());
  return {};
}

}  // namespace eyrie::vision
