#include "api/s3/buckets.h"

#include <re2/re2.h>

#include <charconv>

#include "api/s3/bucket/access.h"
#include "api/s3/bucket/acl.h"
#include "api/s3/bucket/bucket_tagging.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/permissions.h"
#include "api/s3/request_xml.h"
#include "api/s3/tagging.h"
#include "api/s3/xml.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::size_t kMaxBuckets = 10'000;

// What a CreateBucketConfiguration asks for.
struct NewBucket {
  std::string region = {};  // empty: this one
  store::StringMap tags = {};
};

std::expected<NewBucket, aws::WireError> parse_configuration(const Bytes& body) {
  NewBucket asked;
  if (body.empty()) return asked;
  static constexpr ElementRule kRules[] = {{"CreateBucketConfiguration", "LocationConstraint Location Bucket Tags"},
                                           {"Location", kUnchecked},
                                           {"Bucket", kUnchecked},
                                           {"Tags", "Tag*"},
                                           {"Tag", "Key Value"}};
  const auto document = load_root(body, kRules);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node root = document->document_element();
  if (root.child("Location") || root.child("Bucket")) {
    return std::unexpected(aws::WireError{501, "NotImplemented", "Directory buckets are not implemented"});
  }
  asked.region = root.child_value("LocationConstraint");
  auto tags = read_tags(root.child("Tags"), kMaxBucketTags);
  if (!tags) return std::unexpected(tags.error());
  asked.tags = std::move(*tags);
  return asked;
}

// What the headers ask of the bucket to be, but for its access list.
struct AskedByHeaders {
  std::string ownership = std::string(kOwnerEnforced);
};

std::expected<AskedByHeaders, aws::WireError> parse_bucket_headers(const net::Headers& headers) {
  AskedByHeaders asked;
  if (const std::string* ownership = headers.find("x-amz-object-ownership")) {
    if (!is_ownership(*ownership)) {
      return std::unexpected(aws::s3::invalid_argument("Invalid x-amz-object-ownership header: " + *ownership,
                                                       "x-amz-object-ownership", *ownership));
    }
    asked.ownership = *ownership;
  }
  if (const std::string* lock = headers.find("x-amz-bucket-object-lock-enabled"); lock && !net::equals_ignore_case(*lock, "false")) {
    if (!net::equals_ignore_case(*lock, "true")) {
      return std::unexpected(aws::s3::invalid_argument("Invalid value for the object lock", "x-amz-bucket-object-lock-enabled", *lock));
    }
    return std::unexpected(
        aws::WireError{501, "NotImplemented", "Object Lock is not implemented: there is no versioning, which it rests on"});
  }
  if (const std::string* space = headers.find("x-amz-bucket-namespace"); space && *space != "global") {
    return std::unexpected(aws::WireError{501, "NotImplemented", "Buckets have one namespace here, the global one"});
  }
  return asked;
}

struct BucketPage {
  std::size_t most = kMaxBuckets;
  std::string after;
  bool paged = false;  // asked for as pages: only then S3 tells regions
  bool here = true;    // of this region, as all of them are
};

bool is_region(const std::string& text) {
  static const re2::RE2 kForm("[a-z]+(-[a-z]+)+-[0-9]+");
  return re2::RE2::FullMatch(text, kForm);
}

std::expected<BucketPage, aws::WireError> parse_bucket_page(const Request& request) {
  BucketPage page;
  for (const char* name : {"max-buckets", "continuation-token", "prefix", "bucket-region"})
    page.paged = page.paged || request.has(name);
  if (const std::string text = request.get("max-buckets"); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page.most);
    if (error != std::errc() || end != text.data() + text.size() || page.most < 1 || page.most > kMaxBuckets) {
      return std::unexpected(
          aws::s3::invalid_argument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", text));
    }
  }
  if (const std::string token = request.get("continuation-token"); !token.empty()) {
    const auto decoded = base64_decode(token);
    if (!decoded || decoded->empty()) {
      return std::unexpected(
          aws::s3::invalid_argument("The continuation token provided is incorrect", "continuation-token", token));
    }
    page.after = as_text(*decoded);
  }
  if (const std::string region = request.get("bucket-region"); !region.empty()) {
    if (!is_region(region)) {
      return std::unexpected(aws::WireError{
          400, "InvalidArgument", "Argument value " + region + " is not a valid AWS Region", {{"ArgumentName", "bucket-region"}}});
    }
    page.here = region == kRegion;
  }
  return page;
}

}  // namespace

OperationResult list_buckets(Backend& backend, const Request& request, const Bytes&) {
  const auto asked = parse_bucket_page(request);
  if (!asked) return std::unexpected(asked.error());
  const auto buckets = backend.objects.buckets();
  if (!buckets) return std::unexpected(store_error(request, buckets.error()));
  Xml xml("ListAllMyBucketsResult");
  xml.open("Buckets");
  std::size_t written = 0;
  std::string next;
  for (const store::Bucket& bucket : *buckets) {
    if (!asked->here) break;
    if (bucket.name == kUploadsBucket || bucket.name <= asked->after || !bucket.name.starts_with(request.get("prefix")))
      continue;
    if (written++ == asked->most) break;
    next = bucket.name;
    xml.open("Bucket").text("Name", bucket.name).text("CreationDate", format_iso8601(bucket.created_ms));
    if (asked->paged) xml.text("BucketRegion", kRegion);
    xml.close("Bucket");
  }
  xml.close("Buckets");
  if (written > asked->most) xml.text("ContinuationToken", base64_encode(as_bytes(next)));
  if (request.has("prefix")) xml.text("Prefix", request.get("prefix"));
  xml.open("Owner").text("ID", kAccount).text("DisplayName", "eyrie").close("Owner");
  return xml_response(*request.context, xml.finish());
}

OperationResult create_bucket(Backend& backend, const Request& request, const Bytes& body) {
  if (!valid_bucket_name(request.bucket))
    return std::unexpected(aws::s3::invalid_bucket_name(request.bucket));
  const auto asked = parse_configuration(body);
  if (!asked) return std::unexpected(asked.error());
  if (auto denied = permit_creation(request, asked->region)) return std::unexpected(*denied);
  if (!asked->region.empty() && asked->region != kRegion) {
    return std::unexpected(aws::WireError{400,
                                          "InvalidLocationConstraint",
                                          "The specified location-constraint is not valid",
                                          {{"LocationConstraint", asked->region}}});
  }
  const auto by_headers = parse_bucket_headers(request.headers());
  if (!by_headers) return std::unexpected(by_headers.error());
  if (auto wrong = check_new_bucket_acl(request, by_headers->ownership)) return std::unexpected(*wrong);
  store::StringMap settings = ownership_setting(by_headers->ownership);
  if (!asked->tags.empty()) {
    if (auto denied = permit(request, "s3:TagResource", iam::bucket_arn(request.bucket))) return std::unexpected(*denied);
    settings.emplace(kBucketTagsSetting, write_tag_xml(asked->tags));
  }
  const Status made = backend.objects.create_bucket(request.bucket, settings);
  // In us-east-1 creating one's own bucket again succeeds and changes nothing.
  if (!made && made.error().code != Code::kAlreadyExists)
    return std::unexpected(store_error(request, made.error()));
  net::Response response = empty_response(*request.context, 200);
  response.headers.set("Location", "/" + request.bucket);
  return response;
}

OperationResult head_bucket(Backend& backend, const Request& request, const Bytes&) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  net::Response response = empty_response(*request.context, 200);
  response.headers.set("x-amz-bucket-region", std::string(kRegion));
  return response;
}

OperationResult delete_bucket(Backend& backend, const Request& request, const Bytes&) {
  const Status deleted = backend.objects.delete_bucket(request.bucket);
  if (!deleted && deleted.error().code == Code::kFailedPrecondition) {
    return std::unexpected(aws::s3::bucket_not_empty(request.bucket));
  }
  if (!deleted) return std::unexpected(store_error(request, deleted.error()));
  // They are nobody's any more; what stays behind here is the sweeper's.
  if (const Status removed = remove_uploads_of(backend.objects, request.bucket); !removed) {
    log_warning("uploads of a deleted bucket are left behind", {{"bucket", request.bucket}, {"error", removed.error().message}});
  }
  return empty_response(*request.context, 204);
}

OperationResult get_bucket_location(Backend& backend, const Request& request, const Bytes&) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  // us-east-1 is told by an empty element, for history's sake.
  return xml_response(*request.context, Xml("LocationConstraint").finish());
}

}  // namespace eyrie::api::s3
