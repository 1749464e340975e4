// ExpressionAttributeNames and ExpressionAttributeValues of one request: what #names and :values stand for,
// and which of them the expressions used (DynamoDB refuses those that none uses). Thread safety: one
// request's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "api/dynamodb/members.h"

namespace eyrie::api::dynamodb {

class Placeholders {
 public:
  // Reads both maps; `has_expression` tells whether the request has any expression for them to stand in.
  // Values are normalized as the store keeps them, so that numbers compare as text.
  static Wire<Placeholders> read(const json::object& request, bool has_expression);

  // nullptr where undefined; marks it as used. Pointers live as long as the Placeholders.
  const std::string* name(const std::string& placeholder);
  const json::value* value(const std::string& placeholder);

  Wire<void> check_all_used() const;

 private:
  std::map<std::string, std::string> names_;
  std::map<std::string, json::value> values_;
  std::set<std::string> used_;
};

}  // namespace eyrie::api::dynamodb
