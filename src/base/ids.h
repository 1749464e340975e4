// Random identifiers, from the operating system's generator. Thread-safe.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace eyrie {

// Fills with unpredictable bytes; ends the process where the system has none (nothing safe could follow).
void fill_random(std::span<std::uint8_t> bytes);

using Uuid = std::array<std::uint8_t, 16>;
Uuid random_uuid();                     // RFC 4122, version 4
std::string uuid_text(ByteView bytes);  // of 16 bytes, lower case: 0b5c…-4…-…; of fewer as much as there is
std::string uuid_v4();                  // a random one, as text
std::string request_id();       // a UUID, as Rekognition and DynamoDB answer in x-amzn-RequestId
std::string s3_request_id();    // 16 upper-case hex digits, as S3 answers in x-amz-request-id
bool is_uuid(std::string_view text);  // 8-4-4-4-12 lower-case hex

}  // namespace eyrie
