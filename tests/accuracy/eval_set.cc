#include "eval_set.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>

namespace eyrie::accuracy {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    files.push_back(at->path());
  }
  std::ranges::sort(files);
  return files;
}

// The label of each class; a class without one stays nullptr.
std::vector<const vision::TaxonomyLabel*> labels_of(vision::Role role,
                                                    const std::vector<std::string>& classes, EvalSet& set) {
  std::vector<const vision::TaxonomyLabel*> labels;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    labels.push_back(vision::Taxonomy::builtin().find_class(role, i, classes[i]));
    if (labels.back() == nullptr) continue;
    set.classes.insert(labels.back()->name);
    set.judgeable.merge(closure(*labels.back()));
  }
  return labels;
}

}  // namespace

LabelSet closure(const vision::TaxonomyLabel& label) {
  LabelSet names{label.name};
  for (const vision::TaxonomyLabel* ancestor : label.ancestors) names.insert(ancestor->name);
  return names;
}

fs::path eval_directory() {
  const char* named = std::getenv("EYRIE_EVAL_DIR");
  return named != nullptr && *named != '\0' ? fs::path(named)
                                            : fs::path(EYRIE_SOURCE_DIR) / ".." / "shared" / "eval";
}

std::optional<EvalSet> read_coco(const fs::path& folder, const std::vector<std::string>& classes) {
  EvalSet set;
  const auto labels = labels_of(vision::Role::kDetector, classes, set);
  for (const fs::path& file : files_of(folder / "images")) {
    Photo photo{.file = file};
    std::ifstream truth(folder / "labels" / file.stem().concat(".txt"));
    std::size_t index = 0;
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
    while (truth >> index >> x >> y >> width >> height) {
      if (index >= labels.size() || labels[index] == nullptr) continue;
      photo.boxes.push_back({labels[index]->name, {x - width / 2, y - height / 2, width, height}});
      photo.truth.merge(closure(*labels[index]));
    }
    set.photos.push_back(std::move(photo));
  }
  if (set.photos.empty()) return std::nullopt;
  return set;
}

std::optional<EvalSet> read_imagenet(const fs::path& folder, const std::vector<std::string>& classes) {
  EvalSet set;
  const auto labels = labels_of(vision::Role::kTagger, classes, set);
  for (const fs::path& file : files_of(folder)) {
    const std::string name = file.filename().string();  // INDEX_WNID_name.JPEG
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error != std::errc() || *end != '_' || index >= labels.size() || labels[index] == nullptr) continue;
    set.photos.push_back({.file = file, .boxes = {}, .category = index, .truth = closure(*labels[index])});
  }
  if (set.photos.empty()) return std::nullopt;
  return set;
}

}  // namespace eyrie::accuracy
