// One entry of a statement's Condition: an operator, a key, values of which one must fit (for operators with "Not": none may).
//
// Operators: StringEquals, StringNotEquals, StringEqualsIgnoreCase, StringNotEqualsIgnoreCase, StringLike, StringNotLike,
// NumericEquals, NumericNotEquals, NumericLessThan(Equals), NumericGreaterThan(Equals), DateEquals, DateNotEquals,
// DateLessThan(Equals), DateGreaterThan(Equals), Bool, IpAddress, NotIpAddress, ArnEquals, ArnNotEquals, ArnLike, ArnNotLike,
// Null; all but Null also with "IfExists", and with "ForAnyValue:" or "ForAllValues:" before them. Not: BinaryEquals.
//
// A key that Eyrie does not tell (is_known_key) is Match::kUnknown, and so is a value with a variable that has none.
// Source: IAM user guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys". Thread-safe once made.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ip_network.h"
#include "base/json.h"
#include "base/result.h"
#include "iam/policy/pattern.h"

namespace eyrie::iam {

class Condition {
 public:
  // `values`: a value or an array of them, each a string, number or truth value. kInvalidArgument where an operator is not known
  // or a value not of its kind.
  static Result<Condition> parse(std::string_view op, std::string_view key, const json::value& values, bool variables);

  Match judge(const ConditionValues& request) const;

  // Whether a range of addresses, as IpAddress takes it, holds more of IPv4 than a /8 does, or more than a /32 of IPv6, or is none.
  static bool is_broad_range(std::string_view text);

 private:
  enum class Kind { kString, kNumber, kDate, kBool, kAddress, kNull };
  enum class Order { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
  enum class Quantifier { kNone, kAny, kAll };
  struct Operator;
  using Value = std::variant<Pattern, double, std::int64_t, bool, IpNetwork>;

  static const Operator* find_operator(std::string_view name);
  static Result<Value> parse_value(const Operator& op, const json::value& value, bool variables);
  static std::optional<IpNetwork> parse_network(std::string_view text);
  Match fits(const Value& wanted, const std::string& told, const ConditionValues& request) const;
  // Of one of the request's values; with "Not" already turned round.
  Match judge_value(const std::string& told, const ConditionValues& request) const;
  template <typename T>
  bool ordered(const T& told, const T& wanted) const;

  Kind kind_ = Kind::kString;
  Order order_ = Order::kEqual;
  Quantifier quantifier_ = Quantifier::kNone;
  bool negated_ = false;
  bool if_exists_ = false;
  std::string key_;  // lower case
  std::vector<Value> values_;
};

}  // namespace eyrie::iam
