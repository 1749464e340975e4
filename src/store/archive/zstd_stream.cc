#include "store/archive/zstd_stream.h"

#include <zstd.h>

#include <algorithm>

namespace eyrie::store {
namespace {

// Written once and seldom read: 12 is the last level before zstd becomes slow (some 20 MB/s of one core).
constexpr int kLevel = 12;
constexpr int kWindowLog = 23;

class Compressor final : public ZstdStream {
 public:
  Compressor() : context_(ZSTD_createCCtx(), ZSTD_freeCCtx), out_(ZSTD_CStreamOutSize()) {
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, kWindowLog);
  }
  Status write(ByteView piece, const Output& output) override { return run(piece, ZSTD_e_continue, output); }
  Status finish(const Output& output) override { return run({}, ZSTD_e_end, output); }

 private:
  Status run(ByteView piece, ZSTD_EndDirective directive, const Output& output) {
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    while (true) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, directive);
      if (ZSTD_isError(left)) return fail(Code::kInternal, std::string("zstd: ") + ZSTD_getErrorName(left));
      if (out.pos > 0) EYRIE_CHECK_OK(output(ByteView(out_).first(out.pos)));
      if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) return {};
    }
  }

  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_;
  Bytes out_;
};

class Decompressor final : public ZstdStream {
 public:
  Decompressor() : context_(ZSTD_createDCtx(), ZSTD_freeDCtx), out_(ZSTD_DStreamOutSize()) {
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog);
  }
  Status write(ByteView piece, const Output& output) override {
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    while (true) {
      if (ended_ && in.pos < in.size) return fail(Code::kCorrupt, "bytes follow a compressed object's end");
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t wanted = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(wanted)) return fail(Code::kCorrupt, std::string("zstd: ") + ZSTD_getErrorName(wanted));
      ended_ = wanted == 0;
      if (out.pos > 0) EYRIE_CHECK_OK(output(ByteView(out_).first(out.pos)));
      if (in.pos == in.size && out.pos < out_.size()) return {};
    }
  }
  Status finish(const Output&) override {
    return ended_ ? Status() : fail(Code::kCorrupt, "a compressed object ends early");
  }

 private:
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
  Bytes out_;
  bool ended_ = false;
};

}  // namespace

bool is_compressible(ByteView sample) {
  sample = sample.first(std::min(sample.size(), kSampleBytes));
  Bytes out(ZSTD_compressBound(sample.size()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), sample.data(), sample.size(), 1);
  return !ZSTD_isError(size) && size + sample.size() / 10 < sample.size();
}

std::unique_ptr<ZstdStream> ZstdStream::compressor() { return std::make_unique<Compressor>(); }
std::unique_ptr<ZstdStream> ZstdStream::decompressor() { return std::make_unique<Decompressor>(); }

}  // namespace eyrie::store
