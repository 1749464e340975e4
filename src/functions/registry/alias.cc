#include "functions/registry/alias.h"

#include <algorithm>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::functions {
namespace {

bool gives_to(const FunctionAlias& alias, const std::string& version) {
  const auto weight = alias.weights.find(version);
  return weight != alias.weights.end() && weight->second > 0;
}

// Whether leaving `from` for `to` is a deployment, and not the way back.
bool deploys(const std::string& from, const std::string& to) {
  const auto left = whole_number<std::int64_t>(from), taken = whole_number<std::int64_t>(to);
  return left && (!taken || *taken > *left);  // what is no number is $LATEST
}

}  // namespace

Status check_shared(const FunctionVersion& one, const FunctionVersion& other) {
  if (one.role != other.role) return fail(Code::kInvalidArgument, "Specified versions must be associated with the same execution role");
  if (one.dead_letter != other.dead_letter) return fail(Code::kInvalidArgument, "Specified versions must be associated with the same dead-letter queue configuration");
  return {};
}

void note_alias_change(const FunctionAlias& before, FunctionAlias& after, std::int64_t now_ms) {
  if (after.version != before.version) {
    after.former = deploys(before.version, after.version) ? std::optional(FormerVersion{.version = before.version, .left_ms = now_ms}) : std::nullopt;
    return;
  }
  if (!after.former || after.weights == before.weights) return;
  if (gives_to(before, after.former->version) || gives_to(after, after.former->version)) {
    after.former->left_ms = now_ms;  // it has a part of it until now, or gets one
  } else {
    after.former.reset();  // the next deployment: whoever begins it trusts what is there
  }
}

Status roll_alias_back(FunctionRecord& function, const std::string& alias, const std::string& cause, std::int64_t now_ms) {
  const auto found = function.aliases.find(alias);
  if (found == function.aliases.end()) return fail(Code::kNotFound, "the function " + function.name + " has no alias " + alias);
  FunctionAlias& rolled = found->second;
  if (!cause.empty() && rolled.rolled_back_for == cause) return {};
  const bool from_former = rolled.former && gives_to(rolled, rolled.former->version);
  const bool shifts = std::ranges::any_of(rolled.weights, [](const auto& weight) { return weight.second > 0; });
  if (from_former || !shifts) {
    const std::string name = "the alias " + alias + " of the function " + function.name;
    if (!rolled.former) return fail(Code::kNotFound, name + " has nothing to go back to: no part of it goes to a second version, and it came from no older one");
    const FormerVersion& former = *rolled.former;
    if (!from_former && now_ms - former.left_ms > kRollbackMs) {
      return fail(Code::kNotFound, name + " does not go back: it left version " + former.version + " at " + format_iso8601(former.left_ms) + ", more than " +
                                       std::to_string(kRollbackMs / 60'000) + " minutes ago");
    }
    if (function.version(former.version) == nullptr) return fail(Code::kNotFound, name + " cannot go back: version " + former.version + " is deleted");
    rolled.version = former.version;
  }
  rolled.weights.clear();
  rolled.former.reset();
  rolled.rolled_back_for = cause;
  rolled.revision_id = uuid_v4();
  return {};
}

}  // namespace eyrie::functions
