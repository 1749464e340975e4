// The JSON object that a request to the console's API brings. Members that an operation does not know are refused, so that a misspelt one
// is not silently without effect. Errors: kInvalidArgument, naming the member. Thread-safe once made.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"

namespace eyrie::api::console {

class Members {
 public:
  static Result<Members> parse(ByteView body, std::initializer_list<std::string_view> known);

  bool has(std::string_view name) const { return object_.contains(name); }
  // Text that must be there.
  Result<std::string> text(std::string_view name) const;
  // nullopt where it is absent.
  Result<std::optional<std::string>> optional_text(std::string_view name) const;
  Result<std::optional<bool>> optional_flag(std::string_view name) const;
  // A whole number that must be there.
  Result<std::int64_t> number(std::string_view name) const;

 private:
  explicit Members(json::object object) : object_(std::move(object)) {}

  json::object object_;
};

}  // namespace eyrie::api::console
