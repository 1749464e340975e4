// A function's own policy: who besides its account's users may invoke it.
#include <algorithm>

#include "api/lambda/members.h"
#include "base/ids.h"
#include "functions/permission.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kMaxPolicy = 20'480;

bool statement_id(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

std::unexpected<aws::WireError> no_policy(const std::string& message) { return std::unexpected(aws::WireError{404, "ResourceNotFoundException", message}); }

Wire<void> check_revision(const functions::FunctionPolicy* policy, const std::optional<std::string>& asked) {
  if (!asked || asked->empty() || (policy != nullptr && policy->revision_id == *asked)) return {};
  return std::unexpected(aws::WireError{412, "PreconditionFailedException", "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId"});
}

}  // namespace

LambdaResult add_permission(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, call.named));
  EYRIE_CHECK_OK(check_qualifier(*function, call.named.qualifier));
  const json::object& request = call.request;
  EYRIE_CHECK_OK(refuse_members(request, {"PrincipalOrgID", "FunctionUrlAuthType", "InvokedViaFunctionUrl"}));
  functions::Permission permission{.resource = call.named.qualified_arn()};
  EYRIE_TRY(permission.id, required_text(request, "StatementId", 100));
  if (!statement_id(permission.id)) return broken_constraint(permission.id, "statementId", "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)");
  EYRIE_TRY(permission.action, required_text(request, "Action", 256));
  if (permission.action != "*" && !permission.action.starts_with("lambda:"))
    return broken_constraint(permission.action, "action", "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])");
  EYRIE_TRY(permission.principal, required_text(request, "Principal", 2048));
  if (permission.principal.find_first_of(" \t\r\n") != std::string::npos)
    return broken_constraint(permission.principal, "principal", "Member must satisfy regular expression pattern: [^\\s]+");
  EYRIE_TRY(const auto source, text_member(request, "SourceArn", 2048));
  EYRIE_TRY(const auto account, text_member(request, "SourceAccount", 12));
  EYRIE_TRY(const auto token, text_member(request, "EventSourceToken", 256));
  EYRIE_TRY(const auto revision, text_member(request, "RevisionId", 256));
  permission.source_arn = source.value_or("");
  permission.source_account = account.value_or("");
  permission.event_source_token = token.value_or("");
  const std::string statement = functions::statement_of(permission);

  std::optional<aws::WireError> refused;
  const auto changed = backend.registry.change(call.named.name, [&](functions::FunctionRecord& record) -> Status {
    functions::FunctionPolicy& policy = record.policies[call.named.qualifier];
    if (auto as_asked = check_revision(&policy, revision); !as_asked) {
      refused = std::move(as_asked.error());
    } else if (policy.statements.contains(permission.id)) {
      refused = aws::WireError{409, "ResourceConflictException", "The statement id (" + permission.id + ") provided already exists. Please provide a new statement id, or remove the existing statement."};
    }
    policy.statements[permission.id] = statement;
    policy.revision_id = uuid_v4();
    if (functions::policy_text(record, call.named.qualifier).value_or("").size() > kMaxPolicy)
      refused = aws::WireError{400, "PolicyLengthExceededException", "The final policy size is bigger than the limit (" + std::to_string(kMaxPolicy) + ")."};
    if (refused) return fail(Code::kInvalidArgument, refused->message);
    return {};
  });
  if (refused) return std::unexpected(std::move(*refused));
  if (!changed) return std::unexpected(wire_error(changed.error()));
  return Answer{.status = 201, .document = json::object{{"Statement", statement}}};
}

LambdaResult remove_permission(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, call.named));
  const auto asked = call.query.find("RevisionId");
  const auto revision = asked == call.query.end() ? std::nullopt : std::optional(asked->second);
  std::optional<aws::WireError> refused;
  const auto changed = backend.registry.change(call.named.name, [&](functions::FunctionRecord& record) -> Status {
    const auto policy = record.policies.find(call.named.qualifier);
    if (policy == record.policies.end() || !policy->second.statements.contains(call.part)) {
      refused = aws::WireError{404, "ResourceNotFoundException", "Statement " + call.part.substr(0, 100) + " is not found in resource policy."};
    } else if (auto as_asked = check_revision(&policy->second, revision); !as_asked) {
      refused = std::move(as_asked.error());
    }
    if (refused) return fail(Code::kNotFound, refused->message);
    policy->second.statements.erase(call.part);
    policy->second.revision_id = uuid_v4();
    if (policy->second.statements.empty()) record.policies.erase(policy);
    return {};
  });
  if (refused) return std::unexpected(std::move(*refused));
  if (!changed) return std::unexpected(wire_error(changed.error()));
  return Answer{.status = 204};
}

LambdaResult get_policy(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  EYRIE_CHECK_OK(check_qualifier(*function, call.named.qualifier));
  const auto text = functions::policy_text(*function, call.named.qualifier);
  if (!text) return no_policy("The resource you requested does not exist.");
  return Answer{.document = json::object{{"Policy", *text}, {"RevisionId", function->policies.at(call.named.qualifier).revision_id}}};
}

}  // namespace eyrie::api::lambda
