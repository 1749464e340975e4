#include "api/s3/body_digests.h"

#include "api/s3/object/checksums.h"
#include "base/encoding.h"

namespace eyrie::api::s3 {
namespace {

struct ToldChecksum {
  std::optional<aws::ChecksumAlgorithm> algorithm;
  std::string value;  // empty where it comes in the trailer
  bool in_trailer = false;
};

// x-amz-sdk-checksum-algorithm announces a checksum that must come then. Of a part it may be another.
std::optional<aws::WireError> check_announced(const net::Headers& headers, const ToldChecksum& told, bool of_part) {
  const std::string_view announced = headers.get("x-amz-sdk-checksum-algorithm");
  if (announced.empty()) return std::nullopt;
  const auto algorithm = aws::checksum_by_name(announced);
  if (!algorithm) return unsupported_checksum();
  if (!told.algorithm) {
    return aws::s3::invalid_request(
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.");
  }
  if (*told.algorithm == *algorithm || of_part) return std::nullopt;
  return bad_checksum(*algorithm);
}

std::expected<ToldChecksum, aws::WireError> find_checksum(const net::Headers& headers, bool of_part) {
  ToldChecksum told;
  for (const auto& [name, value] : headers) {
    const auto algorithm = aws::checksum_by_header(name);
    if (!algorithm) continue;
    if (told.algorithm) {
      return std::unexpected(aws::s3::invalid_request(
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."));
    }
    const auto decoded = base64_decode(value);
    if (!decoded || decoded->size() != aws::checksum_size(*algorithm)) {
      return std::unexpected(aws::s3::invalid_request(
          "Value for " + std::string(aws::checksum_header(*algorithm)) + " header is invalid."));
    }
    told.algorithm = algorithm;
    told.value = value;
  }
  if (const std::string* trailer = headers.find("x-amz-trailer")) {
    const auto algorithm = aws::checksum_by_header(*trailer);
    if (!algorithm)
      return std::unexpected(
          aws::s3::invalid_request("The value specified in the x-amz-trailer header is not supported"));
    if (told.algorithm) {
      return std::unexpected(aws::s3::invalid_request(
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."));
    }
    told.algorithm = algorithm;
    told.in_trailer = true;
  }
  if (auto wrong = check_announced(headers, told, of_part)) return std::unexpected(*wrong);
  return told;
}

}  // namespace

std::expected<BodyDigests, aws::WireError> BodyDigests::create(const Request& request,
                                                               const aws::Authorization& authorization,
                                                               Checksums checksums,
                                                               std::optional<aws::ChecksumAlgorithm> wanted) {
  BodyDigests digests;
  if (authorization.payload == aws::PayloadMode::kSha256) {
    digests.sha256_.emplace();
    digests.told_sha256_ = authorization.payload_hash;
  }
  if (const std::string* md5 = request.headers().find("Content-MD5")) {
    const auto decoded = base64_decode(*md5);
    if (!decoded || decoded->size() != crypto::Md5::kSize) return std::unexpected(aws::s3::invalid_digest());
    digests.told_md5_hex_ = hex_encode(*decoded);
  }
  if (auto unknown = check_known_checksums(request.headers())) return std::unexpected(*unknown);
  const bool of_part = checksums == Checksums::kOfPart || checksums == Checksums::kOfCompositePart;
  auto told = checksums == Checksums::kIgnored ? ToldChecksum{} : find_checksum(request.headers(), of_part);
  if (!told) return std::unexpected(told.error());
  const bool lacking = !told->algorithm && checksums == Checksums::kOfCompositePart;
  if (wanted && (lacking || (told->algorithm && *told->algorithm != *wanted))) {
    return std::unexpected(aws::s3::invalid_request(
        "Checksum Type mismatch occurred, expected checksum Type: " + lower_name(*wanted) +
        ", actual checksum Type: " + (lacking ? "null" : lower_name(*told->algorithm))));
  }
  digests.algorithm_ = wanted.value_or(digests.algorithm_);
  if (told->algorithm) digests.algorithm_ = *told->algorithm;
  digests.told_checksum_ = std::move(told->value);
  digests.in_trailer_ = told->in_trailer;
  digests.sum_ = aws::Checksum::create(digests.algorithm_);
  return digests;
}

void BodyDigests::update(ByteView piece) {
  if (sha256_) sha256_->update(piece);
  sum_->update(piece);
}

std::optional<aws::WireError> BodyDigests::check(const std::string& md5_hex, const Trailers& trailers) {
  if (sha256_) {
    const std::string computed = hex_encode(sha256_->finish());
    if (computed != told_sha256_) return aws::s3::content_sha256_mismatch(told_sha256_, computed);
  }
  if (!told_md5_hex_.empty() && told_md5_hex_ != md5_hex) return aws::s3::bad_digest("Content-MD5");
  computed_ = sum_->base64();
  if (trailers.size() != static_cast<std::size_t>(in_trailer_)) return aws::s3::malformed_trailer();
  if (in_trailer_) {
    const auto& [name, value] = trailers.front();
    if (aws::checksum_by_header(name) != algorithm_) return aws::s3::malformed_trailer();
    told_checksum_ = value;
    const auto decoded = base64_decode(told_checksum_);
    if (!decoded || decoded->size() != aws::checksum_size(algorithm_)) {
      return aws::s3::invalid_request("Value for " + std::string(aws::checksum_header(algorithm_)) +
                                      " trailing header is invalid.");
    }
  }
  if (!told_checksum_.empty() && told_checksum_ != computed_) return bad_checksum(algorithm_);
  return std::nullopt;
}

}  // namespace eyrie::api::s3
