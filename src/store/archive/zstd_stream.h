// Zstandard over streams, for the cold tier. Source: RFC 8878; Debian's libzstd. Not thread-safe: one a stream.
#pragma once

#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::store {

// Whether compressing pays: the first bytes of the content, at most kSampleBytes of them, shrink by a tenth or more.
inline constexpr std::size_t kSampleBytes = 1U << 20;
bool is_compressible(ByteView sample);

class ZstdStream {
 public:
  using Output = std::function<Status(ByteView)>;
  virtual ~ZstdStream() = default;
  // kCorrupt where what is decompressed is damaged; else what `output` answers.
  virtual Status write(ByteView piece, const Output& output) = 0;
  // kCorrupt where what is decompressed ends early.
  virtual Status finish(const Output& output) = 0;

  static std::unique_ptr<ZstdStream> compressor();
  // Of one frame, which needs at most 8 MiB of window.
  static std::unique_ptr<ZstdStream> decompressor();
};

}  // namespace eyrie::store
