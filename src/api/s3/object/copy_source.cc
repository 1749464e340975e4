#include "api/s3/object/copy_source.h"

#include <algorithm>

#include "api/s3/object/conditions.h"
#include "api/s3/permissions.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kPieceBytes = 256U << 10;

aws::WireError bad_source(std::string_view header) {
  return aws::s3::invalid_argument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                                   "x-amz-copy-source", header);
}

}  // namespace

std::expected<CopySource, aws::WireError> parse_copy_source(std::string_view header) {
  constexpr std::string_view kVersion = "?versionId=";
  std::string_view path = header;
  bool versioned = false;
  // A '?' of the key's own is sent encoded.
  if (const std::size_t query = path.rfind(kVersion); query != std::string_view::npos) {
    const std::string_view version = path.substr(query + kVersion.size());
    if (version != "null") {
      return std::unexpected(aws::s3::invalid_argument("Invalid version id specified", "versionId", version));
    }
    path = path.substr(0, query);
    versioned = true;
  }
  const auto decoded = percent_decode(path, true);
  if (!decoded || !valid_utf8(*decoded)) return std::unexpected(bad_source(header));
  const std::string_view text = std::string_view(*decoded).substr(decoded->starts_with('/') ? 1 : 0);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size())
    return std::unexpected(bad_source(header));
  CopySource source{.bucket = std::string(text.substr(0, slash)), .key = std::string(text.substr(slash + 1)), .versioned = versioned};
  // Eyrie's own buckets (multipart.h) are nobody's source.
  if (source.bucket.starts_with('.')) return std::unexpected(aws::s3::invalid_bucket_name(source.bucket));
  return source;
}

std::expected<std::unique_ptr<store::ObjectReader>, aws::WireError> open_copy_source(Backend& backend,
                                                                                     const CopySource& source,
                                                                                     const Request& request) {
  const net::Headers& headers = request.headers();
  if (auto wrong = check_expected_owner(headers, "x-amz-source-expected-bucket-owner")) return std::unexpected(*wrong);
  const auto key = parse_customer_key(request, kSourceKeyHeaders);
  if (!key) return std::unexpected(key.error());
  auto object = backend.objects.open(source.bucket, source.key, key_of(*key), opener(backend, request));
  if (!object && object.error().code == Code::kFailedPrecondition && !kms_error(object.error())) {
    return std::unexpected(aws::WireError{403,
                                          "ObjectNotInActiveTierError",
                                          "The source object of the COPY operation is not in the active tier and is only "
                                          "stored in Amazon S3 Glacier."});
  }
  if (!object) {
    Request missing;
    missing.bucket = source.bucket;
    missing.key = source.key;
    return std::unexpected(store_error(missing, object.error()));
  }
  if (auto denied = permit_as_found(request, (*object)->info())) return std::unexpected(*denied);
  // For a read the client's copy would be good enough; a copy has none, so both refusals are 412.
  if (auto failed = check_conditions(headers, "x-amz-copy-source-", (*object)->info(), backend.clock.now_ms())) {
    if (failed->status == 412) return std::unexpected(*failed);
    const bool by_tag = headers.has("x-amz-copy-source-If-None-Match");
    return std::unexpected(aws::s3::precondition_failed(by_tag ? "x-amz-copy-source-If-None-Match"
                                                               : "x-amz-copy-source-If-Modified-Since"));
  }
  return std::move(*object);
}

std::expected<ByteRange, aws::WireError> parse_copy_range(std::string_view header, std::uint64_t size) {
  if (header.empty()) return ByteRange{.offset = 0, .length = size};
  constexpr std::string_view kUnit = "bytes=";
  const std::size_t dash = header.find('-');
  std::optional<std::uint64_t> first, last;
  if (header.starts_with(kUnit) && dash != std::string_view::npos) {
    first = whole_number<std::uint64_t>(header.substr(kUnit.size(), dash - kUnit.size()));
    last = whole_number<std::uint64_t>(header.substr(dash + 1));
  }
  if (!first || !last || *last < *first) {
    return std::unexpected(aws::s3::invalid_argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
        "zero-based offsets of the first and last bytes to copy",
        "x-amz-copy-source-range", header));
  }
  if (*last >= size) return std::unexpected(aws::s3::invalid_range(header, size));
  return ByteRange{.offset = *first, .length = *last - *first + 1};
}

Status copy_bytes(store::ObjectReader& from, ByteRange range, store::ObjectWriter& writer,
                  std::initializer_list<aws::Checksum*> checksums) {
  Bytes buffer(kPieceBytes);
  const std::uint64_t end = range.offset + range.length;
  for (std::uint64_t at = range.offset; at < end;) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), end - at);
    EYRIE_TRY(const std::size_t got, from.read_at(at, {buffer.data(), wanted}));
    if (got == 0) return fail(Code::kCorrupt, "an object ends early");
    const ByteView piece = ByteView(buffer).first(got);
    for (aws::Checksum* checksum : checksums) checksum->update(piece);
    EYRIE_CHECK_OK(writer.write(piece));
    at += got;
  }
  return {};
}

}  // namespace eyrie::api::s3
