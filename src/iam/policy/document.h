// A policy document (JSON, version 2012-10-17), parsed and checked, in a form that is quick to evaluate.
//
// Kinds: one attached to an identity names no principal; one attached to a resource (a bucket) names one in each statement.
// Errors: kInvalidArgument, the message in IAM's words as far as IAM has any for it; kTooLarge.
// Source: IAM user guide, "Grammar of the IAM JSON policy language". Thread-safe once made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "iam/policy/condition.h"
#include "iam/policy/pattern.h"

namespace eyrie::iam {

enum class PolicyKind { kIdentity, kResource };

// Where a statement of a resource's policy lets principals be whoever they are: `everyone`.
struct PrincipalSet {
  bool everyone = false;
  std::vector<std::string> aws;       // ARNs, account ids, or unique ids
  std::vector<std::string> services;  // "s3.amazonaws.com"
};

struct Statement {
  std::string sid;
  bool allows = false;
  bool not_actions = false, not_resources = false, not_principals = false;
  std::vector<Pattern> actions, resources;
  PrincipalSet principals;  // of a resource's policy
  std::vector<Condition> conditions;
};

class PolicyDocument {
 public:
  static constexpr std::size_t kMaxManaged = 6144;   // characters without white space
  static constexpr std::size_t kMaxInline = 2048;    // the same, of all of one user's together
  static constexpr std::size_t kMaxBucket = 20'480;  // bytes

  static Result<PolicyDocument> parse(std::string_view text, PolicyKind kind = PolicyKind::kIdentity);

  const std::vector<Statement>& statements() const { return statements_; }
  const std::string& text() const { return text_; }  // as it was given
  std::size_t characters() const;                    // without white space
  // kInvalidArgument where an element stands twice, so that two readers may read two things, or a statement's id has other characters than IAM takes in
  // identities' policies: letters and digits. Asked of new documents alone: those that are kept are read whatever they have.
  Status check_new() const;

 private:
  std::string text_;
  std::vector<Statement> statements_;
};

// The statements of a policy's JSON, of which there may be one or an array; what is no object is left out. They live as long as `document`.
std::vector<const json::object*> statements_in(const json::value& document);

}  // namespace eyrie::iam
