#include "api/cloudwatch/cbor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/encoding.h"

namespace eyrie::api::cloudwatch {
namespace {

enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };
constexpr std::uint8_t kUntold = 31, kBreak = 0xff;
constexpr std::uint64_t kTimeTag = 1;

double half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
  double value = exponent == 0 ? std::ldexp(fraction, -24) : exponent == 31 ? (fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN()) : std::ldexp(fraction + 1024, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

class Reader {
 public:
  Reader(ByteView bytes, std::size_t most_values) : bytes_(bytes), left_(most_values) {}

  Result<json::value> whole() {
    EYRIE_TRY(json::value value, one(0));
    if (!bytes_.empty()) return wrong("something follows the value");
    return value;
  }

 private:
  struct Head {
    Major major;
    bool untold = false;
    std::uint8_t size = 0;       // the low bits
    std::uint64_t argument = 0;
  };

  static std::unexpected<Error> wrong(const char* what) { return fail(Code::kInvalidArgument, std::string("CBOR: ") + what); }

  Result<std::uint64_t> number(std::size_t size) {
    if (bytes_.size() < size) return wrong("it is cut off");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[i];
    bytes_ = bytes_.subspan(size);
    return value;
  }

  Result<Head> head() {
    EYRIE_TRY(const std::uint64_t first, number(1));
    Head made{.major = static_cast<Major>(first >> 5), .size = static_cast<std::uint8_t>(first & 0x1f)};
    if (made.size < 24) {
      made.argument = made.size;
    } else if (made.size <= 27) {
      EYRIE_TRY(made.argument, number(std::size_t{1} << (made.size - 24)));
    } else if (made.size == kUntold && made.major >= kBytes && made.major != kTag) {
      made.untold = true;
    } else {
      return wrong("a head is malformed");
    }
    return made;
  }

  bool at_break() {
    if (bytes_.empty() || bytes_.front() != kBreak) return false;
    bytes_ = bytes_.subspan(1);
    return true;
  }

  Result<std::string> told_text(std::uint64_t size) {
    if (size > bytes_.size()) return wrong("it is cut off");
    std::string text(as_text(bytes_.first(size)));
    bytes_ = bytes_.subspan(size);
    if (!valid_utf8(text)) return wrong("a text is not UTF-8");
    return text;
  }

  Result<std::string> text(const Head& of) {
    if (!of.untold) return told_text(of.argument);
    std::string whole;
    while (!at_break()) {
      EYRIE_TRY(const Head piece, head());
      if (piece.major != kText || piece.untold) return wrong("a text has other pieces");
      EYRIE_TRY(const std::string more_text, told_text(piece.argument));
      whole += more_text;
    }
    return whole;
  }

  // Whether another entry follows.
  Result<bool> more(const Head& of, std::uint64_t done) {
    if (of.untold) return !at_break();
    return done < of.argument;
  }

  Result<json::value> array(const Head& of, std::size_t depth) {
    json::array made;
    while (true) {
      EYRIE_TRY(const bool another, more(of, made.size()));
      if (!another) return made;
      EYRIE_TRY(json::value value, one(depth + 1));
      made.push_back(std::move(value));
    }
  }

  Result<json::value> map(const Head& of, std::size_t depth) {
    json::object made;
    for (std::uint64_t done = 0;; ++done) {
      EYRIE_TRY(const bool another, more(of, done));
      if (!another) return made;
      EYRIE_TRY(const Head key, head());
      if (key.major != kText) return wrong("a key is no text");
      EYRIE_TRY(const std::string name, text(key));
      EYRIE_TRY(made[name], one(depth + 1));
    }
  }

  Result<json::value> simple(const Head& of) {
    if (of.untold) return wrong("a break stands where none may");
    switch (of.size) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return nullptr;
      case 25:
        return half(static_cast<std::uint16_t>(of.argument));
      case 26:
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(of.argument)));
      case 27:
        return std::bit_cast<double>(of.argument);
      default:
        return wrong("a simple value is not known");
    }
  }

  Result<json::value> one(std::size_t depth) {
    if (depth > kMaxJsonDepth) return wrong("it is nested too deep");
    if (left_ == 0) return wrong("it has too many values");
    --left_;
    EYRIE_TRY(Head of, head());
    while (of.major == kTag) {
      EYRIE_TRY(of, head());
    }
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    switch (of.major) {
      case kUnsigned:
        return of.argument > kLargest ? json::value(of.argument) : json::value(static_cast<std::int64_t>(of.argument));
      case kNegative:
        return of.argument > kLargest ? json::value(-1.0 - static_cast<double>(of.argument)) : json::value(-1 - static_cast<std::int64_t>(of.argument));
      case kBytes:
        return wrong("byte strings are not taken");
      case kText: {
        EYRIE_TRY(const std::string value, text(of));
        return json::value(value);
      }
      case kArray:
        return array(of, depth);
      case kMap:
        return map(of, depth);
      case kTag:
      case kSimple:
        break;
    }
    return simple(of);
  }

  ByteView bytes_;
  std::size_t left_;
};

void put_head(std::string& out, Major major, std::uint64_t argument) {
  const auto kind = static_cast<std::uint8_t>(major << 5);
  const int bytes = argument < 24 ? 0 : argument <= 0xff ? 1 : argument <= 0xffff ? 2 : argument <= 0xffffffff ? 4 : 8;
  out += static_cast<char>(kind | (bytes == 0 ? argument : 24 + static_cast<std::uint64_t>(std::countr_zero(static_cast<unsigned>(bytes)))));
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(argument >> (8 * i));
}

void put_double(std::string& out, double value) {
  out += static_cast<char>(0xfb);
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 7; i >= 0; --i) out += static_cast<char>(bits >> (8 * i));
}

void put_text(std::string& out, std::string_view text) {
  put_head(out, kText, text.size());
  out += text;
}

void put(std::string& out, const json::value& value, bool time) {
  switch (value.kind()) {
    case json::kind::null:
      out += static_cast<char>(0xf6);
      break;
    case json::kind::bool_:
      out += static_cast<char>(value.get_bool() ? 0xf5 : 0xf4);
      break;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      if (time) put_head(out, kTag, kTimeTag);
      if (value.is_double() || time) {
        put_double(out, value.to_number<double>());
      } else if (value.is_uint64()) {
        put_head(out, kUnsigned, value.get_uint64());
      } else {
        const std::int64_t number = value.get_int64();
        put_head(out, number < 0 ? kNegative : kUnsigned, number < 0 ? ~static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
      }
      break;
    case json::kind::string:
      put_text(out, value.get_string());
      break;
    case json::kind::array:
      put_head(out, kArray, value.get_array().size());
      for (const json::value& one : value.get_array()) put(out, one, time);
      break;
    case json::kind::object:
      put_head(out, kMap, value.get_object().size());
      for (const auto& [name, one] : value.get_object()) {
        put_text(out, name);
        put(out, one, is_time_member(name));
      }
      break;
  }
}

}  // namespace

Result<json::value> read_cbor(ByteView bytes, std::size_t most_values) { return Reader(bytes, most_values).whole(); }

std::string write_cbor(const json::value& value) {
  std::string out;
  put(out, value, false);
  return out;
}

bool is_time_member(std::string_view name) {
  static constexpr std::string_view kTimes[] = {"Timestamp", "Timestamps", "AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp"};
  return std::ranges::find(kTimes, name) != std::end(kTimes);
}

}  // namespace eyrie::api::cloudwatch
