// The packs of a model directory, and which of them a set uses.
//
// For each role the pack of the chosen set with the lowest rank is used; for a role that the set has no pack for, the
// default set's. Packs of set "always" (a user's own) are used beside any set. Of roles that are not in_use() none is.
//
// Errors: kNotFound - no model is installed, or the set has no detector; the message says what to run.
// Thread safety: plain data and functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vision/networks/pack.h"

namespace eyrie::vision {

struct BrokenPack {
  std::string id;
  Error error;
};

struct ModelDirectory {
  std::vector<Pack> packs;  // by id
  std::vector<BrokenPack> broken;
};

// Reads every pack; one that is damaged does not hide the others.
Result<ModelDirectory> read_models(const std::filesystem::path& directory);

// Indices into `packs`, in the order of Role: the detectors first, then taggers, plants, dishes, the others.
Result<std::vector<std::size_t>> select_models(const std::vector<Pack>& packs, std::string_view set);

}  // namespace eyrie::vision
