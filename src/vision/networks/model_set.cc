#include "vision/networks/model_set.h"

#include <algorithm>
#include <optional>

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kAlways = "always";
constexpr std::string_view kDefault = "default";
constexpr std::size_t kMaxPacks = 200;

std::optional<std::size_t> best_of(const std::vector<Pack>& packs, Role role, std::string_view set) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < packs.size(); ++i) {
    if (packs[i].role != role || packs[i].set != set) continue;
    if (!best || packs[i].rank < packs[*best].rank) best = i;
  }
  return best;
}

}  // namespace

Result<ModelDirectory> read_models(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    // Those with a dot in front are set-up's: being written, or replaced and about to go.
    if (folders.size() >= kMaxPacks || at->path().filename().native().starts_with('.')) continue;
    if (fs::exists(at->path() / "pack.json", error)) folders.push_back(at->path());
  }
  if (folders.empty()) {
    return fail(Code::kNotFound, "no model is installed in " + directory.string() +
                                     "; run scripts/setup, or scripts/models fetch");
  }
  std::ranges::sort(folders);
  ModelDirectory models;
  for (const fs::path& folder : folders) {
    auto pack = read_pack(folder);
    if (pack) {
      models.packs.push_back(*std::move(pack));
    } else {
      models.broken.push_back({folder.filename().string(), std::move(pack).error()});
    }
  }
  return models;
}

Result<std::vector<std::size_t>> select_models(const std::vector<Pack>& packs, std::string_view set) {
  if (!best_of(packs, Role::kDetector, set)) {
    return fail(Code::kNotFound, "the model set \"" + std::string(set) +
                                     "\" is not installed; run scripts/models fetch --set " +
                                     std::string(set));
  }
  std::vector<std::size_t> selected;
  for (std::size_t r = 0; r < kRoles; ++r) {
    const auto role = static_cast<Role>(r);
    if (!in_use(role)) continue;
    std::optional<std::size_t> best = best_of(packs, role, set);
    if (!best) best = best_of(packs, role, kDefault);
    if (best) selected.push_back(*best);
    for (std::size_t i = 0; i < packs.size(); ++i) {
      if (packs[i].role == role && packs[i].set == kAlways && i != best) selected.push_back(i);
    }
  }
  return selected;
}

}  // namespace eyrie::vision
