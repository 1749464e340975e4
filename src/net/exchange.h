// One request's way through its handler, run on the worker pool: begin, the pieces, finish; then the
// response's body. Whatever the handler throws becomes a 500 here and is logged; nothing passes into the I/O
// threads. The sink is destroyed as soon as there is a response, or with the exchange.
//
// Not thread-safe: one job at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "net/http.h"

namespace eyrie::net {

class Exchange {
 public:
  Exchange(Handler& handler, std::string request_id) : handler_(handler), id_(std::move(request_id)) {}

  std::optional<Response> begin(RequestHead head);
  std::optional<Response> write(ByteView piece);
  Response finish();

  // The body of a response: from the source of the response that ended the exchange.
  void set_source(std::unique_ptr<BodySource> source, std::uint64_t length);
  // The next bytes, at most `most`, valid until the call after the next, so that they may be sent meanwhile; with an unknown length, what one
  // read gave.
  // Empty: the end. kIo where the source fails or ends before its length.
  Result<ByteView> read(std::size_t most);
  bool source_ended() const { return ended_; }

 private:
  struct Buffer {
    std::unique_ptr<std::uint8_t[]> data;
    std::size_t size = 0;
  };

  template <typename Call>
  auto guarded(Call call) -> decltype(call());
  Result<std::size_t> read_once(std::span<std::uint8_t> into);

  Handler& handler_;
  const std::string id_;
  std::unique_ptr<RequestSink> sink_;
  std::unique_ptr<BodySource> source_;
  Buffer buffer_, other_;   // bytes of the source, in turn
  std::uint64_t left_ = 0;  // of the source, or Response::kUnknownLength
  bool ended_ = false;
};

}  // namespace eyrie::net
