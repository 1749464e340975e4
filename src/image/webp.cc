// WebP (RFC 9649) by libwebp: lossy, lossless, with alpha (dropped); of an animation, the first frame.
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "image/codec.h"

namespace eyrie::image {
namespace {

constexpr int kLossless = 2;  // WebPBitstreamFeatures::format

struct FreeDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

std::unexpected<Error> damaged(VP8StatusCode status) {
  static constexpr const char* kReasons[] = {"",
                                             "out of memory",
                                             "bad parameter",
                                             "bad bitstream",
                                             "unsupported",
                                             "decoding suspended",
                                             "aborted by user",
                                             "not enough data"};
  const auto index = static_cast<std::size_t>(status);
  if (status == VP8_STATUS_UNSUPPORTED_FEATURE)
    return fail(Code::kUnsupported, "WebP of an unsupported kind");
  return fail(Code::kInvalidArgument,
              std::string("damaged WebP: ") + (index < std::size(kReasons) ? kReasons[index] : "unknown"));
}

std::unique_ptr<WebPDemuxer, FreeDemuxer> demux(ByteView bytes) {
  const WebPData data{bytes.data(), bytes.size()};
  return std::unique_ptr<WebPDemuxer, FreeDemuxer>(WebPDemuxPartial(&data, nullptr));
}

Result<WebPBitstreamFeatures> features_of(ByteView bytes, const Limits& limits) {
  WebPBitstreamFeatures features{};
  const VP8StatusCode status = WebPGetFeatures(bytes.data(), bytes.size(), &features);
  if (status != VP8_STATUS_OK) return damaged(status);
  EYRIE_CHECK_OK(check_dimensions(static_cast<std::uint64_t>(features.width),
                                  static_cast<std::uint64_t>(features.height), limits));
  return features;
}

// What is to be decoded, and where on the canvas it belongs (pixels). Only an animation's frame may be
// smaller than it.
struct Frame {
  ByteView bytes;
  int x = 0, y = 0;
};

// The first frame's own bitstream: libwebp decodes no animation directly.
Result<Frame> first_frame(ByteView bytes) {
  const auto demuxer = demux(bytes);
  WebPIterator frame{};
  if (!demuxer || WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0)
    return damaged(VP8_STATUS_NOT_ENOUGH_DATA);
  const Frame found{{frame.fragment.bytes, frame.fragment.size}, frame.x_offset, frame.y_offset};
  WebPDemuxReleaseIterator(&frame);
  return found;
}

// libwebp's one-shot decoder refuses a file that breaks off; the incremental one gives the rows that are
// there.
bool decode_what_is_there(ByteView bytes, WebPDecoderConfig& config) {
  const std::unique_ptr<WebPIDecoder, decltype(&WebPIDelete)> decoder(WebPIDecode(nullptr, 0, &config),
                                                                      &WebPIDelete);
  if (!decoder) return false;
  WebPIUpdate(decoder.get(), bytes.data(), bytes.size());
  int rows = 0;
  return WebPIDecGetRGB(decoder.get(), &rows, nullptr, nullptr, nullptr) != nullptr && rows > 0;
}

// Colours that are multiplied with their alpha already.
void lay_on_white(const Bytes& rgba, int width, int height, std::uint8_t* corner, std::size_t stride) {
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from = rgba.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
    std::uint8_t* to = corner + static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < width; ++x, from += 4, to += 3) {
      for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>(std::min(255, from[c] + 255 - from[3]));
    }
  }
}

}  // namespace

bool is_webp(ByteView bytes) {
  return bytes.size() >= 12 && std::memcmp(bytes.data(), "RIFF", 4) == 0 &&
         std::memcmp(bytes.data() + 8, "WEBP", 4) == 0;
}

Result<Size> webp_size(ByteView bytes, const Limits& limits) {
  EYRIE_TRY(const auto features, features_of(bytes, limits));
  return Size{static_cast<std::uint32_t>(features.width), static_cast<std::uint32_t>(features.height)};
}

Result<Image> decode_webp(ByteView bytes, std::uint32_t target_side, const Limits& limits, bool on_white) {
  EYRIE_TRY(const auto canvas, features_of(bytes, limits));
  Frame frame{.bytes = bytes};
  auto features = canvas;
  if (canvas.has_animation != 0) {
    EYRIE_TRY(frame, first_frame(bytes));
    EYRIE_TRY(features, features_of(frame.bytes, limits));
    if (frame.x > canvas.width - features.width || frame.y > canvas.height - features.height) {
      return damaged(VP8_STATUS_BITSTREAM_ERROR);
    }
  }
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(features.width) * static_cast<std::uint64_t>(features.height);
  if ((features.format == kLossless || features.has_alpha != 0) && pixels * 4 > limits.max_working_bytes) {
    return fail(Code::kTooLarge,
                "lossless or transparent WebP of too many pixels: it must be held whole to decode");
  }
  const auto factor = static_cast<int>(shrink_factor(static_cast<std::uint32_t>(canvas.width),
                                                     static_cast<std::uint32_t>(canvas.height), target_side));
  const auto scaled = [factor](int side) { return std::max(1, side / factor); };
  Image image{.width = scaled(canvas.width), .height = scaled(canvas.height)};
  // Grey where nothing is decoded; around a frame white, or black as on a transparent canvas whose alpha is dropped.
  const bool covers = features.width == canvas.width && features.height == canvas.height;
  image.rgb.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3,
                   covers ? 128 : on_white ? 255 : 0);

  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return fail(Code::kInternal, "libwebp is of another version");
  const int width = scaled(features.width), height = scaled(features.height);
  if (factor > 1) {
    config.options.use_scaling = 1;
    config.options.scaled_width = width;
    config.options.scaled_height = height;
  }
  const int x = std::min(frame.x / factor, image.width - width),
            y = std::min(frame.y / factor, image.height - height);
  std::uint8_t* const corner = image.row(y) + static_cast<std::ptrdiff_t>(x) * 3;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = corner;
  config.output.u.RGBA.stride = image.width * 3;
  config.output.u.RGBA.size = static_cast<std::size_t>(image.rgb.data() + image.rgb.size() - corner);
  Bytes rgba;
  if (on_white && features.has_alpha != 0) {
    rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4, 128);
    for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
    config.output.colorspace = MODE_rgbA;
    config.output.u.RGBA.rgba = rgba.data();
    config.output.u.RGBA.stride = width * 4;
    config.output.u.RGBA.size = rgba.size();
  }
  const VP8StatusCode status = WebPDecode(frame.bytes.data(), frame.bytes.size(), &config);
  if (status != VP8_STATUS_OK && !decode_what_is_there(frame.bytes, config)) return damaged(status);
  if (!rgba.empty()) lay_on_white(rgba, width, height, corner, static_cast<std::size_t>(image.width) * 3);
  return image;
}

Bytes webp_exif(ByteView bytes) {
  const auto demuxer = demux(bytes);
  WebPChunkIterator chunk{};
  if (!demuxer || WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk) == 0) return {};
  const Bytes exif(chunk.chunk.bytes, chunk.chunk.bytes + chunk.chunk.size);
  WebPDemuxReleaseChunkIterator(&chunk);
  return exif;
}

}  // namespace eyrie::image
