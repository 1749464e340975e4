#include "api/dynamodb/expressions/projection.h"

#include "api/dynamodb/expressions/expression.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::string_view kProjectionKind = "ProjectionExpression";

// The path among `paths` that `path` meets.
const DocumentPath& overlapping(const std::vector<DocumentPath>& paths, const DocumentPath& path) {
  for (const DocumentPath& other : paths) {
    const std::size_t common = std::min(other.size(), path.size());
    if (std::equal(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(common), path.begin()))
      return other;
  }
  return paths.front();
}

}  // namespace

Wire<Projection> Projection::parse(std::string_view text, Placeholders& placeholders) {
  EYRIE_TRY(const std::vector<DocumentPath> paths, parse_paths(kProjectionKind, text, placeholders));
  Projection projection;
  for (const DocumentPath& path : paths) {
    if (add(path, projection.root_)) continue;
    return invalid(
        "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite "
        "one of these "
        "paths; path one: " +
        describe(overlapping(paths, path)) + ", path two: " + describe(path));
  }
  return projection;
}

Wire<std::optional<Projection>> Projection::read(const json::object& request) {
  EYRIE_TRY(const auto text, text_member(request, kProjectionKind));
  EYRIE_TRY(Placeholders placeholders, Placeholders::read(request, text.has_value()));
  std::optional<Projection> projection;
  if (text) {
    EYRIE_TRY(projection, parse(*text, placeholders));
  }
  EYRIE_CHECK_OK(placeholders.check_all_used());
  return projection;
}

Projection Projection::of(const std::vector<DocumentPath>& paths) {
  Projection projection;
  for (const DocumentPath& path : paths) add(path, projection.root_);
  return projection;
}

bool Projection::add(const DocumentPath& path, Node& root) {
  Node* at = &root;
  bool fresh = false;
  for (const PathPart& part : path) {
    // A part that is chosen whole already holds all below it.
    if (at != &root && !fresh && at->whole()) return false;
    if (part.is_index) {
      const auto [position, made] = at->elements.try_emplace(part.index);
      fresh = made;
      at = &position->second;
    } else {
      const auto [position, made] = at->members.try_emplace(part.name);
      fresh = made;
      at = &position->second;
    }
  }
  return fresh;
}

std::optional<json::value> Projection::chosen(const json::value& value, const Node& node) {
  if (node.whole()) return value;
  if (const json::value* map = find(value, "M"); map != nullptr && map->is_object()) {
    json::object kept;
    for (const auto& [name, inner] : node.members) {
      const json::value* member = find(*map, name);
      if (member == nullptr) continue;
      if (auto part = chosen(*member, inner)) kept[name] = std::move(*part);
    }
    if (kept.empty()) return std::nullopt;
    return json::object{{"M", std::move(kept)}};
  }
  if (const json::value* list = find(value, "L"); list != nullptr && list->is_array()) {
    json::array kept;
    for (const auto& [index, inner] : node.elements) {
      if (index >= list->get_array().size()) continue;
      if (auto part = chosen(list->get_array()[index], inner)) kept.push_back(std::move(*part));
    }
    if (kept.empty()) return std::nullopt;
    return json::object{{"L", std::move(kept)}};
  }
  return std::nullopt;
}

store::Item Projection::apply(const store::Item& item) const {
  store::Item kept;
  for (const auto& [name, node] : root_.members) {
    const json::value* value = item.if_contains(name);
    if (value == nullptr) continue;
    if (auto part = chosen(*value, node)) kept[name] = std::move(*part);
  }
  return kept;
}

}  // namespace eyrie::api::dynamodb
