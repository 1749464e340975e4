#include "api/s3/multipart/parts_xml.h"

#include "api/s3/multipart/upload.h"
#include "api/s3/request_xml.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::string_view kChecksum = "Checksum";
constexpr ElementRule kPartRules[] = {{"CompleteMultipartUpload", "Part*"},
                                  {"Part", "PartNumber ETag ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumSHA512 "
                                           "ChecksumMD5 ChecksumXXHASH64 ChecksumXXHASH3 ChecksumXXHASH128"}};

}  // namespace

std::expected<std::vector<AskedPart>, aws::WireError> parse_parts_xml(ByteView xml) {
  const auto document = load_root(xml, kPartRules);
  if (!document) return std::unexpected(document.error());
  std::vector<AskedPart> parts;
  for (const pugi::xml_node node : document->document_element().children("Part")) {
    const std::string_view told = node.child_value("PartNumber");
    if (told == "0") return std::unexpected(aws::s3::invalid_argument("PartNumber must be >= 1", "PartNumber", told));
    const auto number = part_number(told);
    std::string etag = node.child_value("ETag");
    std::erase(etag, '"');
    if (!number || etag.empty() || parts.size() == kMaxParts) return std::unexpected(aws::s3::malformed_xml());
    if (!parts.empty() && *number <= parts.back().number) {
      return std::unexpected(aws::WireError{400, "InvalidPartOrder",
                                            "The list of parts was not in ascending order. Parts must be ordered by part number."});
    }
    AskedPart part{.number = *number, .etag = std::move(etag), .checksums = {}};
    for (const pugi::xml_node member : node.children()) {
      const std::string_view name = member.name();
      if (name.starts_with(kChecksum)) part.checksums[std::string(name.substr(kChecksum.size()))] = member.child_value();
    }
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return std::unexpected(aws::s3::malformed_xml());
  return parts;
}

}  // namespace eyrie::api::s3
