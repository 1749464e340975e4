#include "api/s3/bucket/unset.h"

#include <algorithm>

#include "api/s3/xml.h"

namespace eyrie::api::s3 {
namespace {

// An empty document, with one element where that is what it begins with.
struct Document {
  const char *subresource, *root, *element = "", *text = "";
};
constexpr Document kDocuments[] = {{"accelerate", "AccelerateConfiguration"},
                                   {"abac", "AbacStatus", "Status", "Disabled"},
                                   {"logging", "BucketLoggingStatus"},
                                   {"requestPayment", "RequestPaymentConfiguration", "Payer", "BucketOwner"}};

// Lists of configurations, each with an id.
constexpr Document kLists[] = {{"analytics", "ListBucketAnalyticsConfigurationResult", "IsTruncated", "false"},
                               {"intelligent-tiering", "ListBucketIntelligentTieringConfigurationsOutput", "IsTruncated", "false"},
                               {"inventory", "ListInventoryConfigurationsResult", "IsTruncated", "false"},
                               {"metrics", "ListMetricsConfigurationsResult", "IsTruncated", "false"}};

struct Missing {
  const char *subresource, *code, *message;
};
constexpr Missing kMissing[] = {
    {"object-lock", "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"},
    {"replication", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"},
    {"website", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"}};

template <typename Table>
auto asked_of(const Table& table, const Request& request) {
  return std::ranges::find_if(table, [&](const auto& one) { return request.has(one.subresource); });
}

net::Response written(const Request& request, const Document& document) {
  Xml xml(document.root);
  if (*document.element != '\0') xml.text(document.element, document.text);
  return xml_response(*request.context, xml.finish());
}

}  // namespace

OperationResult get_unset(Backend& backend, const Request& request, const Bytes&) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  if (const auto document = asked_of(kDocuments, request); document != std::end(kDocuments)) return written(request, *document);
  if (const auto list = asked_of(kLists, request); list != std::end(kLists)) {
    if (!request.has("id")) return written(request, *list);
    return std::unexpected(aws::WireError{404, "NoSuchConfiguration", "The specified configuration does not exist."});
  }
  const auto lacking = asked_of(kMissing, request);
  if (lacking == std::end(kMissing)) return std::unexpected(aws::s3::not_implemented("GET"));
  return std::unexpected(aws::WireError{404, lacking->code, lacking->message, {{"BucketName", request.bucket}}});
}

OperationResult delete_unset(Backend& backend, const Request& request, const Bytes&) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  return empty_response(*request.context, 204);
}

OperationResult get_unset_lock(Backend& backend, const Request& request, const Bytes&) {
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  return std::unexpected(aws::s3::invalid_request("Bucket is missing Object Lock Configuration"));
}

}  // namespace eyrie::api::s3
