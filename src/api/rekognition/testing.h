// For tests: calls to Rekognition's operations, and what their answers hold.
#pragma once

#include "api/testing.h"

namespace eyrie::api::testing {

class RekognitionTest : public ApiTest {
 protected:
  Answer call(const std::string& operation, const std::string& request) {
    return json_call("rekognition", operation, request);
  }
  // `more`: further members, each after a comma.
  Answer call_with(const std::string& operation, std::string_view picture, const std::string& more = "") {
    return call(operation, "{" + image("Image", picture) + more + "}");
  }
  static std::string image(const std::string& member, std::string_view picture) {
    return "\"" + member + R"(":{"Bytes":")" + base64_encode(as_bytes(picture)) + "\"}";
  }

  // "" where all is well; else what is wrong. `message`: a part of it.
  static std::string refusal(const Answer& answer, std::string_view type, std::string_view message = "") {
    if (answer.status != 400)
      return "answered " + std::to_string(answer.status) + ": " + answer.body.substr(0, 300);
    const std::string found = answer.type();
    if (found == type && answer.body.contains(message)) return "";
    return "refused otherwise: " + answer.body.substr(0, 600);
  }

  // The values of `member` in each object of the list `list`, a space between.
  static std::string each(const json::value& document, const char* list, const char* member) {
    std::string text;
    const json::value* items = find(document, list);
    if (items == nullptr || !items->is_array()) return "no " + std::string(list);
    for (const json::value& item : items->get_array()) {
      const json::value* value = find(item, member);
      std::string word = value == nullptr     ? "-"
                         : value->is_string() ? std::string(value->get_string())
                                              : write_json(*value);
      if (&item != items->get_array().begin()) text += ' ';
      text += word;
    }
    return text;
  }
  static std::string keys(const json::value& value) {
    std::string names;
    if (const json::object* object = value.if_object()) {
      for (const auto& [name, member] : *object) names += (names.empty() ? "" : " ") + std::string(name);
    }
    return names;
  }

  const std::string picture_ = jpeg(120, 100);
};

}  // namespace eyrie::api::testing
