// ProjectionExpression: which parts of an item are answered. Maps and lists around a chosen part stay, with
// only what was chosen in them; a list's chosen elements move together. Source: DynamoDB developer guide,
// "Using projection expressions". Thread-safe once made.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/dynamodb/expressions/document_path.h"
#include "api/dynamodb/expressions/placeholders.h"

namespace eyrie::api::dynamodb {

class Projection {
 public:
  static Wire<Projection> parse(std::string_view text, Placeholders& placeholders);

  // Of a request that has no other expression; nullopt: nor this one.
  static Wire<std::optional<Projection>> read(const json::object& request);

  // None of the paths may hold another.
  static Projection of(const std::vector<DocumentPath>& paths);

  store::Item apply(const store::Item& item) const;

 private:
  // A part of the paths: chosen whole where it has neither members nor elements.
  struct Node {
    std::map<std::string, Node, std::less<>> members;
    std::map<std::size_t, Node> elements;
    bool whole() const { return members.empty() && elements.empty(); }
  };
  // False where the path lies in, or holds, one that was added before.
  static bool add(const DocumentPath& path, Node& root);
  // nullopt where nothing of the value is chosen.
  static std::optional<json::value> chosen(const json::value& value, const Node& node);

  Node root_;
};

}  // namespace eyrie::api::dynamodb
