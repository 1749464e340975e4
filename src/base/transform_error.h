// The same outcome with its error told otherwise, as std::expected::transform_error does, which the library of GCC 12 lacks. Thread-safe.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

namespace eyrie {

template <typename T, typename E, typename Tell>
std::expected<T, std::invoke_result_t<Tell, const E&>> transform_error(std::expected<T, E> outcome, Tell&& tell) {
  if (!outcome) return std::unexpected(tell(outcome.error()));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*outcome);
  }
}

}  // namespace eyrie
