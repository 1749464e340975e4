#include "api/console/members.h"

#include <algorithm>

namespace eyrie::api::console {
namespace {

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return fail(Code::kInvalidArgument, std::string(name) + " " + std::string(what));
}

}  // namespace

Result<Members> Members::parse(ByteView body, std::initializer_list<std::string_view> known) {
  EYRIE_TRY(json::value value, parse_json(as_text(body)));
  if (!value.is_object()) return fail(Code::kInvalidArgument, "The body is no JSON object.");
  for (const auto& member : value.get_object()) {
    if (std::ranges::find(known, std::string_view(member.key())) == known.end())
      return fail(Code::kInvalidArgument, "The body has a member that is not known here: " + std::string(member.key().substr(0, 64)));
  }
  return Members(std::move(value.get_object()));
}

Result<std::string> Members::text(std::string_view name) const {
  EYRIE_TRY(auto text, optional_text(name));
  if (!text) return wrong(name, "is missing.");
  return *std::move(text);
}

Result<std::optional<std::string>> Members::optional_text(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong(name, "is no text.");
  return std::string(value->get_string());
}

Result<std::optional<bool>> Members::optional_flag(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) return wrong(name, "is neither true nor false.");
  return value->get_bool();
}

Result<std::int64_t> Members::number(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr || !value->is_int64()) return wrong(name, "is no whole number.");
  return value->get_int64();
}

}  // namespace eyrie::api::console
