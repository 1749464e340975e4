#include "iam/roles/trust_policy.h"

#include "base/json.h"

namespace eyrie::iam {

Result<PolicyDocument> parse_trust_policy(std::string_view text) {
  auto document = parse_json(text);
  json::value* statements = document && document->is_object() ? document->get_object().if_contains("Statement") : nullptr;
  if (statements == nullptr) return fail(Code::kInvalidArgument, "Syntax errors in policy.");
  const auto complete = [](json::value& statement) {
    if (statement.is_object()) statement.get_object()["Resource"] = "*";
  };
  if (statements->is_array()) {
    for (json::value& statement : statements->get_array()) complete(statement);
  } else {
    complete(*statements);
  }
  return PolicyDocument::parse(write_json(*document), PolicyKind::kResource);
}

}  // namespace eyrie::iam
