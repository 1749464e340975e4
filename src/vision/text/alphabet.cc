#include "vision/text/alphabet.h"

#include "base/encoding.h"

namespace eyrie::vision {
namespace {

// Longer than any character, even one of several code points.
constexpr std::size_t kMaxBytes = 64;

std::string folded(const std::string& text) {
  if (text.size() != 3) return text;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  const unsigned code = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  if (byte(0) >> 4 != 0xE) return text;
  if (code == 0x3000) return " ";
  if (code >= 0xFF01 && code <= 0xFF5E) return std::string(1, static_cast<char>(code - 0xFF01 + '!'));
  return text;
}

}  // namespace

Result<Alphabet> Alphabet::make(const std::vector<std::string>& classes) {
  if (classes.size() < 3)
    return fail(Code::kInvalidArgument, "a text recognizer needs a blank, characters and a space");
  std::vector<std::string> texts{""};
  for (std::size_t i = 1; i + 1 < classes.size(); ++i) {
    const std::string& text = classes[i];
    if (text.empty() || text.size() > kMaxBytes || !valid_utf8(text)) {
      return fail(Code::kInvalidArgument,
                  "class " + std::to_string(i) + " of the text recognizer is not a character in UTF-8");
    }
    texts.push_back(folded(text));
  }
  texts.emplace_back(" ");
  return Alphabet(std::move(texts));
}

}  // namespace eyrie::vision
