#include "net/http.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::net {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Gathers a body in pieces and answers with `handle`. The memory it holds is what it has taken from the
// budget.
class CollectingSink final : public RequestSink {
 public:
  CollectingSink(RequestHead head, CollectOptions options,
                 std::function<Response(const RequestHead&, Bytes)> handle)
      : head_(std::move(head)), options_(std::move(options)), handle_(std::move(handle)) {}
  ~CollectingSink() override { give_back(); }

  std::optional<Response> write(ByteView piece) override {
    if (head_.content_length.value_or(0) > options_.max_bytes ||
        piece.size() > options_.max_bytes - body_.size()) {
      return refuse_too_large();
    }
    if (!reserve(body_.size() + piece.size())) return refuse_busy();
    body_.insert(body_.end(), piece.begin(), piece.end());
    return std::nullopt;
  }

  Response finish() override {
    if (head_.content_length.value_or(0) > options_.max_bytes) return refuse_too_large();
    return handle_(head_, std::move(body_));
  }

 private:
  // Capacity for `bytes`, accounted before it is allocated. A told length is taken at once; else the room
  // doubles.
  bool reserve(std::size_t bytes) {
    if (bytes <= body_.capacity()) return true;
    const auto told = static_cast<std::size_t>(head_.content_length.value_or(0));
    const std::size_t wanted = std::min(std::max({bytes, told, body_.capacity() * 2}), options_.max_bytes);
    if (options_.budget != nullptr) {
      const std::size_t more = wanted - taken_;
      if (!options_.budget->take(more)) return false;
      taken_ += more;
    }
    body_.reserve(wanted);
    return true;
  }

  void give_back() {
    if (options_.budget != nullptr) options_.budget->give(taken_);
    taken_ = 0;
  }

  Response refuse_too_large() {
    if (options_.too_large) return options_.too_large(head_);
    return text_response(413, "The body is larger than " + std::to_string(options_.max_bytes) + " bytes.\n");
  }

  Response refuse_busy() {
    if (options_.busy) return options_.busy(head_);
    Response response = text_response(503, "No memory is left for this body now. Try again.\n");
    response.headers.add("Retry-After", "1");
    return response;
  }

  const RequestHead head_;
  const CollectOptions options_;
  const std::function<Response(const RequestHead&, Bytes)> handle_;
  Bytes body_;
  std::size_t taken_ = 0;
};

}  // namespace

bool equals_ignore_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return equals_ignore_case(field.first, name); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equals_ignore_case(key, name)) return &value;
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      fields_.begin(), fields_.end(), [&](const auto& f) { return equals_ignore_case(f.first, name); }));
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = percent_decode(part.substr(0, equals));
    auto value = percent_decode(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value) return std::nullopt;
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return pairs;
}

Response text_response(int status, std::string body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

std::unique_ptr<RequestSink> collect_body(RequestHead head, CollectOptions options,
                                          std::function<Response(const RequestHead&, Bytes body)> handle) {
  return std::make_unique<CollectingSink>(std::move(head), std::move(options), std::move(handle));
}

bool MemoryBudget::take(std::uint64_t bytes) {
  std::uint64_t used = used_.load();
  do {
    if (bytes > limit_ - std::min(used, limit_)) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes));
  return true;
}

}  // namespace eyrie::net
