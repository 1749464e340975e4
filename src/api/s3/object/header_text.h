// User metadata between headers and the index. Headers hold ISO-8859-1, the index UTF-8, and what is not ASCII goes between them as RFC 2047's encoded
// words: a value that comes as such words is kept decoded, and whatever is not ASCII is answered as such words.
//
//   decode_header_text("=?UTF-8?Q?caf=C3=A9?=") == "café"     encode_header_text("café") == "=?UTF-8?B?Y2Fmw6k=?="
//
// Source: S3 user guide, "Working with object metadata"; RFC 2047, sections 2, 4 and 6.2. Thread-safe: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

// UTF-8. Words in another charset than UTF-8, ISO-8859-1 and US-ASCII, and malformed ones, stay as they came.
std::string decode_header_text(std::string_view value);

// `text`: UTF-8. ASCII stays as it is; else words of at most 75 characters each.
std::string encode_header_text(std::string_view text);

// x-amz-meta-NAME for each, and x-amz-missing-meta with the number of those that cannot be told in a header: control characters in
// the value, or a name (out of a form) that no header can have.
void set_metadata_headers(net::Headers& headers, const store::StringMap& metadata);

}  // namespace eyrie::api::s3
