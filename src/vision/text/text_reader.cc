#include "vision/text/text_reader.h"

#include <algorithm>
#include <numbers>

#include "vision/text/layout.h"
#include "vision/text/page_reader.h"
#include "vision/text/text_filter.h"

namespace eyrie::vision {
namespace {

TextDetection detection_of(const image::Image& picture, const image::Quad& corners, std::string text,
                           double confidence) {
  TextDetection found;
  found.text = std::move(text);
  found.confidence = confidence * 100;
  found.rotation = direction_of(corners) * 180 / std::numbers::pi;
  double right = 0;
  double bottom = 0;
  found.box.left = found.box.top = 1;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    // Boxes are found with a margin, which may leave the picture.
    const double x = std::clamp(static_cast<double>(corners[i].x) / picture.width, 0.0, 1.0);
    const double y = std::clamp(static_cast<double>(corners[i].y) / picture.height, 0.0, 1.0);
    found.polygon[i] = {x, y};
    found.box.left = std::min(found.box.left, x);
    found.box.top = std::min(found.box.top, y);
    right = std::max(right, x);
    bottom = std::max(bottom, y);
  }
  found.box.width = right - found.box.left;
  found.box.height = bottom - found.box.top;
  return found;
}

TextDetection word_of(const image::Image& picture, const PageWord& word) {
  TextDetection found = detection_of(picture, word.corners, word.text, word.confidence);
  found.type = TextType::kWord;
  return found;
}

// From the start of its first word to the end of its last.
TextDetection line_of(const image::Image& picture, const PageLine& words) {
  std::string text;
  double confidence = 0;
  for (const PageWord& word : words) {
    if (!text.empty()) text += ' ';
    text += word.text;
    confidence += word.confidence;
  }
  const image::Quad& first = words.front().corners;
  const image::Quad& last = words.back().corners;
  return detection_of(picture, {first[0], last[1], last[2], first[3]}, std::move(text),
                      confidence / static_cast<double>(words.size()));
}

}  // namespace

Result<std::vector<TextDetection>> TextReader::read(const image::Image& picture,
                                                    const TextRequest& request) const {
  EYRIE_TRY(const std::vector<TextBox> boxes, finder_.find(picture));
  PageReader page(reader_, close_look_, picture);
  EYRIE_CHECK_OK(page.open(boxes));
  std::vector<TextDetection> lines;
  std::vector<TextDetection> words;
  while (words.size() < request.max_words) {
    EYRIE_TRY(const auto read, page.next());
    if (!read) break;
    for (const PageLine& line : *read) {
      const std::size_t before = words.size();
      for (const PageWord& word : line) {
        TextDetection found = word_of(picture, word);
        if (words.size() == request.max_words || !passes(request, found)) continue;
        found.parent_id = static_cast<int>(lines.size());
        words.push_back(std::move(found));
      }
      if (words.size() > before) lines.push_back(line_of(picture, line));
    }
  }
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].id = static_cast<int>(i);
  for (std::size_t i = 0; i < words.size(); ++i) words[i].id = static_cast<int>(lines.size() + i);
  lines.insert(lines.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
  return lines;
}

}  // namespace eyrie::vision
