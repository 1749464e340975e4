#include "iam/policy/condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/encoding.h"
#include "base/time/w3c_date.h"

namespace eyrie::iam {

struct Condition::Operator {
  std::string_view name;
  Kind kind;
  Order order = Order::kEqual;
  bool negated = false;
  Pattern::Options pattern = {.wildcards = false};
};

namespace {

constexpr std::string_view kIfExists = "IfExists";
constexpr std::string_view kForAny = "ForAnyValue:";
constexpr std::string_view kForAll = "ForAllValues:";

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Milliseconds. The W3C's profile of ISO 8601, or seconds since 1970; four digits are a year.
std::optional<std::int64_t> parse_date(std::string_view text) {
  if (const auto date = parse_w3c_date(text)) return date;
  if (const auto seconds = whole_number<std::int64_t>(text); seconds && std::abs(*seconds) < 1'000'000'000'000) return *seconds * 1000;
  return std::nullopt;
}

std::optional<bool> parse_bool(std::string_view text) {
  const std::string lower = lower_case(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

// A policy may write 10 and true without quotes.
std::optional<std::string> text_of(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_number()) return write_json(value);
  return std::nullopt;
}

}  // namespace

const Condition::Operator* Condition::find_operator(std::string_view name) {
  using enum Kind;
  using enum Order;
  constexpr Pattern::Options kExact{.wildcards = false};
  constexpr Pattern::Options kAnyCase{.wildcards = false, .ignore_case = true};
  constexpr Pattern::Options kLike{};
  constexpr Pattern::Options kArn{.arn = true};
  static constexpr Operator kOperators[] = {
      {"StringEquals", kString, kEqual, false, kExact},
      {"StringNotEquals", kString, kEqual, true, kExact},
      {"StringEqualsIgnoreCase", kString, kEqual, false, kAnyCase},
      {"StringNotEqualsIgnoreCase", kString, kEqual, true, kAnyCase},
      {"StringLike", kString, kEqual, false, kLike},
      {"StringNotLike", kString, kEqual, true, kLike},
      {"ArnEquals", kString, kEqual, false, kArn},
      {"ArnNotEquals", kString, kEqual, true, kArn},
      {"ArnLike", kString, kEqual, false, kArn},
      {"ArnNotLike", kString, kEqual, true, kArn},
      {"NumericEquals", kNumber},
      {"NumericNotEquals", kNumber, kEqual, true},
      {"NumericLessThan", kNumber, kLess},
      {"NumericLessThanEquals", kNumber, kLessEqual},
      {"NumericGreaterThan", kNumber, kGreater},
      {"NumericGreaterThanEquals", kNumber, kGreaterEqual},
      {"DateEquals", kDate},
      {"DateNotEquals", kDate, kEqual, true},
      {"DateLessThan", kDate, kLess},
      {"DateLessThanEquals", kDate, kLessEqual},
      {"DateGreaterThan", kDate, kGreater},
      {"DateGreaterThanEquals", kDate, kGreaterEqual},
      {"Bool", kBool},
      {"IpAddress", kAddress},
      {"NotIpAddress", kAddress, kEqual, true},
      {"Null", kNull},
  };
  const auto* found = std::ranges::find(kOperators, name, &Operator::name);
  return found == std::end(kOperators) ? nullptr : found;
}

std::optional<IpNetwork> Condition::parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const bool v4 = !address.contains(':');
  IpNetwork network;
  // IPv4 as IPv4-mapped IPv6, so that a client that came by such a socket is the same.
  if (v4) network.address = kIpv4.address;
  if (inet_pton(v4 ? AF_INET : AF_INET6, address.c_str(), network.address.data() + (v4 ? 12 : 0)) != 1) return std::nullopt;
  if (slash == std::string_view::npos) return network;
  const auto bits = whole_number<unsigned>(text.substr(slash + 1));
  if (!bits || *bits > (v4 ? 32U : 128U)) return std::nullopt;
  network.bits = *bits + (v4 ? kIpv4.bits : 0);
  return network;
}

bool Condition::is_broad_range(std::string_view text) {
  const auto network = parse_network(text);
  if (!network) return true;
  const bool has_v4 = is_in(kIpv4.address, {.address = network->address, .bits = std::min(network->bits, kIpv4.bits)});
  return network->bits < (has_v4 ? kIpv4.bits + 8 : 32);
}

Result<Condition::Value> Condition::parse_value(const Operator& op, const json::value& value, bool variables) {
  const auto text = text_of(value);
  if (!text) return fail(Code::kInvalidArgument, "a condition's value is no text");
  auto wrong = [&] { return fail(Code::kInvalidArgument, "a value of " + std::string(op.name) + " is not of its kind"); };
  switch (op.kind) {
    case Kind::kString: {
      Pattern::Options options = op.pattern;
      options.variables = variables;
      EYRIE_TRY(Pattern pattern, Pattern::parse(*text, options));
      return pattern;
    }
    case Kind::kNumber:
      if (const auto number = parse_number(*text)) return *number;
      return wrong();
    case Kind::kDate:
      if (const auto date = parse_date(*text)) return *date;
      return wrong();
    case Kind::kBool:
    case Kind::kNull:
      if (const auto truth = parse_bool(*text)) return *truth;
      return wrong();
    case Kind::kAddress:
      if (const auto network = parse_network(*text)) return *network;
      return wrong();
  }
  return wrong();
}

Result<Condition> Condition::parse(std::string_view op, std::string_view key, const json::value& values, bool variables) {
  Condition condition;
  std::string_view name = op;
  if (name.starts_with(kForAny)) {
    condition.quantifier_ = Quantifier::kAny;
    name.remove_prefix(kForAny.size());
  } else if (name.starts_with(kForAll)) {
    condition.quantifier_ = Quantifier::kAll;
    name.remove_prefix(kForAll.size());
  }
  if (name.ends_with(kIfExists)) {
    condition.if_exists_ = true;
    name.remove_suffix(kIfExists.size());
  }
  const Operator* known = find_operator(name);
  if (known == nullptr || (known->kind == Kind::kNull && name != op)) {
    return fail(Code::kInvalidArgument, "the condition operator " + std::string(op) + " is not known");
  }
  condition.kind_ = known->kind;
  condition.order_ = known->order;
  condition.negated_ = known->negated;
  condition.key_ = lower_case(key);
  if (const auto* list = values.if_array()) {
    for (const json::value& value : *list) {
      EYRIE_TRY(Value parsed, parse_value(*known, value, variables));
      condition.values_.push_back(std::move(parsed));
    }
  } else {
    EYRIE_TRY(Value parsed, parse_value(*known, values, variables));
    condition.values_.push_back(std::move(parsed));
  }
  if (condition.values_.empty()) return fail(Code::kInvalidArgument, "a condition has no values");
  return condition;
}

template <typename T>
bool Condition::ordered(const T& told, const T& wanted) const {
  switch (order_) {
    case Order::kEqual:
      return told == wanted;
    case Order::kLess:
      return told < wanted;
    case Order::kLessEqual:
      return told <= wanted;
    case Order::kGreater:
      return told > wanted;
    case Order::kGreaterEqual:
      return told >= wanted;
  }
  return false;
}

Match Condition::fits(const Value& wanted, const std::string& told, const ConditionValues& request) const {
  auto yes = [](bool fit) { return fit ? Match::kYes : Match::kNo; };
  switch (kind_) {
    case Kind::kString:
      return std::get<Pattern>(wanted).match(told, request);
    case Kind::kNumber: {
      const auto number = parse_number(told);
      return yes(number && ordered(*number, std::get<double>(wanted)));
    }
    case Kind::kDate: {
      const auto date = parse_date(told);
      return yes(date && ordered(*date, std::get<std::int64_t>(wanted)));
    }
    case Kind::kBool:
      return yes(parse_bool(told) == std::get<bool>(wanted));
    case Kind::kAddress: {
      const auto address = parse_network(told);
      const auto& network = std::get<IpNetwork>(wanted);
      // A range of IPv6 holds no address of IPv4, though these are kept as IPv6's.
      const bool other_family = address && network.bits < kIpv4.bits && is_in(address->address, kIpv4);
      return yes(address && !other_family && is_in(address->address, network));
    }
    case Kind::kNull:
      break;  // judged by the key alone
  }
  return Match::kNo;
}

Match Condition::judge_value(const std::string& told, const ConditionValues& request) const {
  Match any = Match::kNo;
  for (const Value& wanted : values_) {
    const Match fit = fits(wanted, told, request);
    if (fit == Match::kYes) return negated_ ? Match::kNo : Match::kYes;
    if (fit == Match::kUnknown) any = Match::kUnknown;
  }
  if (any == Match::kUnknown) return any;
  return negated_ ? Match::kYes : Match::kNo;
}

Match Condition::judge(const ConditionValues& request) const {
  const auto* told = request.find(key_);
  if (told == nullptr && !is_known_key(key_)) return Match::kUnknown;
  if (kind_ == Kind::kNull) {
    const bool absent = told == nullptr;
    const bool fits = std::ranges::any_of(values_, [&](const Value& value) { return std::get<bool>(value) == absent; });
    return fits ? Match::kYes : Match::kNo;
  }
  // To quantifiers a key of empty values alone is as one that is not there; to IfExists it is there.
  if (told != nullptr && quantifier_ != Quantifier::kNone && std::ranges::all_of(*told, &std::string::empty))
    return quantifier_ == Quantifier::kAll ? Match::kYes : Match::kNo;
  if (told == nullptr) {
    const bool holds = if_exists_ || quantifier_ == Quantifier::kAll || (negated_ && quantifier_ != Quantifier::kAny);
    return holds ? Match::kYes : Match::kNo;
  }
  // Of several values without a quantifier: one must fit; with "Not", none may.
  const bool all = quantifier_ == Quantifier::kAll || (quantifier_ == Quantifier::kNone && negated_);
  Match outcome = all ? Match::kYes : Match::kNo;
  for (const std::string& value : *told) {
    const Match fit = judge_value(value, request);
    if (fit == (all ? Match::kNo : Match::kYes)) return fit;
    if (fit == Match::kUnknown) outcome = fit;
  }
  return outcome;
}

}  // namespace eyrie::iam
