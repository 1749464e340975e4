#include "api/console/pictures/presign.h"

#include "base/time/clock.h"
#include "base/encoding.h"

namespace eyrie::api::console {
namespace {

std::string presigned(const Call& call, const Gallery& gallery, net::RequestHead head) {
  head.headers.set("Host", std::string(call.context.head.headers.get("Host")));
  aws::SigningOptions options{.region = std::string(kRegion),
                              .service = "s3",
                              .time_ms = call.context.head.received_ms,
                              .payload_hash = std::string(aws::kUnsignedPayload)};
  for (const auto& [name, value] : head.headers) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    options.signed_headers.push_back(std::move(lower));
  }
  return head.path + "?" + aws::presign_query(head, gallery.signer, options, kUrlSeconds);
}

std::string path_of(const std::string& bucket, const std::string& key) {
  return "/" + bucket + "/" + percent_encode(key, true);
}

}  // namespace

std::string presigned_get(const Call& call, const Gallery& gallery, const analysis::Picture& picture, const std::string& query) {
  net::RequestHead head{.method = "GET", .path = path_of(picture.bucket, picture.key), .query = query};
  return presigned(call, gallery, std::move(head));
}

std::string presigned_put(const Call& call, const Gallery& gallery, const std::string& bucket, const std::string& key, const net::Headers& headers) {
  net::RequestHead head{.method = "PUT", .path = path_of(bucket, key), .headers = headers};
  return presigned(call, gallery, std::move(head));
}

}  // namespace eyrie::api::console
