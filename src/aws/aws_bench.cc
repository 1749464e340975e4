#include <benchmark/benchmark.h>

#include "aws/checksum.h"
#include "aws/chunked.h"
#include "aws/sigv4.h"
#include "base/time/clock.h"

namespace eyrie::aws {
namespace {

net::RequestHead signed_put(std::int64_t now_ms) {
  net::RequestHead head;
  head.method = "PUT";
  head.path = "/images/uploads/street%20view.jpg";
  head.headers.add("Host", "127.0.0.1:4566");
  head.headers.add("Content-Type", "image/jpeg");
  head.headers.add("x-amz-meta-camera", "X100");
  sign_request(head, {"AKIDEXAMPLE", "secret", ""},
               {.region = "us-east-1",
                .service = "s3",
                .time_ms = now_ms,
                .payload_hash = std::string(kUnsignedPayload)});
  return head;
}

void BM_VerifySignature(benchmark::State& state) {
  const std::int64_t now = Clock::system().now_ms() / 1000 * 1000;
  const net::RequestHead head = signed_put(now);
  for (auto _ : state) {
    const auto claim = parse_authorization(head, now);
    const auto signature = check_signature(*claim, head, "secret", claim->payload_hash);
    if (!signature) state.SkipWithError("refused");
  }
}
BENCHMARK(BM_VerifySignature);

// The cheap refusal: nothing is hashed before the form is right.
void BM_RefuseMalformed(benchmark::State& state) {
  net::RequestHead head = signed_put(0);
  head.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=x");
  for (auto _ : state) benchmark::DoNotOptimize(parse_authorization(head, 0));
}
BENCHMARK(BM_RefuseMalformed);

void BM_Checksum(benchmark::State& state) {
  const auto algorithm = static_cast<ChecksumAlgorithm>(state.range(0));
  state.SetLabel(std::string(checksum_name(algorithm)));
  const Bytes bytes(1 << 20, 0x5A);
  for (auto _ : state) {
    auto sum = Checksum::create(algorithm);
    sum->update(bytes);
    benchmark::DoNotOptimize(sum->digest());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_Checksum)->DenseRange(0, 4);

void BM_DecodeChunked(benchmark::State& state) {
  const auto mode = state.range(0) == 0 ? PayloadMode::kUnsignedChunksTrailer : PayloadMode::kSignedChunks;
  const ChunkedOptions options{.mode = mode, .seed = VerifiedSignature{}, .decoded_length = {}};
  const std::string text = encode_chunked(Bytes(4 << 20, 0x5A), 64 << 10, options);
  for (auto _ : state) {
    auto decoder = ChunkedDecoder::create(options, [](ByteView bytes) {
      benchmark::DoNotOptimize(bytes.data());
      return Status();
    });
    if (!(*decoder)->feed(as_bytes(text)) || !(*decoder)->finish()) state.SkipWithError("refused");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_DecodeChunked)->Arg(0)->Arg(1);

}  // namespace
}  // namespace eyrie::aws
