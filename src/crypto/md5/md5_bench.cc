// MD5 of one message and of eight at once, beside OpenSSL's of one.
#include <benchmark/benchmark.h>

#include <vector>

#include "crypto/digest.h"
#include "crypto/md5/md5_stream.h"

namespace eyrie::crypto {
namespace {

constexpr std::size_t kPiece = 256U << 10;

void OpenSsl(benchmark::State& state) {
  const Bytes bytes(kPiece, 7);
  for (auto _ : state) benchmark::DoNotOptimize(md5(bytes));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kPiece));
}
BENCHMARK(OpenSsl);

void Streams(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::vector<Bytes> bytes(count, Bytes(kPiece, 7));
  std::vector<Md5Stream> streams(count);
  std::vector<Md5Stream::Piece> pieces;
  for (std::size_t i = 0; i < count; ++i) pieces.push_back({&streams[i], bytes[i]});
  for (auto _ : state) Md5Stream::update(pieces);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kPiece * count));
}
BENCHMARK(Streams)->Arg(1)->Arg(2)->Arg(4)->Arg(8);

void Kernels(benchmark::State& state) {
  const auto kernels = md5_kernels();
  const auto which = static_cast<std::size_t>(state.range(0));
  if (which >= kernels.size()) return state.SkipWithError("not on this machine");
  state.SetLabel(kernels[which].name);
  const std::vector<Bytes> bytes(kMd5Lanes, Bytes(kPiece, 7));
  std::array<Md5State, kMd5Lanes> states{};
  std::array<Md5Lane, kMd5Lanes> lanes;
  for (std::size_t i = 0; i < kMd5Lanes; ++i) lanes[i] = {&states[i], bytes[i].data(), kPiece / kMd5Block};
  for (auto _ : state) kernels[which].run(lanes, kPiece / kMd5Block);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kPiece * kMd5Lanes));
}
BENCHMARK(Kernels)->Arg(0)->Arg(1);

}  // namespace
}  // namespace eyrie::crypto
