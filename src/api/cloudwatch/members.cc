#include "api/cloudwatch/members.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/time/clock.h"
#include "base/encoding.h"

namespace eyrie::api::cloudwatch {
namespace {

constexpr std::size_t kMostDimensions = 30;
constexpr std::string_view kUnits[] = {"Seconds",          "Microseconds",     "Milliseconds",     "Bytes",            "Kilobytes",    "Megabytes",       "Gigabytes",
                                       "Terabytes",        "Bits",             "Kilobits",         "Megabits",         "Gigabits",     "Terabits",        "Percent",
                                       "Count",            "Bytes/Second",     "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second",
                                       "Kilobits/Second",  "Megabits/Second",  "Gigabits/Second",  "Terabits/Second",  "Count/Second", "None"};

const json::value* member(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::unexpected<aws::WireError> wrong_type(std::string_view name) { return refuse("SerializationException", "The member " + std::string(name) + " is of another type."); }

std::optional<double> real_of(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  const auto* text = value.if_string();
  if (text == nullptr || text->empty()) return std::nullopt;
  double number = 0;
  const char* begin = text->data() + (text->front() == '+' ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

// 2026-11-24T10:18:21Z, with fractions of seconds of any length, or +00:00 for the Z.
std::optional<std::int64_t> time_of(std::string_view text) {
  constexpr std::size_t kToSeconds = 19;
  if (text.size() < kToSeconds) return std::nullopt;
  std::string_view rest = text.substr(kToSeconds);
  std::string fraction;
  if (rest.starts_with('.') || rest.starts_with(',')) {
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      fraction += rest.front();
      rest.remove_prefix(1);
    }
  }
  std::int64_t offset_ms = 0;
  if (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':') {
    const auto hours = whole_number<unsigned>(rest.substr(1, 2)), minutes = whole_number<unsigned>(rest.substr(4, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    offset_ms = (*hours * 60LL + *minutes) * 60'000 * (rest[0] == '+' ? 1 : -1);
  } else if (!rest.empty() && rest != "Z" && rest != "+0000") {
    return std::nullopt;
  }
  const auto whole = parse_iso8601(std::string(text.substr(0, kToSeconds)) + "Z");
  if (!whole) return std::nullopt;
  fraction.resize(3, '0');
  return *whole + whole_number<int>(fraction).value_or(0) - offset_ms;
}

std::string too_many(std::string_view name, std::size_t most) { return "The collection " + std::string(name) + " must not have a size greater than " + std::to_string(most) + "."; }

Wire<const json::array*> array_member(const json::object& object, std::string_view name, std::size_t most) {
  const json::value* value = member(object, name);
  // A form's empty list is an empty text.
  if (value == nullptr || (value->is_string() && value->get_string().empty())) return nullptr;
  const json::array* list = value->if_array();
  if (list == nullptr) return wrong_type(name);
  if (list->size() > most) return validation(too_many(name, most));
  return list;
}

}  // namespace

std::unexpected<aws::WireError> refuse(std::string_view exception, std::string message, int status) { return std::unexpected(aws::WireError{status, std::string(exception), std::move(message)}); }
std::unexpected<aws::WireError> invalid_value(std::string message) { return refuse("InvalidParameterValueException", std::move(message)); }
std::unexpected<aws::WireError> invalid_combination(std::string message) { return refuse("InvalidParameterCombinationException", std::move(message)); }
std::unexpected<aws::WireError> missing(std::string_view parameter) { return refuse("MissingRequiredParameterException", "The parameter " + std::string(parameter) + " is required."); }
std::unexpected<aws::WireError> validation(std::string message) { return refuse("ValidationException", std::move(message)); }

aws::WireError wire_error(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return {400, "ValidationException", error.message};
    case Code::kTooLarge:
      return {400, "LimitExceededFault", error.message};
    case Code::kNotFound:
      return {404, "ResourceNotFound", error.message};
    case Code::kUnavailable:
      return {503, "ServiceUnavailable", error.message};
    default:
      return {500, "InternalServiceFault", "The request failed for an internal error."};
  }
}

std::string query_code(std::string_view exception) {
  static constexpr std::pair<std::string_view, std::string_view> kCodes[] = {{"InternalServiceFault", "InternalServiceError"},
                                                                             {"InvalidFormatFault", "InvalidFormat"},
                                                                             {"InvalidParameterCombinationException", "InvalidParameterCombination"},
                                                                             {"InvalidParameterValueException", "InvalidParameterValue"},
                                                                             {"LimitExceededFault", "LimitExceeded"},
                                                                             {"MissingRequiredParameterException", "MissingParameter"},
                                                                             {"SerializationException", "MalformedInput"},
                                                                             {"AccessDeniedException", "AccessDenied"},
                                                                             {"ThrottlingException", "Throttling"},
                                                                             {"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
                                                                             {"UnrecognizedClientException", "InvalidClientTokenId"},
                                                                             {"InvalidSignatureException", "SignatureDoesNotMatch"},
                                                                             {"UnknownOperationException", "InvalidAction"},
                                                                             {"ValidationException", "ValidationError"}};
  for (const auto& [name, code] : kCodes) {
    if (name == exception) return std::string(code);
  }
  return std::string(exception);
}

Wire<std::optional<std::string>> text_member(const json::object& object, std::string_view name, std::size_t longest) {
  const json::value* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  if (text == nullptr) return wrong_type(name);
  if (text->size() > longest) return validation("1 validation error detected: Value at '" + std::string(name) + "' failed to satisfy constraint: Member must have length less than or equal to " + std::to_string(longest));
  return std::string(*text);
}

Wire<std::string> required_text(const json::object& object, std::string_view name, std::size_t longest) {
  EYRIE_TRY(auto text, text_member(object, name, longest));
  if (!text || text->empty()) return missing(name);
  return std::move(*text);
}

Wire<std::optional<double>> real_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  const auto number = real_of(*value);
  if (!number) return wrong_type(name);
  return number;
}

Wire<std::optional<std::int64_t>> whole_member(const json::object& object, std::string_view name, std::int64_t least, std::int64_t most) {
  EYRIE_TRY(const auto number, real_member(object, name));
  if (!number) return std::nullopt;
  if (*number != std::floor(*number)) return wrong_type(name);
  const auto out = [&](const char* word, std::int64_t bound) {
    return validation("1 validation error detected: Value '" + write_json(*number) + "' at '" + std::string(name) + "' failed to satisfy constraint: Member must have value " + word + " than or equal to " + std::to_string(bound));
  };
  if (*number < static_cast<double>(least)) return out("greater", least);
  if (*number > static_cast<double>(most)) return out("less", most);
  return static_cast<std::int64_t>(*number);
}

Wire<std::optional<bool>> flag_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string() && value->get_string() == "true") return true;
  if (value->is_string() && value->get_string() == "false") return false;
  return wrong_type(name);
}

Wire<std::optional<std::int64_t>> time_member(const json::object& object, std::string_view name) {
  constexpr double kLargest_s = 253'402'300'799;  // the end of 9999
  const json::value* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  std::optional<std::int64_t> ms;
  if (value->is_number()) {
    const double told = value->to_number<double>();
    if (told >= 0 && told <= kLargest_s) ms = std::llround(told * 1000);
  } else if (const auto* text = value->if_string()) {
    ms = time_of(*text);
  }
  if (!ms || *ms < 0) return validation("The parameter " + std::string(name) + " must be a time as 2026-11-24T10:18:21Z.");
  return ms;
}

Wire<std::int64_t> required_time(const json::object& object, std::string_view name) {
  EYRIE_TRY(const auto time, time_member(object, name));
  if (!time) return missing(name);
  return *time;
}

Wire<std::vector<std::string>> texts_member(const json::object& object, std::string_view name, std::size_t most, std::size_t longest) {
  EYRIE_TRY(const json::array* list, array_member(object, name, most));
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const json::value& one : *list) {
    const auto* text = one.if_string();
    if (text == nullptr) return wrong_type(name);
    if (text->empty() || text->size() > longest) return validation("The entries of " + std::string(name) + " must have 1 to " + std::to_string(longest) + " characters.");
    texts.emplace_back(*text);
  }
  return texts;
}

Wire<std::vector<double>> reals_member(const json::object& object, std::string_view name, std::size_t most) {
  EYRIE_TRY(const json::array* list, array_member(object, name, most));
  std::vector<double> numbers;
  if (list == nullptr) return numbers;
  for (const json::value& one : *list) {
    const auto number = real_of(one);
    if (!number) return wrong_type(name);
    numbers.push_back(*number);
  }
  return numbers;
}

Wire<std::vector<const json::object*>> objects_member(const json::object& object, std::string_view name, std::size_t most) {
  EYRIE_TRY(const json::array* list, array_member(object, name, most));
  std::vector<const json::object*> objects;
  if (list == nullptr) return objects;
  for (const json::value& one : *list) {
    if (!one.is_object()) return wrong_type(name);
    objects.push_back(&one.get_object());
  }
  return objects;
}

Wire<const json::object*> object_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return wrong_type(name);
  return &value->get_object();
}

Wire<std::optional<std::string>> unit_member(const json::object& object) {
  EYRIE_TRY(auto unit, text_member(object, "Unit"));
  if (unit && std::ranges::find(kUnits, *unit) == std::end(kUnits)) {
    std::string all;
    for (const std::string_view one : kUnits) all += (all.empty() ? "" : ", ") + std::string(one);
    return invalid_value("The parameter Unit must be a value in the set [ " + all + " ].");
  }
  return unit;
}

Wire<monitor::Dimensions> dimensions_member(const json::object& object, std::string_view path) {
  constexpr std::size_t kLongestName = 255, kLongestValue = 1024;
  EYRIE_TRY(const auto list, objects_member(object, "Dimensions", 1000));
  if (list.size() > kMostDimensions) return invalid_value(too_many(path, kMostDimensions));
  monitor::Dimensions dimensions;
  for (const json::object* one : list) {
    EYRIE_TRY(const std::string name, required_text(*one, "Name", kLongestName));
    EYRIE_TRY(const std::string value, required_text(*one, "Value", kLongestValue));
    if (!dimensions.emplace(name, value).second) return invalid_value("The parameter " + std::string(path) + " has the name " + name + " twice.");
  }
  return dimensions;
}

json::array json_of_dimensions(const monitor::Dimensions& dimensions) {
  json::array made;
  for (const auto& [name, value] : dimensions) made.push_back(json::object{{"Name", name}, {"Value", value}});
  return made;
}

Wire<std::map<std::string, std::string>> tags_member(const json::object& object) {
  constexpr std::size_t kMostTags = 50;
  EYRIE_TRY(const auto list, objects_member(object, "Tags", kMostTags));
  std::map<std::string, std::string> tags;
  for (const json::object* one : list) {
    EYRIE_TRY(const std::string key, required_text(*one, "Key", 128));
    EYRIE_TRY(const auto value, text_member(*one, "Value", 256));
    if (!value) return missing("Value");
    tags[key] = *value;
  }
  return tags;
}

std::string page_token(std::string_view content) { return base64_encode(as_bytes(content)); }

Wire<std::optional<std::string>> page_member(const json::object& request) {
  EYRIE_TRY(const auto token, text_member(request, "NextToken", 16 << 10));
  if (!token || token->empty()) return std::nullopt;
  const auto decoded = base64_decode(*token);
  if (!decoded) return refuse("InvalidNextToken", "The token is not valid.");
  return std::string(as_text(*decoded));
}

}  // namespace eyrie::api::cloudwatch
