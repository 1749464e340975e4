// Server-sent events: "change" with {"revision"} whenever pictures have changed, so that a page asks again only then.
//
// net/ asks a body's source for its next bytes on a worker, so a stream holds a thread while it waits; it counts as waiting there, and no
// more than kMostWatchers are open: a page that gets none asks every few seconds instead.
// Source: HTML standard, "Server-sent events".
#include <algorithm>
#include <cstring>

#include "api/console/operations.h"
#include "iam/guarded_stores.h"
#include "analysis/record.h"
#include "net/worker_pool.h"

namespace eyrie::api::console {
namespace {

// A stream says something at least so often: that is when a client that has gone is noticed, and a session that has ended.
constexpr std::chrono::seconds kBeat{5};

class Stream final : public net::BodySource {
 public:
  Stream(const Call& call, const Gallery& gallery) : sign_in_(call.backend.sign_in), gallery_(gallery), token_(call.token) {}
  ~Stream() override { --gallery_.watchers; }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    std::uint64_t now = revision_;
    if (revision_ == 0) {
      now = gallery_.index.wait(0, std::chrono::milliseconds(0));
    } else {
      const net::WaitingElsewhere waiting;
      now = gallery_.index.wait(revision_, kBeat);
    }
    if (gallery_.index.stopped() || !sign_in_.visitor(token_)) return 0;
    const std::string text = now == revision_ ? ": still here\n\n" : "retry: 3000\nevent: change\ndata: {\"revision\":" + std::to_string(now) + "}\n\n";
    revision_ = now;
    const std::size_t size = std::min(text.size(), into.size());
    std::memcpy(into.data(), text.data(), size);
    return size;
  }

 private:
  iam::console::SignIn& sign_in_;
  const Gallery& gallery_;
  const std::string token_;
  std::uint64_t revision_ = 0;
};

}  // namespace

Outcome<Answer> watch(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_CHECK_OK(told(call.context.caller->may("dynamodb:Scan", iam::table_arn(analysis::kRecordTable))));
  if (++gallery->watchers > kMostWatchers) {
    --gallery->watchers;
    return refused(Code::kUnavailable, "As many watch as can.");
  }
  return Answer{.raw = Raw{.type = "text/event-stream", .body = std::make_unique<Stream>(call, *gallery)}};
}

}  // namespace eyrie::api::console
