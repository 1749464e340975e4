// Parameters of the query protocol by the parts of their names: "Attribute.1.Name" lies below "Attribute", "1". Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/common/query_service.h"

namespace eyrie::api {

struct FormTree {
  std::optional<std::string> value;
  std::map<std::string, FormTree, std::less<>> below;

  const FormTree* find(std::string_view name) const {
    const auto found = below.find(name);
    return found == below.end() ? nullptr : &found->second;
  }
  // "" where absent.
  std::string text(std::string_view name) const {
    const FormTree* node = find(name);
    return node == nullptr ? "" : node->value.value_or("");
  }
  // Those below whose names are numbers, in their order; gaps do not matter.
  std::vector<const FormTree*> entries() const;
};

// nullopt where names have more than `deepest` parts.
std::optional<FormTree> form_tree(const Parameters& parameters, int deepest = 8);

}  // namespace eyrie::api
