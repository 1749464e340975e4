// Signature Version 2 of S3, where clients still make it by themselves: presigned URLs and POST forms.
//
//   ?AWSAccessKeyId=AKID&Expires=1764000000&Signature=BASE64   and, with temporary credentials, &x-amz-security-token=TOKEN
//
// The signature is base64(HMAC-SHA1(secret, text)) over
//
//   METHOD \n Content-MD5 \n Content-Type \n Expires \n
//   name:value \n        of each x-amz-* header, by name, in lower case; fields of one name joined by commas
//   /BUCKET/KEY?acl&response-content-type=text/plain      the path as sent; sub-resources by name, values decoded
//
// and of a form over its policy in base64. Clients (botocore) put x-amz-* headers, Content-MD5 and Content-Type that they have signed into the query: they count as headers (see
// headers_of_query). Whatever sub-resource makes a request another operation is part of the text, also those that are younger than this signature: none can be added to a URL.
//
// Refused: a time that is past or more than a week ahead, methods other than GET, HEAD, PUT and DELETE, a parameter twice, another mechanism beside it.
// Compared in constant time. Not accepted in the Authorization header. A signature says neither region nor service nor when it was made.
//
// Source: AWS documentation, "Signing and authenticating REST requests (AWS signature version 2)". Thread-safe: plain functions.
#pragma once

#include "aws/sigv4.h"

namespace eyrie::aws {

// Whether the query names such a signature, sound or not.
bool names_signature_version_2(std::string_view query);

// What the request claims to be; no secret needed.
std::expected<Authorization, AuthError> parse_version_2(const net::RequestHead& head, std::int64_t now_ms);

// `host_bucket`: the bucket that the Host header names; "" where the path does.
std::expected<void, AuthError> check_version_2(const Authorization& claim, const net::RequestHead& head, std::string_view host_bucket,
                                               std::string_view secret);

// The headers that such a request carries in its query, and not beside it.
std::vector<std::pair<std::string, std::string>> headers_of_query(const net::RequestHead& head);

// A form's: the fields AWSAccessKeyId and signature, over the field policy.
std::expected<void, AuthError> check_form_version_2(std::string_view access_key, std::string_view signature, std::string_view policy,
                                                    std::string_view secret);

// For tests: the text that is signed, and its signature.
std::string version_2_text(const net::RequestHead& head, std::string_view host_bucket);
std::string sign_version_2(std::string_view secret, std::string_view text);

}  // namespace eyrie::aws
