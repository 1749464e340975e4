#include "api/s3/objects.h"

#include <algorithm>

#include "api/s3/byte_range.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/multipart/upload.h"
#include "api/s3/object/checksums.h"
#include "api/s3/object/conditions.h"
#include "api/s3/object/header_text.h"
#include "api/s3/permissions.h"
#include "base/time/clock.h"
#include "base/log.h"
#include "store/objects/customer_key.h"

namespace eyrie::api::s3 {
namespace {

class ObjectSource final : public net::BodySource {
 public:
  ObjectSource(std::unique_ptr<store::ObjectReader> object, ByteRange range)
      : object_(std::move(object)), at_(range.offset), end_(range.offset + range.length) {}

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::uint64_t left = end_ - at_;
    EYRIE_TRY(const std::size_t got,
              object_->read_at(at_, into.first(std::min<std::uint64_t>(left, into.size()))));
    at_ += got;
    return got;
  }

 private:
  const std::unique_ptr<store::ObjectReader> object_;
  std::uint64_t at_;
  const std::uint64_t end_;
};

bool wants_checksums(const Request& request) {
  return net::equals_ignore_case(request.headers().get("x-amz-checksum-mode"), "ENABLED");
}

struct Asked {
  const Request& request;
  const OptionalKey& key;
  std::int64_t now_ms;
};

void describe(net::Response& response, const Asked& asked, const store::ObjectInfo& object, bool whole) {
  const Request& request = asked.request;
  net::Headers& headers = response.headers;
  headers.set("ETag", "\"" + object.etag + "\"");
  headers.set("Last-Modified", format_http_date(object.modified_ms));
  headers.set("Accept-Ranges", "bytes");
  headers.set("Content-Type", object.content_type);
  set_encryption_headers(headers, asked.key, object.kms);
  for (const auto& [name, value] : object.headers) headers.set(name, value);
  set_metadata_headers(headers, object.metadata);
  // To whoever may read them.
  if (const auto& caller = request.context->caller; !object.tags.empty() && caller && caller->could("s3:GetObjectTagging", iam::object_arn(object.bucket, object.key)))
    headers.set("x-amz-tagging-count", std::to_string(object.tags.size()));
  if (whole && wants_checksums(request)) {
    set_checksum_headers(headers, object.checksums);
  }
  static constexpr std::pair<const char*, const char*> kOverrides[] = {
      {"response-content-type", "Content-Type"},
      {"response-content-language", "Content-Language"},
      {"response-expires", "Expires"},
      {"response-cache-control", "Cache-Control"},
      {"response-content-disposition", "Content-Disposition"},
      {"response-content-encoding", "Content-Encoding"}};
  for (const auto& [parameter, header] : kOverrides) {
    if (request.has(parameter)) headers.set(header, request.get(parameter));
  }
}

// A header's value has no control characters; a query parameter that becomes one must not bring any.
std::optional<aws::WireError> check_overrides(const Request& request) {
  for (const auto& [name, value] : request.query) {
    const bool control =
        std::ranges::any_of(value, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
    if (name.starts_with("response-") && control) {
      return aws::s3::invalid_argument("A header cannot have this value", name, value);
    }
  }
  return std::nullopt;
}

net::Response not_modified(const Request& request, const store::ObjectInfo& object) {
  net::Response response = empty_response(*request.context, 304);
  response.headers.set("ETag", "\"" + object.etag + "\"");
  response.headers.set("Last-Modified", format_http_date(object.modified_ms));
  return response;
}

// The bytes that ?partNumber=N asks for: all of them for the first part of an object that did not come in parts.
std::expected<ByteRange, aws::WireError> part_range(const Request& request, const store::ObjectInfo& object) {
  const std::string text = request.get("partNumber");
  const auto number = part_number(text);
  if (!number) {
    return std::unexpected(aws::s3::invalid_argument(
        "Part number must be an integer between 1 and 10000, inclusive", "partNumber", text));
  }
  if (request.headers().has("Range")) {
    return std::unexpected(
        aws::s3::invalid_request("Cannot specify both Range header and partNumber query parameter"));
  }
  ByteRange range{.offset = 0, .length = object.size};
  if (object.parts.empty() && *number == 1) return range;
  for (const store::PartInfo& part : object.parts) {
    range.length = part.size;
    if (part.number == static_cast<int>(*number)) return range;
    range.offset += part.size;
  }
  return std::unexpected(
      aws::WireError{416,
                     "InvalidPartNumber",
                     "The requested partnumber is not satisfiable",
                     {{"PartNumberRequested", text},
                      {"ActualPartCount", std::to_string(std::max<std::size_t>(1, object.parts.size()))}}});
}

// What a part has of its own: how many there are, its checksum.
void describe_part(net::Headers& headers, const Request& request, const store::ObjectInfo& object) {
  if (object.parts.empty()) return;
  headers.set("x-amz-mp-parts-count", std::to_string(object.parts.size()));
  if (!wants_checksums(request)) return;
  const auto number = part_number(request.get("partNumber"));
  for (const store::PartInfo& part : object.parts) {
    if (part.number != static_cast<int>(*number) || part.checksum.empty() || object.checksums.empty()) continue;
    const auto algorithm = aws::checksum_by_name(object.checksums.begin()->first);
    if (algorithm) headers.set(aws::checksum_header(*algorithm), part.checksum);
  }
}

struct Selected {
  net::Response response;
  ByteRange range;
};

// Status and headers of a GET or HEAD of this object.
std::expected<Selected, aws::WireError> select(const Asked& asked, const store::ObjectInfo& object) {
  const Request& request = asked.request;
  if (auto wrong = check_overrides(request)) return std::unexpected(*wrong);
  if (auto failed = check_conditions(request.headers(), "", object, asked.now_ms)) {
    if (failed->status == 304) return Selected{.response = not_modified(request, object), .range = {}};
    return std::unexpected(*failed);
  }
  const std::string_view range_header = request.headers().get("Range");
  const bool by_part = request.has("partNumber");
  RangeResult range = parse_range(range_header, object.size);
  if (by_part) {
    const auto bytes = part_range(request, object);
    if (!bytes) return std::unexpected(bytes.error());
    range = {.kind = bytes->length > 0 ? RangeKind::kPart : RangeKind::kWhole, .range = *bytes};
  }
  if (range.kind == RangeKind::kUnsatisfiable)
    return std::unexpected(aws::s3::invalid_range(range_header, object.size));
  const bool part = range.kind == RangeKind::kPart;
  Selected selected{.response = empty_response(*request.context, part ? 206 : 200), .range = range.range};
  describe(selected.response, asked, object, !part);
  if (by_part) describe_part(selected.response.headers, request, object);
  if (part) {
    selected.response.headers.set("Content-Range",
                                  "bytes " + std::to_string(range.range.offset) + "-" +
                                      std::to_string(range.range.offset + range.range.length - 1) + "/" +
                                      std::to_string(object.size));
  }
  return selected;
}

// What the object's storage and the bucket's rules add to an answer.
void describe_storage(Backend& backend, net::Response& response, const store::ObjectInfo& object) {
  if (response.status == 304) return;
  set_storage_headers(response.headers, object);
  set_expiration_header(backend, response.headers, object);
}

}  // namespace

OperationResult get_object(Backend& backend, const Request& request, const Bytes&) {
  const auto key = parse_customer_key(request);
  if (!key) return std::unexpected(key.error());
  auto object = backend.objects.open(request.bucket, request.key, key_of(*key), opener(backend, request));
  if (!object) return std::unexpected(store_error(request, object.error()));
  if (auto denied = permit_as_found(request, (*object)->info())) return std::unexpected(*denied);
  if (auto wrong = check_read_headers(request)) return std::unexpected(*wrong);
  auto selected = select({request, *key, backend.clock.now_ms()}, (*object)->info());
  if (!selected) return std::unexpected(selected.error());
  net::Response response = std::move(selected->response);
  if (response.status == 304) return response;
  describe_storage(backend, response, (*object)->info());
  response.source_length = selected->range.length;
  // The first bytes are read before the status goes out: damage found there is still an error and no broken
  // body.
  std::uint8_t probe;
  const auto first = (*object)->read_at(selected->range.offset, {&probe, 1});
  if (!first) {
    log_error("object cannot be read",
              {{"bucket", request.bucket}, {"key", request.key}, {"error", first.error().message}});
    return std::unexpected(aws::s3::internal_error());
  }
  response.body = std::make_unique<ObjectSource>(std::move(*object), selected->range);
  return response;
}

OperationResult head_object(Backend& backend, const Request& request, const Bytes&) {
  const auto key = parse_customer_key(request);
  if (!key) return std::unexpected(key.error());
  const auto object = backend.objects.head(request.bucket, request.key);
  if (!object) return std::unexpected(store_error(request, object.error()));
  if (auto denied = permit_as_found(request, *object)) return std::unexpected(*denied);
  if (const Status fits = store::check_customer_key(object->customer_key, key_of(*key)); !fits)
    return std::unexpected(customer_key_error(fits.error()));
  if (auto wrong = check_read_headers(request)) return std::unexpected(*wrong);
  // Checksums tell of the bytes, so that they are for those who may read these.
  if (object->kms && wants_checksums(request)) {
    if (const auto opened = open_envelope(backend, request, *object->kms); !opened) return std::unexpected(opened.error());
  }
  auto selected = select({request, *key, backend.clock.now_ms()}, *object);
  if (!selected) return std::unexpected(selected.error());
  if (selected->response.status != 304) selected->response.announced_length = selected->range.length;
  describe_storage(backend, selected->response, *object);
  return std::move(selected->response);
}

}  // namespace eyrie::api::s3
