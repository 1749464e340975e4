#include "notify/topics/filter_policy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/encoding.h"

namespace eyrie::notify::topics {
namespace {

constexpr double kMaxNumber = 1e9;
constexpr std::size_t kMaxDepth = 20;  // of keys in the body's scope

// As numbers are compared: five decimals.
constexpr double kSameNumber = 0.5e-5;

using Scalar = json::value;  // a string, number, flag or null

struct Network {
  std::array<std::uint8_t, 16> address{};
  int bits = 0;
  bool v6 = false;
};

struct Range {
  std::optional<double> low, high, equal;
  bool low_open = false, high_open = false;
};

struct Condition {
  enum class Kind { kEqual, kPrefix, kSuffix, kIgnoreCase, kAnythingBut, kNotPrefix, kNotSuffix, kNumeric, kExists, kCidr };
  Kind kind = Kind::kEqual;
  std::vector<Scalar> values;  // kEqual, kAnythingBut
  std::string text;
  Range range;
  bool flag = false;
  Network network;
};

std::unexpected<Error> bad_filter(const std::string& reason) { return fail(Code::kInvalidArgument, "FilterPolicy: " + reason); }

std::optional<double> number_in(const json::value& value) {
  if (!value.is_number()) return std::nullopt;
  return value.to_number<double>();
}

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool same(const Scalar& a, const Scalar& b) {
  const auto x = number_in(a), y = number_in(b);
  if (x || y) return x && y && std::abs(*x - *y) < kSameNumber;
  return a == b;
}

std::optional<Network> address_of(const std::string& text) {
  Network network;
  if (::inet_pton(AF_INET, text.c_str(), network.address.data()) == 1) {
    network.bits = 32;
    return network;
  }
  if (::inet_pton(AF_INET6, text.c_str(), network.address.data()) != 1) return std::nullopt;
  network.bits = 128;
  network.v6 = true;
  return network;
}

std::optional<Network> network_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto network = address_of(std::string(text.substr(0, slash)));
  const auto bits = number_in(text.substr(slash + 1));
  if (!network || !bits || *bits < 0 || *bits > network->bits || *bits != std::floor(*bits)) return std::nullopt;
  network->bits = static_cast<int>(*bits);
  return network;
}

bool lies_in(const Network& address, const Network& network) {
  if (address.v6 != network.v6) return false;
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if ((((address.address[byte] ^ network.address[byte]) >> (7 - bit % 8)) & 1) != 0) return false;
  }
  return true;
}

// ---- parsing

Result<Range> parse_range(const json::value& value) {
  if (!value.is_array() || (value.get_array().size() != 2 && value.get_array().size() != 4)) return bad_filter("Value of numeric must be an array of one or two comparisons");
  Range range;
  const json::array& parts = value.get_array();
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    const auto bound = number_in(parts[i + 1]);
    if (!parts[i].is_string() || !bound) return bad_filter("Value of numeric must be comparison operators, each followed by a number");
    if (std::abs(*bound) > kMaxNumber) return bad_filter("Value of numeric must be between -1.0E9 and 1.0E9");
    const std::string_view op = parts[i].get_string();
    if (op == "=" && parts.size() == 2) {
      range.equal = bound;
    } else if ((op == ">" || op == ">=") && i == 0) {
      range.low = bound;
      range.low_open = op == ">";
    } else if ((op == "<" || op == "<=") && (i == 2 || parts.size() == 2)) {
      range.high = bound;
      range.high_open = op == "<";
    } else {
      return bad_filter("Unrecognized numeric range operator: " + std::string(op.substr(0, 16)));
    }
  }
  if (range.low && range.high && (*range.low > *range.high || (*range.low == *range.high && (range.low_open || range.high_open))))
    return bad_filter("Bottom must be less than top");
  return range;
}

Result<std::string> text_for(std::string_view op, const json::value& value) {
  if (!value.is_string()) return bad_filter(std::string(op) + " match pattern must be a string");
  return std::string(value.get_string());
}

bool is_scalar(const json::value& value) { return !value.is_array() && !value.is_object(); }

Result<Condition> parse_anything_but(const json::value& value) {
  Condition condition{.kind = Condition::Kind::kAnythingBut};
  if (value.is_object()) {
    const json::object& inner = value.get_object();
    if (inner.size() != 1 || (inner.begin()->key() != "prefix" && inner.begin()->key() != "suffix"))
      return bad_filter("Unsupported anything-but pattern");
    condition.kind = inner.begin()->key() == "prefix" ? Condition::Kind::kNotPrefix : Condition::Kind::kNotSuffix;
    EYRIE_TRY(condition.text, text_for(inner.begin()->key(), inner.begin()->value()));
    return condition;
  }
  if (value.is_array()) {
    condition.values.assign(value.get_array().begin(), value.get_array().end());
  } else {
    condition.values = {value};
  }
  const bool plain = std::ranges::all_of(condition.values, [](const json::value& each) { return each.is_string() || each.is_number(); });
  if (condition.values.empty() || !plain) return bad_filter("Value of anything-but must be a string, a number, or an array of these");
  return condition;
}

Result<Condition> parse_condition(const json::value& value) {
  Condition condition;
  if (is_scalar(value)) {
    condition.values = {value};
    return condition;
  }
  if (!value.is_object()) return bad_filter("Match value must be String, number, true, false, or null");
  const json::object& object = value.get_object();
  if (object.size() != 1) return bad_filter("Only one key allowed in match expression");
  const std::string_view op = object.begin()->key();
  const json::value& operand = object.begin()->value();
  using Kind = Condition::Kind;
  if (op == "anything-but") return parse_anything_but(operand);
  if (op == "exists") {
    if (!operand.is_bool()) return bad_filter("exists match pattern must be either true or false.");
    condition.kind = Kind::kExists;
    condition.flag = operand.get_bool();
    return condition;
  }
  if (op == "numeric") {
    condition.kind = Kind::kNumeric;
    EYRIE_TRY(condition.range, parse_range(operand));
    return condition;
  }
  if (op == "prefix" || op == "suffix" || op == "equals-ignore-case") {
    condition.kind = op == "prefix" ? Kind::kPrefix : op == "suffix" ? Kind::kSuffix : Kind::kIgnoreCase;
    EYRIE_TRY(condition.text, text_for(op, operand));
    if (condition.kind == Kind::kIgnoreCase) condition.text = lower_case(condition.text);
    return condition;
  }
  if (op == "cidr") {
    EYRIE_TRY(const std::string text, text_for(op, operand));
    const auto network = network_of(text);
    if (!network) return bad_filter("Malformed CIDR, one '/' required");
    condition.kind = Kind::kCidr;
    condition.network = *network;
    return condition;
  }
  return bad_filter("Unrecognized match type " + std::string(op.substr(0, 64)));
}

// ---- matching

// What a key has in a message: none, or values of which one must match.
using Values = std::vector<Scalar>;

bool numeric_matches(const Range& range, double number) {
  if (range.equal) return std::abs(*range.equal - number) < kSameNumber;
  if (range.low && (range.low_open ? number <= *range.low : number < *range.low)) return false;
  return !range.high || (range.high_open ? number < *range.high : number <= *range.high);
}

bool text_matches(const Condition& condition, const std::string& text) {
  switch (condition.kind) {
    case Condition::Kind::kPrefix:
      return text.starts_with(condition.text);
    case Condition::Kind::kSuffix:
      return text.ends_with(condition.text);
    case Condition::Kind::kNotPrefix:
      return !text.starts_with(condition.text);
    case Condition::Kind::kNotSuffix:
      return !text.ends_with(condition.text);
    case Condition::Kind::kIgnoreCase:
      return lower_case(text) == condition.text;
    case Condition::Kind::kCidr: {
      const auto address = address_of(text);
      return address && lies_in(*address, condition.network);
    }
    default:
      return false;
  }
}

bool value_matches(const Condition& condition, const Scalar& value) {
  switch (condition.kind) {
    case Condition::Kind::kEqual:
      return same(condition.values.front(), value);
    case Condition::Kind::kAnythingBut:
      return std::ranges::none_of(condition.values, [&](const Scalar& not_this) { return same(not_this, value); });
    case Condition::Kind::kNumeric: {
      const auto number = number_in(value);
      return number && numeric_matches(condition.range, *number);
    }
    case Condition::Kind::kExists:
      return condition.flag;
    default:
      return value.is_string() && text_matches(condition, std::string(value.get_string()));
  }
}

bool any_matches(const std::vector<Condition>& conditions, const std::optional<Values>& values, bool exists) {
  return std::ranges::any_of(conditions, [&](const Condition& condition) {
    if (condition.kind == Condition::Kind::kExists) return condition.flag == exists;
    if (!values) return false;
    // Of several values none may be what is excluded.
    const bool excludes = condition.kind == Condition::Kind::kAnythingBut || condition.kind == Condition::Kind::kNotPrefix ||
                          condition.kind == Condition::Kind::kNotSuffix;
    const auto matches = [&](const Scalar& value) { return value_matches(condition, value); };
    return excludes ? !values->empty() && std::ranges::all_of(*values, matches) : std::ranges::any_of(*values, matches);
  });
}

Values values_of(const Attribute& attribute) {
  const std::string_view type = attribute.type;
  if (type.starts_with("Number")) {
    const auto number = number_in(std::string_view(attribute.value));
    return number ? Values{*number} : Values{};
  }
  if (type.starts_with("Binary")) return {};
  if (!type.starts_with("String.Array")) return {json::value(attribute.value)};
  const auto parsed = parse_json(attribute.value);
  if (!parsed) return {};
  if (!parsed->is_array()) return is_scalar(*parsed) ? Values{*parsed} : Values{};
  Values values;
  for (const json::value& each : parsed->get_array()) {
    if (is_scalar(each)) values.push_back(each);
  }
  return values;
}

// The scalars of a leaf in a body; nothing where it is absent or an object.
void collect(const json::value& value, Values& into) {
  if (value.is_array()) {
    for (const json::value& each : value.get_array()) collect(each, into);
  } else if (is_scalar(value)) {
    into.push_back(value);
  }
}

// What `exists` takes for absent: SNS asks for "a non-null and non-empty value".
bool is_nothing(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) || (value.is_array() && value.get_array().empty());
}

}  // namespace

struct FilterPolicy::Node {
  struct Key {
    std::string name;
    std::vector<Condition> conditions;  // of a leaf
    std::shared_ptr<const Node> below;  // else
  };
  std::vector<Key> keys;
  std::vector<std::vector<std::shared_ptr<const Node>>> alternatives;  // of each $or
};

namespace {

using Node = FilterPolicy::Node;

struct Size {
  std::size_t keys = 0;
  std::uint64_t combinations = 1;
};

class Parser {
 public:
  explicit Parser(FilterScope scope) : scope_(scope) {}

  Result<std::shared_ptr<const Node>> node(const json::object& object, std::size_t depth, Size& size) {
    if (depth > kMaxDepth) return bad_filter("Filter policy is too deeply nested");
    if (object.empty()) return bad_filter("Filter policy must not have empty objects");
    auto node = std::make_shared<Node>();
    for (const auto& member : object) {
      if (is_or(member)) {
        EYRIE_CHECK_OK(alternatives(member.value().get_array(), depth, *node, size));
        continue;
      }
      Node::Key key{.name = std::string(member.key())};
      EYRIE_CHECK_OK(this->key(member.value(), depth, key, size));
      node->keys.push_back(std::move(key));
    }
    return node;
  }

 private:
  // Else "$or" is a key like any other.
  static bool is_or(const json::key_value_pair& member) {
    if (member.key() != "$or" || !member.value().is_array() || member.value().get_array().size() < 2) return false;
    return std::ranges::all_of(member.value().get_array(), [](const json::value& each) {
      if (!each.is_object()) return false;
      return std::ranges::none_of(each.get_object(), [](const json::key_value_pair& inner) {
        for (const std::string_view op : {"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "cidr"}) {
          if (inner.key() == op) return true;
        }
        return false;
      });
    });
  }

  Status alternatives(const json::array& list, std::size_t depth, Node& node, Size& size) {
    std::vector<std::shared_ptr<const Node>> branches;
    std::uint64_t sum = 0;
    for (const json::value& each : list) {
      Size branch{.keys = size.keys};
      EYRIE_TRY(auto made, this->node(each.get_object(), depth, branch));
      branches.push_back(std::move(made));
      size.keys = branch.keys;
      sum += branch.combinations;
    }
    size.combinations = std::min<std::uint64_t>(size.combinations * sum, kTooMany);
    node.alternatives.push_back(std::move(branches));
    return {};
  }

  Status key(const json::value& value, std::size_t depth, Node::Key& key, Size& size) {
    if (value.is_object()) {
      if (scope_ == FilterScope::kAttributes) return bad_filter("Filter policy scope MessageAttributes does not support nested filter policy");
      EYRIE_TRY(key.below, node(value.get_object(), depth + 1, size));
      return {};
    }
    if (!value.is_array()) return bad_filter("\"" + key.name.substr(0, 64) + "\" must be an object or an array");
    if (value.get_array().empty()) return bad_filter("Empty arrays are not allowed");
    if (++size.keys > FilterPolicy::kMaxKeys) return bad_filter("Filter policy can not have more than 5 keys");
    for (const json::value& each : value.get_array()) {
      EYRIE_TRY(Condition condition, parse_condition(each));
      key.conditions.push_back(std::move(condition));
    }
    const std::uint64_t weight = key.conditions.size() * (scope_ == FilterScope::kBody ? depth : 1);
    size.combinations = std::min<std::uint64_t>(size.combinations * weight, kTooMany);
    return {};
  }

  static constexpr std::uint64_t kTooMany = 1'000'000;
  const FilterScope scope_;
};

// `attributes` where `body` is null.
bool node_matches(const Node& node, const Attributes* attributes, const json::value* body) {
  const auto key_matches = [&](const Node::Key& key) {
    if (body == nullptr) {
      if (attributes->empty()) return false;  // not even what must not exist matches then
      const auto found = std::ranges::find(*attributes, key.name, &Attributes::value_type::first);
      const bool exists = found != attributes->end();
      return any_matches(key.conditions, exists ? std::optional(values_of(found->second)) : std::nullopt, exists);
    }
    const json::value* const member = find(*body, key.name);
    if (key.below == nullptr) {
      // What exists is a leaf that says something: an object there is none.
      std::optional<Values> values;
      if (member != nullptr && !member->is_object()) collect(*member, values.emplace());
      return any_matches(key.conditions, values, values && !is_nothing(*member));
    }
    static const json::value kNothing = json::object();
    if (member == nullptr) return node_matches(*key.below, attributes, &kNothing);
    if (!member->is_array()) return node_matches(*key.below, attributes, member);
    return std::ranges::any_of(member->get_array(), [&](const json::value& each) { return node_matches(*key.below, attributes, &each); });
  };
  if (!std::ranges::all_of(node.keys, key_matches)) return false;
  return std::ranges::all_of(node.alternatives, [&](const auto& branches) {
    return std::ranges::any_of(branches, [&](const auto& branch) { return node_matches(*branch, attributes, body); });
  });
}

}  // namespace

Result<FilterPolicy> FilterPolicy::parse(std::string_view text, FilterScope scope) {
  if (text.size() > kMaxBytes) return fail(Code::kTooLarge, "FilterPolicy: Filter policy is larger than 256 KB");
  const auto parsed = parse_json(text);
  if (!parsed) return bad_filter("failed to parse JSON.");
  if (!parsed->is_object()) return bad_filter("Filter is not an object");
  FilterPolicy policy;
  policy.scope_ = scope;
  // An empty policy takes every message.
  if (parsed->get_object().empty()) {
    policy.root_ = std::make_shared<Node>();
    return policy;
  }
  Size size;
  EYRIE_TRY(policy.root_, Parser(scope).node(parsed->get_object(), 1, size));
  if (size.combinations > kMaxCombinations) return bad_filter("Filter policy is too complex");
  return policy;
}

bool FilterPolicy::matches(const Attributes& attributes, std::string_view body) const {
  if (root_ == nullptr) return true;
  if (scope_ == FilterScope::kAttributes) return node_matches(*root_, &attributes, nullptr);
  if (root_->keys.empty() && root_->alternatives.empty()) return true;
  const auto parsed = parse_json(body);
  return parsed && parsed->is_object() && node_matches(*root_, &attributes, &*parsed);
}

}  // namespace eyrie::notify::topics
