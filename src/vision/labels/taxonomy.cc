#include "vision/labels/taxonomy.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <unordered_set>

#include "base/encoding.h"
#include "base/log.h"

extern "C" {
extern const char eyrie_taxonomy_labels_start[], eyrie_taxonomy_labels_end[];
extern const char eyrie_taxonomy_detector_start[], eyrie_taxonomy_detector_end[];
extern const char eyrie_taxonomy_tagger_start[], eyrie_taxonomy_tagger_end[];
extern const char eyrie_taxonomy_plants_start[], eyrie_taxonomy_plants_end[];
extern const char eyrie_taxonomy_dishes_start[], eyrie_taxonomy_dishes_end[];
}

namespace eyrie::vision {
namespace {

std::string_view between(const char* start, const char* end) {
  return {start, static_cast<std::size_t>(end - start)};
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> list_of(std::string_view cell) {
  if (cell.empty()) return {};
  std::vector<std::string> items;
  for (const std::string_view item : split(cell, ';')) items.emplace_back(item);
  return items;
}

std::unexpected<Error> corrupt(std::string_view file, std::size_t line, const std::string& why) {
  return fail(Code::kCorrupt,
              "taxonomy " + std::string(file) + ", line " + std::to_string(line) + ": " + why);
}

// Calls row(cells, line number) for every line but the heading.
template <typename F>
Status each_row(std::string_view text, std::string_view file, std::size_t columns, F row) {
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (number == 1 || line.empty()) continue;
    const std::vector<std::string_view> cells = split(line, '\t');
    if (cells.size() != columns) return corrupt(file, number, "wants " + std::to_string(columns) + " cells");
    EYRIE_CHECK_OK(row(cells, number));
  }
  return {};
}

// Breadth first, so that the nearest come first. False where a label is its own ancestor.
bool collect_ancestors(
    TaxonomyLabel& label,
    const std::unordered_map<const TaxonomyLabel*, std::vector<const TaxonomyLabel*>>& parents) {
  std::unordered_set<const TaxonomyLabel*> seen;
  std::vector<const TaxonomyLabel*>& found = label.ancestors;
  const auto add_parents_of = [&](const TaxonomyLabel* child) {
    for (const TaxonomyLabel* parent : parents.at(child)) {
      if (seen.insert(parent).second) found.push_back(parent);
    }
  };
  add_parents_of(&label);
  for (std::size_t i = 0; i < found.size(); ++i) add_parents_of(found[i]);
  return !seen.contains(&label);
}

// "blue_widget" is Blue Widget.
std::string title_case(std::string_view name) {
  std::string title;
  bool start = true;
  for (const char c : name) {
    const char shown = c == '_' ? ' ' : c;
    title += start && shown >= 'a' && shown <= 'z' ? static_cast<char>(shown - 'a' + 'A') : shown;
    start = shown == ' ';
  }
  return title;
}

// By the name as it is, then as it would be shown: one answer must not hold a label of ours and another of
// its name.
const TaxonomyLabel* known_label(const Taxonomy& taxonomy, Role role, std::size_t index,
                                 std::string_view name) {
  if (const TaxonomyLabel* label = taxonomy.find_class(role, index, name)) return label;
  if (const TaxonomyLabel* label = taxonomy.find_loosely(name)) return label;
  return taxonomy.find_loosely(title_case(name));
}

}  // namespace

const Taxonomy& Taxonomy::builtin() {
  static const Taxonomy taxonomy = [] {
    auto parsed = parse(
        {.labels = between(eyrie_taxonomy_labels_start, eyrie_taxonomy_labels_end),
         .classes = {{Role::kDetector, between(eyrie_taxonomy_detector_start, eyrie_taxonomy_detector_end)},
                     {Role::kTagger, between(eyrie_taxonomy_tagger_start, eyrie_taxonomy_tagger_end)},
                     {Role::kPlants, between(eyrie_taxonomy_plants_start, eyrie_taxonomy_plants_end)},
                     {Role::kDishes, between(eyrie_taxonomy_dishes_start, eyrie_taxonomy_dishes_end)}}});
    if (!parsed) {  // part of the binary: a test keeps it right, nothing at run time can mend it
      log_error("the built-in taxonomy is damaged", {{"error", parsed.error().message}});
      std::abort();
    }
    return *std::move(parsed);
  }();
  return taxonomy;
}

Result<Taxonomy> Taxonomy::parse(const TaxonomySource& source) {
  Taxonomy taxonomy;
  EYRIE_CHECK_OK(taxonomy.read_labels(source.labels));
  for (const auto& [role, text] : source.classes) EYRIE_CHECK_OK(taxonomy.read_classes(role, text));
  taxonomy.index_names();
  return taxonomy;
}

Status Taxonomy::read_labels(std::string_view text) {
  constexpr std::string_view kFile = "labels.tsv";
  struct Row {
    std::vector<std::string_view> cells;
    std::size_t line;
  };
  std::vector<Row> rows;
  EYRIE_CHECK_OK(
      each_row(text, kFile, 5, [&](const std::vector<std::string_view>& cells, std::size_t line) -> Status {
        auto label = std::make_unique<TaxonomyLabel>();
        label->name = cells[0];
        label->aliases = list_of(cells[2]);
        label->categories = list_of(cells[3]);
        label->boxed = std::ranges::count(split(cells[4], ';'), "instances") > 0;
        if (label->name.empty()) return corrupt(kFile, line, "no name");
        if (!by_name_.emplace(label->name, label.get()).second) return corrupt(kFile, line, "a name twice");
        labels_.push_back(std::move(label));
        rows.push_back({cells, line});
        return {};
      }));
  std::unordered_map<const TaxonomyLabel*, std::vector<const TaxonomyLabel*>> parents;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<const TaxonomyLabel*>& direct = parents[labels_[i].get()];
    for (const std::string& name : list_of(rows[i].cells[1])) {
      const TaxonomyLabel* parent = find(name);
      if (parent == nullptr) return corrupt(kFile, rows[i].line, "parent \"" + name + "\" is no label");
      direct.push_back(parent);
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!collect_ancestors(*labels_[i], parents)) return corrupt(kFile, rows[i].line, "is its own ancestor");
  }
  return {};
}

Status Taxonomy::read_classes(Role role, std::string_view text) {
  const std::string file = "classes/" + std::string(role_name(role)) + ".tsv";
  ClassesByName& classes = classes_[static_cast<int>(role)];
  return each_row(text, file, 3, [&](const std::vector<std::string_view>& cells, std::size_t line) -> Status {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(cells[0].data(), cells[0].data() + cells[0].size(), index);
    if (error != std::errc() || end != cells[0].data() + cells[0].size())
      return corrupt(file, line, "no index");
    const TaxonomyLabel* label = find(cells[2]);
    if (label == nullptr) return corrupt(file, line, "\"" + std::string(cells[2]) + "\" is no label");
    classes[std::string(cells[1])].push_back({index, label});
    return {};
  });
}

void Taxonomy::index_names() {
  for (const auto& label : labels_) by_lower_name_.emplace(lower_case(label->name), label.get());
  // An alias gives way to a name, and counts for nothing where several labels share it.
  std::unordered_map<std::string, const TaxonomyLabel*> aliases;
  for (const auto& label : labels_) {
    for (const std::string& alias : label->aliases) {
      const auto [at, fresh] = aliases.emplace(lower_case(alias), label.get());
      if (!fresh && at->second != label.get()) at->second = nullptr;
    }
  }
  for (const auto& [alias, label] : aliases) {
    if (label != nullptr) by_lower_name_.emplace(alias, label);
  }
}

const TaxonomyLabel* Taxonomy::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : at->second;
}

const TaxonomyLabel* Taxonomy::find_loosely(std::string_view name) const {
  const auto at = by_lower_name_.find(lower_case(name));
  return at == by_lower_name_.end() ? nullptr : at->second;
}

const TaxonomyLabel* Taxonomy::find_class(Role role, std::size_t index, std::string_view name) const {
  const auto classes = classes_.find(static_cast<int>(role));
  if (classes == classes_.end()) return nullptr;
  const auto rows = classes->second.find(std::string(name));
  if (rows == classes->second.end()) return nullptr;
  for (const ClassRow& row : rows->second) {
    if (row.index == index) return row.label;
  }
  return rows->second.front().label;
}

ClassLabels::ClassLabels(const Taxonomy& taxonomy, const Pack& pack) {
  std::unordered_map<std::string, const TaxonomyLabel*> made;
  for (std::size_t i = 0; i < pack.classes.size(); ++i) {
    const std::string& name = pack.classes[i];
    const std::string title = title_case(name);
    const TaxonomyLabel* label = name.empty() ? nullptr : known_label(taxonomy, pack.role, i, name);
    if (label == nullptr && !name.empty()) {
      const TaxonomyLabel*& own = made[title];
      if (own == nullptr) {
        own_.push_back(std::make_unique<TaxonomyLabel>(
            TaxonomyLabel{.name = title, .boxed = pack.task == Task::kDetect}));
        if (title != name) own_.back()->aliases.push_back(name);
        own = own_.back().get();
      }
      label = own;
    }
    labels_.push_back(label);
  }
}

}  // namespace eyrie::vision
