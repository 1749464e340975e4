#include "vision/text/strip_reader.h"

#include <algorithm>
#include <cmath>

#include "vision/text/zeros.h"

namespace eyrie::vision {
namespace {

constexpr int kHeight = 48;
// Longer strips are squeezed: the width is what reading costs.
constexpr int kMaxWidth = 3200;
constexpr int kMinWidth = 16;
// How far a word reaches from its outer characters' middles, in pitches: towards a neighbour; and at the strip's ends, where
// only what is surely margin is to go.
constexpr float kReach = 0.6F;
constexpr float kEnd = 0.8F;

Result<Alphabet> alphabet_of(const Networks& networks, Role role) {
  EYRIE_TRY(const Network* recognizer, networks.require(role));
  auto made = Alphabet::make(recognizer->pack().classes);
  if (!made) return fail(Code::kUnavailable, recognizer->pack().id + ": " + made.error().message);
  return made;
}

// Mean distance of neighbours within words, in steps: what a character takes.
float pitch_of(const std::vector<Glyph>& glyphs, const Alphabet& alphabet) {
  float sum = 0;
  int count = 0;
  for (std::size_t i = 1; i < glyphs.size(); ++i) {
    if (alphabet.is_space(glyphs[i].cls) || alphabet.is_space(glyphs[i - 1].cls)) continue;
    sum += glyphs[i].at() - glyphs[i - 1].at();
    ++count;
  }
  constexpr float kUsual = 3;  // half the height
  return count > 0 ? sum / static_cast<float>(count) : kUsual;
}

}  // namespace

Reading words_of(const std::vector<Glyph>& glyphs, std::size_t steps, const Alphabet& alphabet) {
  Reading reading;
  const float pitch = pitch_of(glyphs, alphabet);
  float sum = 0;
  std::size_t count = 0;
  const Glyph* last = nullptr;  // of the word before
  for (std::size_t i = 0; i < glyphs.size();) {
    if (alphabet.is_space(glyphs[i].cls)) {
      ++i;
      continue;
    }
    StripWord word;
    const Glyph& first = glyphs[i];
    float of_word = 0;
    std::size_t characters = 0;
    for (; i < glyphs.size() && !alphabet.is_space(glyphs[i].cls); ++i, ++characters) {
      word.text += alphabet.text(glyphs[i].cls);
      of_word += glyphs[i].probability;
    }
    word.text = settle_zeros(std::move(word.text));
    word.confidence = of_word / static_cast<float>(characters);
    word.from = std::max(0.0F, first.at() - pitch * kEnd) / static_cast<float>(steps);
    if (last != nullptr) {
      // What two words claim is halved.
      const float middle = (last->at() + first.at()) / 2;
      reading.words.back().to = std::min(middle, last->at() + pitch * kReach) / static_cast<float>(steps);
      word.from = std::max(middle, first.at() - pitch * kReach) / static_cast<float>(steps);
    }
    last = &glyphs[i - 1];
    word.to = std::min(1.0F, (last->at() + pitch * kEnd) / static_cast<float>(steps));
    sum += of_word;
    count += characters;
    reading.words.push_back(std::move(word));
  }
  if (count > 0) reading.confidence = sum / static_cast<float>(count);
  return reading;
}

StripReader::StripReader(const Networks& networks, Role role)
    : networks_(networks), role_(role), alphabet_(alphabet_of(networks, role)) {}

Result<Reading> StripReader::read(const image::Image& picture, const image::Quad& strip) const {
  if (!alphabet_) return std::unexpected(alphabet_.error());
  EYRIE_TRY(Network * recognizer, networks_.require(role_));
  const float ratio = image::width_of(strip) / std::max(image::height_of(strip), 1.0F);
  const int width = std::clamp(static_cast<int>(std::lround(ratio * kHeight)), kMinWidth, kMaxWidth);
  InputSpec spec = recognizer->pack().input;
  spec.width = width;
  spec.height = kHeight;
  const image::Image upright = image::warp(picture, strip, width, kHeight);
  EYRIE_TRY(const Session::Outputs outputs,
            recognizer->run(prepare(upright, View::whole(upright), spec).tensor));
  const Session::Outputs::View& answer = outputs[0];
  if (answer.shape.size() != 3 || answer.shape[0] != 1 ||
      answer.shape[2] != static_cast<std::int64_t>(alphabet_->classes())) {
    return fail(Code::kInternal,
                recognizer->pack().id + ": the answer is not steps of as many classes as it has labels");
  }
  const auto steps = static_cast<std::size_t>(answer.shape[1]);
  EYRIE_TRY(const std::vector<Glyph> glyphs, decode_ctc(answer.values, steps, alphabet_->classes()));
  return words_of(glyphs, steps, *alphabet_);
}

}  // namespace eyrie::vision
