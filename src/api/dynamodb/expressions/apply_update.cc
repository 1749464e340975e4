#include "api/dynamodb/expressions/apply_update.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "api/dynamodb/values.h"
#include "store/items/decimal_sum.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

using MaybeValue = std::optional<json::value>;

std::unexpected<Error> refused(const char* why) {
  return fail(Code::kInvalidArgument, why);
}
std::unexpected<Error> wrong_operand() {
  return refused("An operand in the update expression has an incorrect data type");
}
std::unexpected<Error> wrong_place() {
  return refused("The document path provided in the update expression is invalid for update");
}
std::unexpected<Error> grown_too_large() {
  return fail(Code::kTooLarge, "Item size to update has exceeded the maximum allowed size");
}

Result<json::value> sum_of(const json::value& a, const json::value& b, bool minus) {
  if (type_of(a) != "N" || type_of(b) != "N") return wrong_operand();
  EYRIE_TRY(const store::Decimal left, store::parse_decimal(*find_string(a, "N")));
  EYRIE_TRY(store::Decimal right, store::parse_decimal(*find_string(b, "N")));
  if (minus) right.negative = !right.negative;
  EYRIE_TRY(const store::Decimal sum, store::add(left, right));
  return json::object{{"N", store::write_decimal(sum)}};
}

// What SET's right-hand sides are for one item. Copies are counted: a few letters may name what is large many times.
class RightHandSides {
 public:
  explicit RightHandSides(const store::Item& item) : item_(item) {}

  Result<json::value> of(const UpdateAction& action) {
    EYRIE_TRY(json::value made, action.operands.size() == 1 ? value(action.operands[0]) : sum(action));
    const auto levels = static_cast<std::size_t>(store::nesting_levels(made)) + action.path.size() - 1;
    if (levels > store::kMaxNestingLevels) return refused("Nesting Levels have exceeded supported limits");
    return made;
  }

 private:
  // nullptr: one must be made.
  Result<const json::value*> in_place(const UpdateOperand& operand) const {
    if (operand.kind == UpdateOperand::Kind::kValue) return operand.value;
    if (operand.kind == UpdateOperand::Kind::kListAppend) return nullptr;
    const json::value* found = resolve(operand.path, item_);
    if (found != nullptr) return found;
    if (operand.kind == UpdateOperand::Kind::kIfNotExists) return in_place(operand.operands[0]);
    return refused("The provided expression refers to an attribute that does not exist in the item");
  }

  Result<json::value> sum(const UpdateAction& action) const {
    EYRIE_TRY(const json::value* left, in_place(action.operands[0]));
    EYRIE_TRY(const json::value* right, in_place(action.operands[1]));
    if (left == nullptr || right == nullptr) return wrong_operand();  // a list
    return sum_of(*left, *right, action.minus);
  }

  Result<json::value> value(const UpdateOperand& operand) {
    EYRIE_TRY(const json::value* there, in_place(operand));
    if (there != nullptr) return copy(*there);
    const UpdateOperand* append = &operand;
    while (append->kind == UpdateOperand::Kind::kIfNotExists) append = &append->operands[0];
    return appended(*append);
  }

  Result<json::value> appended(const UpdateOperand& append) {
    json::array whole;
    for (const UpdateOperand& operand : append.operands) {
      EYRIE_TRY(const json::value* list, in_place(operand));
      if (list == nullptr || type_of(*list) != "L") return wrong_operand();
      EYRIE_TRY(json::value part, copy(*list));
      json::array& elements = part.get_object().begin()->value().get_array();
      whole.insert(whole.end(), std::make_move_iterator(elements.begin()), std::make_move_iterator(elements.end()));
    }
    return json::object{{"L", std::move(whole)}};
  }

  Result<json::value> copy(const json::value& value) {
    // The item itself is measured when it is written; a list appended to may count a few bytes more here.
    constexpr std::uint64_t kSlack = 4096;
    copied_ += store::value_bytes(value);
    if (copied_ > store::kMaxItemBytes + kSlack) return grown_too_large();
    return value;
  }

  const store::Item& item_;
  std::uint64_t copied_ = 0;
};

Result<MaybeValue> added(const json::value* there, const json::value& addend) {
  if (there == nullptr) return addend;
  const std::string_view type = type_of(addend);
  if (type_of(*there) != type) return wrong_operand();
  if (type == "N") return sum_of(*there, addend, false);
  json::value whole = *there;
  json::array& elements = whole.get_object().begin()->value().get_array();
  std::set<std::string> seen;
  for (const json::value& element : elements) seen.emplace(element.get_string());
  for (const json::value& element : addend.get_object().begin()->value().get_array()) {
    if (seen.emplace(element.get_string()).second) elements.push_back(element);
  }
  return whole;
}

Result<MaybeValue> taken_from(const json::value* there, const json::value& taken) {
  if (there == nullptr) return std::nullopt;
  if (type_of(*there) != type_of(taken)) return wrong_operand();
  std::set<std::string> gone;
  for (const json::value& element : taken.get_object().begin()->value().get_array()) gone.emplace(element.get_string());
  json::array left;
  for (const json::value& element : there->get_object().begin()->value().get_array()) {
    if (!gone.contains(std::string(element.get_string()))) left.push_back(element);
  }
  if (left.empty()) return std::nullopt;  // there are no empty sets
  return json::object{{type_of(taken), std::move(left)}};
}

// The update's paths as a tree. A node has an action, or members, or elements.
struct Target {
  const UpdateAction* action = nullptr;
  json::value value;  // SET's
  std::map<std::string, Target, std::less<>> members;
  std::map<std::size_t, Target> elements;

  Target& at(const PathPart& part) { return part.is_index ? elements[part.index] : members[part.name]; }
  // What is there afterwards; nullopt: nothing. Used once.
  Result<MaybeValue> outcome(const json::value* there) {
    switch (action->kind) {
      case UpdateAction::Kind::kSet:
        return std::move(value);
      case UpdateAction::Kind::kRemove:
        return std::nullopt;
      case UpdateAction::Kind::kAdd:
        return added(there, *action->operands[0].value);
      case UpdateAction::Kind::kDelete:
        return taken_from(there, *action->operands[0].value);
    }
    return std::nullopt;
  }
};

Status change(json::value& value, Target& target);

// What is to be in the place; nullopt: nothing. What lies deeper is changed where it is, and taken out to be put back.
Result<MaybeValue> changed(json::value* there, Target& target) {
  if (target.action != nullptr) return target.outcome(there);
  if (there == nullptr) return wrong_place();
  EYRIE_CHECK_OK(change(*there, target));
  return std::move(*there);
}

Status change_members(json::object& map, Target& target) {
  for (auto& [name, inner] : target.members) {
    json::value* there = map.if_contains(name);
    EYRIE_TRY(MaybeValue after, changed(there, inner));
    if (after) {
      map[name] = std::move(*after);
    } else if (there != nullptr) {
      map.erase(name);
    }
  }
  return {};
}

Status change_elements(json::array& list, Target& target) {
  const std::size_t size = list.size();
  std::set<std::size_t> removed;
  std::vector<json::value> beyond;
  for (auto& [index, inner] : target.elements) {
    json::value* there = index < size ? &list[index] : nullptr;
    EYRIE_TRY(MaybeValue after, changed(there, inner));
    if (after) {
      (there != nullptr ? *there : beyond.emplace_back()) = std::move(*after);
    } else if (there != nullptr) {
      removed.insert(index);
    }
  }
  if (!removed.empty()) {
    json::array kept;
    for (std::size_t i = 0; i < size; ++i) {
      if (!removed.contains(i)) kept.push_back(std::move(list[i]));
    }
    list = std::move(kept);
  }
  list.insert(list.end(), std::make_move_iterator(beyond.begin()), std::make_move_iterator(beyond.end()));
  return {};
}

Status change(json::value& value, Target& target) {
  json::value* inner = value.get_object().if_contains(target.members.empty() ? "L" : "M");
  if (inner == nullptr) return wrong_place();
  return target.members.empty() ? change_elements(inner->get_array(), target) : change_members(inner->get_object(), target);
}

bool only_takes_away(const UpdateExpression& update) {
  return !update.actions.empty() && std::ranges::all_of(update.actions, [](const UpdateAction& action) {
    return action.kind == UpdateAction::Kind::kRemove || action.kind == UpdateAction::Kind::kDelete;
  });
}

}  // namespace

Result<std::optional<store::Item>> apply_update(const UpdateExpression& update, const store::Item* current,
                                                const store::Item& key) {
  // Also where a path leads nowhere: so does DynamoDB.
  if (current == nullptr && only_takes_away(update)) return std::nullopt;
  const store::Item nothing;
  RightHandSides right_hand_sides(current == nullptr ? nothing : *current);
  Target whole;
  for (const UpdateAction& action : update.actions) {
    Target* at = &whole;
    for (const PathPart& part : action.path) at = &at->at(part);
    at->action = &action;
    if (action.kind != UpdateAction::Kind::kSet) continue;
    EYRIE_TRY(at->value, right_hand_sides.of(action));
  }
  store::Item item = current == nullptr ? key : *current;
  EYRIE_CHECK_OK(change_members(item, whole));
  return item;
}

}  // namespace eyrie::api::dynamodb
