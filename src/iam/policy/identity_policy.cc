#include "iam/policy/identity_policy.h"

#include "base/json.h"

namespace eyrie::iam {
namespace {

// arn:partition:service:region:account:resource
bool has_parts_of_arn(std::string_view text) {
  constexpr int kColons = 5;
  int colons = 0;
  bool in_variable = false;  // whose name has a colon of its own: ${aws:username}
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) in_variable = true;
    if (text[i] == '}') in_variable = false;
    if (text[i] == ':' && !in_variable) ++colons;
  }
  return colons >= kColons;
}

}  // namespace

Status check_identity_policy(const PolicyDocument& policy) {
  EYRIE_CHECK_OK(policy.check_new());
  EYRIE_TRY(const json::value document, parse_json(policy.text()));
  for (const json::object* statement : statements_in(document)) {
    for (const char* name : {"Resource", "NotResource"}) {
      for (const std::string& text : one_or_more_texts(statement->if_contains(name))) {
        if (text != "*" && !has_parts_of_arn(text))
          return fail(Code::kInvalidArgument, "Resource " + text + " must be in ARN format or \"*\".");
      }
    }
  }
  return {};
}

}  // namespace eyrie::iam
