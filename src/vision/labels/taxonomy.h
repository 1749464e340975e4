// What things are called: from a network's class to a label with its ancestors, aliases and category.
//
// The data are the files of models/taxonomy, embedded in the binary; their format is in the README there.
//
// Errors: kCorrupt - a file does not follow its format (the message names file and line).
// Thread safety: immutable once made.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "vision/networks/pack.h"

namespace eyrie::vision {

struct TaxonomyLabel {
  std::string name;
  std::vector<const TaxonomyLabel*> ancestors;  // all of them, nearest first
  std::vector<std::string> aliases;
  std::vector<std::string> categories;
  bool boxed = false;  // a detector boxes it
};

struct TaxonomySource {
  std::string_view labels;
  std::vector<std::pair<Role, std::string_view>> classes;
};

class Taxonomy {
 public:
  static const Taxonomy& builtin();
  static Result<Taxonomy> parse(const TaxonomySource& source);

  // By exact name; nullptr where there is none.
  const TaxonomyLabel* find(std::string_view name) const;
  // By name or alias, without case; nullptr where there is none or where an alias means several.
  const TaxonomyLabel* find_loosely(std::string_view name) const;
  // Of a role's class: by index and name, else by name. nullptr where the role has no such class.
  const TaxonomyLabel* find_class(Role role, std::size_t index, std::string_view name) const;

  std::span<const std::unique_ptr<TaxonomyLabel>> labels() const { return labels_; }

 private:
  struct ClassRow {
    std::size_t index;
    const TaxonomyLabel* label;
  };
  using ClassesByName = std::unordered_map<std::string, std::vector<ClassRow>>;

  Taxonomy() = default;
  Status read_labels(std::string_view text);
  Status read_classes(Role role, std::string_view text);
  void index_names();

  // Constant after parse().
  std::vector<std::unique_ptr<TaxonomyLabel>> labels_;
  std::unordered_map<std::string_view, const TaxonomyLabel*> by_name_;
  std::unordered_map<std::string, const TaxonomyLabel*> by_lower_name_;
  std::unordered_map<int, ClassesByName> classes_;
};

// The labels of one pack's classes. A class that the taxonomy does not know (a user's own model) becomes a
// label of its own without parents: "blue widget" is Blue Widget.
class ClassLabels {
 public:
  ClassLabels(const Taxonomy& taxonomy, const Pack& pack);

  // nullptr where the class is unused.
  const TaxonomyLabel* operator[](std::size_t index) const { return labels_[index]; }
  std::size_t size() const { return labels_.size(); }

 private:
  std::vector<const TaxonomyLabel*> labels_;
  std::vector<std::unique_ptr<TaxonomyLabel>> own_;
};

}  // namespace eyrie::vision
