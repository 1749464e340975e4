#include "net/exchange.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"

namespace eyrie::net {
namespace {

Response server_failed() {
  return text_response(500, "The server failed to handle this request.\n");
}

void log_exception(const char* what) {
  log_error("a handler threw", {{"what", what}});
}

}  // namespace

template <typename Call>
auto Exchange::guarded(Call call) -> decltype(call()) {
  const LogContext context(id_);
  try {
    return call();
  } catch (const std::exception& e) {
    log_exception(e.what());
  } catch (...) {
    log_exception("not a std::exception");
  }
  return server_failed();
}

std::optional<Response> Exchange::begin(RequestHead head) {
  return guarded([&]() -> std::optional<Response> {
    auto sink = handler_.begin(std::move(head));
    if (!sink) return std::move(sink).error();
    if (*sink == nullptr) return server_failed();
    sink_ = *std::move(sink);
    return std::nullopt;
  });
}

std::optional<Response> Exchange::write(ByteView piece) {
  auto response = guarded([&] { return sink_->write(piece); });
  if (response) sink_.reset();
  return response;
}

Response Exchange::finish() {
  Response response = guarded([&] { return sink_->finish(); });
  sink_.reset();
  return response;
}

void Exchange::set_source(std::unique_ptr<BodySource> source, std::uint64_t length) {
  source_ = std::move(source);
  left_ = length;
  ended_ = length == 0;
}

Result<ByteView> Exchange::read(std::size_t most) {
  const bool unknown = left_ == Response::kUnknownLength;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most, left_));
  std::swap(buffer_, other_);
  if (buffer_.size < wanted) {
    buffer_ = {};  // first, so that never more than two are there
    buffer_ = {.data = std::make_unique_for_overwrite<std::uint8_t[]>(wanted), .size = wanted};
  }
  const std::span<std::uint8_t> into(buffer_.data.get(), wanted);
  std::size_t filled = 0;
  while (filled < wanted && !ended_) {
    EYRIE_TRY(const std::size_t size, read_once(into.subspan(filled)));
    filled += size;
    if (unknown) {
      ended_ = size == 0;
      break;
    }
    if (size == 0) return fail(Code::kIo, "the body ended before its length");
    left_ -= size;
    ended_ = left_ == 0;
  }
  return into.first(filled);
}

Result<std::size_t> Exchange::read_once(std::span<std::uint8_t> into) {
  const LogContext context(id_);
  Result<std::size_t> size = fail(Code::kInternal, "a body source threw");
  try {
    size = source_->read(into);
    if (size && *size > into.size()) size = fail(Code::kInternal, "a body source overran its buffer");
  } catch (const std::exception& e) {
    log_exception(e.what());
  } catch (...) {
    log_exception("not a std::exception");
  }
  if (!size) log_error("a response's body failed", {{"error", size.error().message}});
  return size;
}

}  // namespace eyrie::net
