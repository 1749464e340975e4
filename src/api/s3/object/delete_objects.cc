#include "api/s3/object/delete_objects.h"

#include "api/common/requester.h"
#include "api/s3/object/conditions.h"
#include "api/s3/object/deletes_xml.h"
#include "api/s3/permissions.h"
#include "api/s3/xml.h"

namespace eyrie::api::s3 {
namespace {

constexpr int kTries = 10;  // of a conditional delete that meets writes
constexpr std::string_view kOnlyVersion = "null";

// Removes the object as long as its entity tag is (among) `match`. Bound to the version that was looked at, so that what is
// written in between is never removed.
std::optional<aws::WireError> remove_matching(Backend& backend, const Request& request, const std::string& key,
                                              const std::string& match) {
  net::Headers condition;
  condition.set("If-Match", match);
  for (int tries = 0; tries < kTries; ++tries) {
    const auto object = backend.objects.head(request.bucket, key);
    if (!object) return store_error(request, object.error());
    if (auto failed = check_conditions(condition, "", *object, backend.clock.now_ms())) return failed;
    const auto removed = backend.objects.remove_version(request.bucket, key, object->sequencer, "ObjectRemoved:Delete",
                                                        requester(*request.context));
    if (!removed) return store_error(request, removed.error());
    if (*removed) return std::nullopt;
  }
  return aws::WireError{409, "ConditionalRequestConflict",
                        "The conditional request cannot succeed due to a conflicting operation against this resource."};
}

std::optional<aws::WireError> permit_delete(const Request& request, const AskedDelete& asked) {
  const std::string resource = iam::object_arn(request.bucket, asked.key);
  if (auto denied = permit(request, asked.version.empty() ? "s3:DeleteObject" : "s3:DeleteObjectVersion", resource)) return denied;
  // On condition that it is a certain one: that tells which it is.
  return asked.etag.empty() ? std::nullopt : permit(request, "s3:GetObject", resource);
}

std::optional<aws::WireError> remove_asked(Backend& backend, const Request& request, const AskedDelete& asked) {
  if (asked.key.size() > kMaxKeyBytes) return aws::s3::key_too_long(asked.key.size(), kMaxKeyBytes);
  if (auto denied = permit_delete(request, asked)) return denied;
  if (!asked.version.empty() && asked.version != kOnlyVersion)
    return aws::WireError{404, "NoSuchVersion", "The specified version does not exist."};
  if (!asked.etag.empty()) {
    auto failed = remove_matching(backend, request, asked.key, asked.etag);
    if (!failed) return std::nullopt;
    auto told = hide_absence(request, request.context->operation, std::move(*failed));
    // The answer as a whole is none of those that are noted as refused.
    if (told.code == "AccessDenied") request.context->caller->note_refusal("s3:ListBucket", iam::bucket_arn(request.bucket), told.message);
    return told;
  }
  const auto removed = backend.objects.remove(request.bucket, asked.key, requester(*request.context));
  return removed ? std::nullopt : std::optional(store_error(request, removed.error()));
}

void write_object(Xml& xml, const AskedDelete& asked) {
  xml.text("Key", asked.key);
  if (!asked.version.empty()) xml.text("VersionId", asked.version);
}

}  // namespace

OperationResult delete_object(Backend& backend, const Request& request, const Bytes&) {
  // Conditions of directory buckets, which there are none of. Not to heed one would delete what was to stay.
  for (const char* condition : {"x-amz-if-match-last-modified-time", "x-amz-if-match-size"}) {
    if (request.headers().has(condition)) return std::unexpected(aws::s3::not_implemented(condition));
  }
  if (const std::string* match = request.headers().find("If-Match")) {
    if (auto failed = remove_matching(backend, request, request.key, *match)) return std::unexpected(*failed);
    return empty_response(*request.context, 204);
  }
  const auto removed = backend.objects.remove(request.bucket, request.key, requester(*request.context));
  if (!removed) return std::unexpected(store_error(request, removed.error()));
  return empty_response(*request.context, 204);
}

OperationResult delete_objects(Backend& backend, const Request& request, const Bytes& body) {
  const auto asked = parse_deletes_xml(body);
  if (!asked) return std::unexpected(asked.error());
  if (auto wrong = missing(backend, request)) return std::unexpected(*wrong);
  Xml xml("DeleteResult");
  for (const AskedDelete& one : asked->objects) {
    if (const auto failed = remove_asked(backend, request, one)) {
      xml.open("Error");
      write_object(xml, one);
      xml.text("Code", failed->code).text("Message", failed->message).close("Error");
    } else if (!asked->quiet) {
      xml.open("Deleted");
      write_object(xml, one);
      xml.close("Deleted");
    }
  }
  return xml_response(*request.context, xml.finish());
}

}  // namespace eyrie::api::s3
