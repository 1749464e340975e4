#include "api/common/need.h"

namespace eyrie::api {

std::optional<aws::WireError> permit(const Context& context, const std::vector<Need>& needs, int status, const char* code) {
  for (const Need& need : needs) {
    const Status may = context.caller->may(need.action, need.resource, need.values, need.policy.get());
    if (!may) return aws::WireError{status, code, may.error().message};
  }
  return std::nullopt;
}

}  // namespace eyrie::api
