// For fuzzers: lines "name=value" stand for what the query service has decoded of a form.
#pragma once

#include <algorithm>
#include <string_view>

#include "api/common/query_service.h"

namespace eyrie::api {

inline Parameters parameters_of_lines(std::string_view text) {
  Parameters parameters;
  while (!text.empty() && parameters.size() < 1000) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    parameters.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  return parameters;
}

}  // namespace eyrie::api
