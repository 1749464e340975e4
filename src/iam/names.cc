#include "iam/names.h"

#include <algorithm>

namespace eyrie::iam {

std::unexpected<Error> broken_constraint(std::string_view value, std::string_view member, std::string_view constraint) {
  return fail(Code::kInvalidArgument, "1 validation error detected: Value '" + std::string(value) + "' at '" +
                                          std::string(member) + "' failed to satisfy constraint: " + std::string(constraint));
}

Status check_name(std::string_view member, const std::string& name, std::size_t most) {
  if (name.empty()) return broken_constraint(name, member, "Member must have length greater than or equal to 1");
  if (name.size() > most) {
    return broken_constraint(name.substr(0, most), member,
                             "Member must have length less than or equal to " + std::to_string(most));
  }
  const bool sound = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").contains(c);
  });
  if (sound) return {};
  return fail(Code::kInvalidArgument, "The specified value for " + std::string(member) +
                                          " is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-");
}

Status check_path(const std::string& path) {
  const bool printable = std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7F'; });
  if (printable && !path.empty() && path.size() <= kMaxPath && path.starts_with('/') && path.ends_with('/') && !path.contains('*')) return {};
  return fail(Code::kInvalidArgument,
              "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric "
              "characters and/or / characters.");
}

}  // namespace eyrie::iam
