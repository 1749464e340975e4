// Which messages a subscriber wants: SNS's filter policies, over a message's attributes or its JSON body.
//
//   {"store": ["shop"], "price": [{"numeric": [">=", 100, "<", 200]}], "$or": [{"event": ["sold"]}, {"event": [{"prefix": "re"}]}]}
//
// All keys must match (AND), one of a key's conditions suffices (OR). Conditions: a string, a number, true, false, null; {"prefix"}, {"suffix"},
// {"equals-ignore-case"}, {"anything-but": value, list, {"prefix"} or {"suffix"}}, {"numeric": [op, number, ...]}, {"exists"}, {"cidr"}. In the body's scope
// keys may nest; of a list in the body one element must match, and what is asked below it must be true of one and the same element.
//
// Errors: kInvalidArgument, in SNS's words as far as they are known; kTooLarge where the policy is over 256 KiB. Limits: five keys, 150 combinations (the product
// of the numbers of conditions, in the body's scope times each key's depth). Source: Amazon SNS developer guide, "Amazon SNS subscription filter
// policies", "Filter policy constraints". Thread safety: plain data once parsed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace eyrie::notify::topics {

struct Attribute;
using Attributes = std::vector<std::pair<std::string, Attribute>>;

// A message's attribute. Type: "String", "Number", "Binary", "String.Array", or one of these with ".LABEL" behind it.
struct Attribute {
  std::string type;
  std::string value;  // Binary: base64

  friend bool operator==(const Attribute&, const Attribute&) = default;
};

enum class FilterScope { kAttributes, kBody };

class FilterPolicy {
 public:
  static constexpr std::size_t kMaxBytes = 256 << 10;
  static constexpr std::size_t kMaxKeys = 5;
  static constexpr std::uint64_t kMaxCombinations = 150;

  static Result<FilterPolicy> parse(std::string_view text, FilterScope scope);

  // `body`: the message as the subscriber is told it.
  bool matches(const Attributes& attributes, std::string_view body) const;

  struct Node;  // in the source

 private:
  FilterScope scope_ = FilterScope::kAttributes;
  std::shared_ptr<const Node> root_;
};

}  // namespace eyrie::notify::topics
