// A text of a policy that requests' texts are compared with: wildcards `*` (any characters) and `?` (one), and policy
// variables: `${aws:username}`, `${aws:username, 'nobody'}` with a value for want of one, `${*}` `${?}` `${$}` for the characters
// themselves. What a variable brings is never a wildcard.
//
// Matching takes at most |pattern| x |text| steps: no pattern takes exponential time.
// Source: IAM user guide, "IAM policy elements: Variables and tags". Thread-safe once made.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iam/policy/condition_values.h"

namespace eyrie::iam {

// kUnknown: what is asked cannot be judged, for want of a value. An Allow then does not apply, a Deny does.
enum class Match { kNo, kYes, kUnknown };

class Pattern {
 public:
  struct Options {
    bool wildcards = true;
    bool variables = true;
    bool ignore_case = false;
    // Compares the six parts of an ARN one by one, so that `*` does not reach over a colon.
    bool arn = false;
  };
  // kInvalidArgument where a variable is not closed or has no name.
  static Result<Pattern> parse(std::string_view text, Options options);

  Match match(std::string_view text, const ConditionValues& values) const;

 private:
  // A character of the pattern: a byte, or one of the marks below.
  using Marked = std::u16string;
  static constexpr char16_t kAny = 0x100, kOne = 0x101;

  struct Piece {
    Marked text;                          // of a piece that is no variable
    std::string variable;                 // its name, in lower case
    std::optional<std::string> fallback;  // of a variable
  };
  Status add_variable(std::string_view inside);
  // What it says with this request's values; or kNo where a variable has none, with which nothing compares, and kUnknown where that cannot be told: nobody here
  // knows the key, or its value is too long.
  std::expected<Marked, Match> expand(const ConditionValues& values) const;
  bool matches(std::u16string_view pattern, std::string_view text) const;
  bool matches_arn(std::u16string_view pattern, std::string_view text) const;
  bool equal(char16_t mark, char c) const;

  Options options_;
  std::vector<Piece> pieces_;
};

}  // namespace eyrie::iam
