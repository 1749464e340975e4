#include "vision/networks/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace eyrie::vision {
namespace {

// A size and place in pixels of the network's input.
struct Slot {
  int x = 0, y = 0, width = 0, height = 0;
};

Slot slot_for(const image::Rect& part, const InputSpec& spec) {
  if (spec.fit != Fit::kLetterbox) return {0, 0, spec.width, spec.height};
  const double scale =
      std::min(static_cast<double>(spec.width) / part.width, static_cast<double>(spec.height) / part.height);
  Slot slot;
  slot.width = std::clamp(static_cast<int>(std::lround(part.width * scale)), 1, spec.width);
  slot.height = std::clamp(static_cast<int>(std::lround(part.height * scale)), 1, spec.height);
  if (!spec.align_corner) {
    slot.x = (spec.width - slot.width) / 2;
    slot.y = (spec.height - slot.height) / 2;
  }
  return slot;
}

// The middle of the part, of the input's proportions, `crop` of the largest that fits.
image::Rect middle_of(const image::Rect& part, const InputSpec& spec) {
  const double scale = spec.crop * std::min(static_cast<double>(part.width) / spec.width,
                                            static_cast<double>(part.height) / spec.height);
  const int width = std::clamp(static_cast<int>(std::lround(spec.width * scale)), 1, part.width);
  const int height = std::clamp(static_cast<int>(std::lround(spec.height * scale)), 1, part.height);
  return {part.x + (part.width - width) / 2, part.y + (part.height - height) / 2, width, height};
}

// Where the view's part lies in the input, whose slot shows `shown` of it: beyond the input's edges where
// that is less.
Placement placement_of(const View& view, const image::Rect& shown, const Slot& slot, const InputSpec& spec) {
  const double across = static_cast<double>(slot.width) / shown.width / spec.width;
  const double down = static_cast<double>(slot.height) / shown.height / spec.height;
  const int before = shown.x - view.part.x;
  const int after = view.part.x + view.part.width - shown.x - shown.width;
  return {static_cast<double>(slot.x) / spec.width - (view.mirrored ? after : before) * across,
          static_cast<double>(slot.y) / spec.height - (shown.y - view.part.y) * down,
          view.part.width * across, view.part.height * down};
}

void mirror(image::Image& picture) {
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* row = picture.row(y);
    for (int left = 0, right = picture.width - 1; left < right; ++left, --right) {
      for (int c = 0; c < 3; ++c) std::swap(row[left * 3 + c], row[right * 3 + c]);
    }
  }
}

// The whole input in 8-bit RGB: the scaled part in its slot, the border around it.
image::Image canvas_of(image::Image scaled, const Slot& slot, const InputSpec& spec) {
  if (slot.width == spec.width && slot.height == spec.height) return scaled;
  image::Image canvas{.width = spec.width, .height = spec.height, .rgb = {}};
  canvas.rgb.assign(static_cast<std::size_t>(spec.width) * spec.height * 3, spec.pad);
  for (int y = 0; y < slot.height; ++y) {
    std::memcpy(canvas.row(slot.y + y) + static_cast<std::size_t>(slot.x) * 3, scaled.row(y),
                static_cast<std::size_t>(slot.width) * 3);
  }
  return canvas;
}

// Bytes of type T in the spec's layout; `value` maps (channel in RGB order, pixel) to T.
template <typename T, typename F>
std::vector<std::uint8_t> arrange(const image::Image& canvas, const InputSpec& spec, F value) {
  const std::size_t pixels = canvas.rgb.size() / 3;
  std::vector<std::uint8_t> bytes(pixels * 3 * sizeof(T));
  const bool planar = spec.layout == Layout::kNchw;
  for (int c = 0; c < 3; ++c) {
    const int source = spec.bgr ? 2 - c : c;
    std::uint8_t* out =
        bytes.data() +
        (planar ? pixels * static_cast<std::size_t>(c) : static_cast<std::size_t>(c)) * sizeof(T);
    const std::size_t step = (planar ? 1 : 3) * sizeof(T);
    for (std::size_t i = 0; i < pixels; ++i, out += step) {
      const T element = value(source, canvas.rgb[i * 3 + static_cast<std::size_t>(source)]);
      std::memcpy(out, &element, sizeof(T));
    }
  }
  return bytes;
}

std::vector<std::uint8_t> pixels_of(image::Image canvas, const InputSpec& spec) {
  if (spec.type == ElementType::kUint8) {
    if (spec.layout == Layout::kNhwc && !spec.bgr) return std::move(canvas.rgb);  // as it lies
    return arrange<std::uint8_t>(canvas, spec, [](int, std::uint8_t pixel) { return pixel; });
  }
  std::array<std::array<float, 256>, 3> table;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t v = 0; v < 256; ++v)
      table[c][v] = (static_cast<float>(v) - spec.mean[c]) / spec.scale[c];
  }
  return arrange<float>(canvas, spec,
                        [&](int c, std::uint8_t pixel) { return table[static_cast<std::size_t>(c)][pixel]; });
}

}  // namespace

Prepared prepare(const image::Image& picture, const View& view, const InputSpec& spec) {
  const image::Rect part = spec.fit == Fit::kCenterCrop ? middle_of(view.part, spec) : view.part;
  const Slot slot = slot_for(part, spec);
  image::Image scaled = image::crop_resize(picture, part, slot.width, slot.height);
  if (view.mirrored) mirror(scaled);
  Prepared prepared;
  prepared.placement = placement_of(view, part, slot, spec);
  prepared.tensor.type = spec.type;
  prepared.tensor.shape = spec.layout == Layout::kNhwc
                              ? std::vector<std::int64_t>{1, spec.height, spec.width, 3}
                              : std::vector<std::int64_t>{1, 3, spec.height, spec.width};
  prepared.tensor.bytes = pixels_of(canvas_of(std::move(scaled), slot, spec), spec);
  return prepared;
}

Detection to_picture(Detection box, const Placement& placement, const View& view,
                     const image::Image& picture) {
  double left = std::clamp((box.left - placement.left) / placement.width, 0.0, 1.0);
  double right = std::clamp((box.right - placement.left) / placement.width, 0.0, 1.0);
  const double top = std::clamp((box.top - placement.top) / placement.height, 0.0, 1.0);
  const double bottom = std::clamp((box.bottom - placement.top) / placement.height, 0.0, 1.0);
  if (view.mirrored) {
    left = 1 - left;
    right = 1 - right;
    std::swap(left, right);
  }
  const auto across = [&](double x) {
    return static_cast<float>((view.part.x + x * view.part.width) / picture.width);
  };
  const auto down = [&](double y) {
    return static_cast<float>((view.part.y + y * view.part.height) / picture.height);
  };
  box.left = across(left);
  box.right = across(right);
  box.top = down(top);
  box.bottom = down(bottom);
  return box;
}

}  // namespace eyrie::vision
