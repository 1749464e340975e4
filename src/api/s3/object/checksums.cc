#include "api/s3/object/checksums.h"

#include <algorithm>

namespace eyrie::api::s3 {
namespace {

constexpr std::string_view kHeader = "x-amz-checksum-";

}  // namespace

std::string lower_name(aws::ChecksumAlgorithm algorithm) {
  return std::string(aws::checksum_header(algorithm).substr(kHeader.size()));
}

std::string_view checksum_type(const store::StringMap& checksums) {
  const bool composite =
      std::ranges::any_of(checksums, [](const auto& one) { return one.second.contains('-'); });
  return composite ? "COMPOSITE" : "FULL_OBJECT";
}

aws::WireError bad_checksum(aws::ChecksumAlgorithm algorithm) {
  return {400, "BadDigest", "The " + std::string(aws::checksum_name(algorithm)) + " you specified did not match the calculated checksum."};
}

aws::WireError unsupported_checksum() {
  return aws::s3::invalid_request(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, MD5, "
      "SHA1, SHA256, SHA512, XXHASH3, XXHASH64, XXHASH128]");
}

std::optional<aws::WireError> check_known_checksums(const net::Headers& headers) {
  static constexpr std::string_view kOthers[] = {"algorithm", "mode", "type"};
  for (const auto& [name, value] : headers) {
    const std::string_view all = name;
    if (!net::equals_ignore_case(all.substr(0, kHeader.size()), kHeader) || aws::checksum_by_header(name)) continue;
    const std::string_view what = all.substr(kHeader.size());
    const bool other = std::ranges::any_of(kOthers, [&](std::string_view one) { return net::equals_ignore_case(one, what); });
    if (!other) return aws::s3::not_implemented(name);
  }
  return std::nullopt;
}

std::expected<aws::ChecksumAlgorithm, aws::WireError> checksum_algorithm(const net::Headers& headers,
                                                                         aws::ChecksumAlgorithm otherwise) {
  const std::string_view name = headers.get("x-amz-checksum-algorithm");
  if (name.empty()) return otherwise;
  if (const auto algorithm = aws::checksum_by_name(name)) return *algorithm;
  return std::unexpected(unsupported_checksum());
}

void set_checksum_headers(net::Headers& headers, const store::StringMap& checksums) {
  for (const auto& [name, value] : checksums) {
    const auto algorithm = aws::checksum_by_name(name);
    if (algorithm) headers.set(aws::checksum_header(*algorithm), value);
  }
  if (!checksums.empty()) headers.set("x-amz-checksum-type", std::string(checksum_type(checksums)));
}

}  // namespace eyrie::api::s3
