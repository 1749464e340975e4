#include "api/common/form_tree.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::api {
namespace {

bool add(FormTree& root, std::string_view name, const std::string& value, int deepest) {
  FormTree* node = &root;
  for (int depth = 0; !name.empty(); ++depth) {
    if (depth == deepest) return false;
    const std::size_t dot = std::min(name.find('.'), name.size());
    node = &node->below[std::string(name.substr(0, dot))];
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  node->value = value;
  return true;
}

}  // namespace

std::vector<const FormTree*> FormTree::entries() const {
  std::vector<std::pair<unsigned, const FormTree*>> numbered;
  for (const auto& [name, entry] : below) {
    if (const auto number = whole_number<unsigned>(name)) numbered.emplace_back(*number, &entry);
  }
  std::ranges::sort(numbered, {}, &std::pair<unsigned, const FormTree*>::first);
  std::vector<const FormTree*> found;
  for (const auto& [number, entry] : numbered) found.push_back(entry);
  return found;
}

std::optional<FormTree> form_tree(const Parameters& parameters, int deepest) {
  FormTree root;
  for (const auto& [name, value] : parameters) {
    if (!add(root, name, value, deepest)) return std::nullopt;
  }
  return root;
}

}  // namespace eyrie::api
