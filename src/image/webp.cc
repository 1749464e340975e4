// WebP (RFC 9649) by libwebp: lossy, lossless, with alpha (dropped); of an animation, the first frame.
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "image/codec.h"

namespace eyrie::image {
namespace {

struct FreeDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

std::unexpected<Error> damaged(VP8StatusCode status) {
  static constexpr const char* kReasons[] = {"",          "out of memory",      "bad parameter",   "bad bitstream",
                                             "unsupported", "decoding suspended", "aborted by user", "not enough data"};
  const auto index = static_cast<std::size_t>(status);
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

// The first frame's own bitstream: libwebp decodes no animation directly.
ByteView first_frame(WebPDemuxer* demuxer) {
  WebPIterator frame{};
  if (demuxer == nullptr || WebPDemuxGetFrame(demuxer, 1, &frame) == 0) return {};
  const ByteView bytes(frame.fragment.bytes, frame.fragment.size);
  WebPDemuxReleaseIterator(&frame);
  return bytes;
}

}  // namespace

bool is_webp(ByteView bytes) {
  return bytes.size() >= 12 && std::memcmp(bytes.data(), "RIFF", 4) == 0 && std::memcmp(bytes.data() + 8, "WEBP", 4) == 0;
}

Result<Size> webp_size(ByteView bytes, const Limits& limits) {
  EYRIE_TRY(const auto features, features_of(bytes, limits));
  return Size{static_cast<std::uint32_t>(features.width), static_cast<std::uint32_t>(features.height)};
}

Result<Image> decode_webp(ByteView bytes, std::uint32_t target_side, const Limits& limits) {
  EYRIE_TRY(auto features, features_of(bytes, limits));
  const auto demuxer = demux(bytes);
  if (features.has_animation != 0) {
    bytes = first_frame(demuxer.get());
    if (bytes.empty()) return damaged(VP8_STATUS_NOT_ENOUGH_DATA);
    EYRIE_TRY(features, features_of(bytes, limits));
  }
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return fail(Code::kInternal, "libwebp is of another version");
  const unsigned factor = shrink_factor(static_cast<std::uint32_t>(features.width),
                                        static_cast<std::uint32_t>(features.height), target_side);
  Image image;
  image.width = std::max(1, features.width / static_cast<int>(factor));
  image.height = std::max(1, features.height / static_cast<int>(factor));
  image.rgb.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3, 128);
  if (factor > 1) {
    config.options.use_scaling = 1;
    config.options.scaled_width = image.width;
    config.options.scaled_height = image.height;
  }
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = image.rgb.data();
  config.output.u.RGBA.stride = image.width * 3;
  config.output.u.RGBA.size = image.rgb.size();
  const VP8StatusCode status = WebPDecode(bytes.data(), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) return damaged(status);
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
