#include "base/json.h"

#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

namespace eyrie {
namespace {

void write_number(double number, std::string& out) {
  if (!std::isfinite(number)) {  // JSON has no such number
    out += "null";
    return;
  }
  char buffer[64];
  const double magnitude = std::fabs(number);
  const bool plain = magnitude == 0 || (magnitude >= 1e-7 && magnitude < 1e17);
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  out.append(buffer, end.ptr);
}

class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null: out_ += "null"; break;
      case json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; break;
      case json::kind::int64: out_ += std::to_string(value.get_int64()); break;
      case json::kind::uint64: out_ += std::to_string(value.get_uint64()); break;
      case json::kind::double_: write_number(value.get_double(), out_); break;
      case json::kind::string: write_string(value.get_string()); break;
      case json::kind::array: write_array(value.get_array()); break;
      case json::kind::object: write_object(value.get_object()); break;
    }
  }

 private:
  void write_string(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out_ += '"';
    for (char c : text) {
      switch (c) {
        case '"': out_ += "\\\""; break;
        case '\\': out_ += "\\\\"; break;
        case '\n': out_ += "\\n"; break;
        case '\r': out_ += "\\r"; break;
        case '\t': out_ += "\\t"; break;
        default:
          if (static_cast<unsigned char>(c) < 0x20) {
            out_ += "\\u00";
            out_ += kHex[c >> 4];
            out_ += kHex[c & 15];
          } else {
            out_ += c;
          }
      }
    }
    out_ += '"';
  }

  void write_array(const json::array& array) {
    out_ += '[';
    bool first = true;
    ++depth_;
    for (const json::value& item : array) {
      separate(first);
      write(item);
    }
    --depth_;
    close(array.empty(), ']');
  }

  void write_object(const json::object& object) {
    out_ += '{';
    bool first = true;
    ++depth_;
    for (const auto& [key, item] : object) {
      separate(first);
      write_string(key);
      out_ += pretty_ ? ": " : ":";
      write(item);
    }
    --depth_;
    close(object.empty(), '}');
  }

  void separate(bool& first) {
    if (!first) out_ += ',';
    first = false;
    if (pretty_) new_line();
  }
  void close(bool empty, char bracket) {
    if (pretty_ && !empty) new_line();
    out_ += bracket;
  }
  void new_line() {
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

namespace {

// Boost.JSON's values keep the last of members of one name and say nothing.
class UniqueMembers {
 public:
  static constexpr std::size_t max_object_size = ~std::size_t{0}, max_array_size = max_object_size, max_key_size = max_object_size, max_string_size = max_object_size;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    names_.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key_ += part;
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& error) {
    key_ += part;
    if (names_.back().insert(std::exchange(key_, {})).second) return true;
    error = json::error::syntax;
    return false;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  std::vector<std::set<std::string>> names_;  // of the objects that are open
  std::string key_;                           // as far as it has come
};

}  // namespace

Status check_unique_members(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::basic_parser<UniqueMembers> parser(options);
  json::error_code error;
  parser.write_some(false, text.data(), text.size(), error);
  if (error) return fail(Code::kInvalidArgument, "two members of one name");
  return {};
}

Result<json::value> parse_json(std::string_view text, std::size_t max_depth) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return fail(Code::kInvalidArgument, "not valid JSON: " + error.message());
  return value;
}

std::string write_json(const json::value& value) {
  std::string out;
  Writer(out, false).write(value);
  return out;
}

std::string write_json_pretty(const json::value& value) {
  std::string out;
  Writer(out, true).write(value);
  out += '\n';
  return out;
}

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

const json::value* find(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

const json::string* find_string(const json::value& value, std::string_view name) {
  const json::value* member = find(value, name);
  return member == nullptr ? nullptr : member->if_string();
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::int64_t number_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

bool flag_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<std::string> one_or_more_texts(const json::value* value) {
  std::vector<std::string> found;
  if (value == nullptr) return found;
  if (const auto* text = value->if_string()) found.emplace_back(*text);
  if (const auto* list = value->if_array()) {
    for (const json::value& item : *list) {
      if (const auto* text = item.if_string()) found.emplace_back(*text);
    }
  }
  return found;
}

json::object json_of(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [name, text] : texts) object[name] = text;
  return object;
}

std::map<std::string, std::string> texts_of(const json::value* object) {
  std::map<std::string, std::string> texts;
  if (object == nullptr || !object->is_object()) return texts;
  for (const auto& [key, text] : object->get_object()) {
    if (text.is_string()) texts[std::string(key)] = text.get_string();
  }
  return texts;
}

}  // namespace eyrie
