#include "api/s3/lifecycle/lifecycle.h"

#include <map>
#include <mutex>
#include <shared_mutex>

#include "api/common/requester.h"
#include "api/s3/lifecycle/rules_xml.h"
#include "api/s3/lifecycle/setting.h"
#include "api/s3/object/storage_class.h"
#include "api/s3/request_xml.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {

constexpr const char* kMinimumSize = "x-amz-transition-default-minimum-object-size";
constexpr const char* kVaries = "varies_by_storage_class";
constexpr const char* kAll = "all_storage_classes_128K";
constexpr std::size_t kMostKept = 256;  // parsed configurations
constexpr std::int64_t kMaxRestoreDays = 365'000;  // dates stay within the years that clocks know

net::Response with_minimum(net::Response response, const LifecycleConfiguration& configuration) {
  response.headers.set(kMinimumSize, configuration.moves_small_objects ? kVaries : kAll);
  return response;
}

struct AskedRestore {
  std::int64_t days = 0;
  std::string tier = "Standard";
};

std::expected<AskedRestore, aws::WireError> parse_restore(const Bytes& body) {
  static constexpr ElementRule kRules[] = {{"RestoreRequest", "Days GlacierJobParameters Type Tier Description SelectParameters OutputLocation"},
                                           {"GlacierJobParameters", "Tier"},
                                           {"SelectParameters", kUnchecked},
                                           {"OutputLocation", kUnchecked}};
  const auto document = load_root(body, kRules);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node root = document->document_element();
  if (root.child("SelectParameters") || root.child("OutputLocation"))
    return std::unexpected(aws::s3::not_implemented("SelectParameters"));
  const std::string_view text = root.child_value("Days");
  AskedRestore asked;
  const auto days = whole_number<decltype(asked.days)>(text);
  if (!days) return std::unexpected(aws::s3::malformed_xml());
  asked.days = *days;
  if (asked.days < 1 || asked.days > kMaxRestoreDays) {
    return std::unexpected(
        aws::s3::invalid_argument("Restoration days should be a positive integer", "Days", text));
  }
  for (const pugi::xml_node parameters : {root.child("GlacierJobParameters"), root}) {
    if (parameters.child("Tier")) asked.tier = parameters.child_value("Tier");
  }
  if (asked.tier != "Standard" && asked.tier != "Bulk" && asked.tier != "Expedited")
    return std::unexpected(aws::s3::malformed_xml());
  return asked;
}

// By its text, so that nothing needs to be told of changes.
Result<LifecyclePtr> parsed(const std::string& text) {
  static std::shared_mutex mutex;
  static std::map<std::string, LifecyclePtr, std::less<>> known;  // guarded by mutex
  {
    const std::shared_lock lock(mutex);
    if (const auto found = known.find(text); found != known.end()) return found->second;
  }
  EYRIE_TRY(auto configuration, read_lifecycle(text));
  auto kept = std::make_shared<const LifecycleConfiguration>(std::move(configuration));
  const std::unique_lock lock(mutex);
  if (known.size() >= kMostKept) known.clear();
  known.emplace(text, kept);
  return kept;
}

std::string day(std::int64_t ms) { return format_http_date(ms); }

}  // namespace

Result<LifecyclePtr> lifecycle_of(store::ObjectStore& objects, const std::string& bucket) {
  EYRIE_TRY(const auto text, objects.bucket_setting(bucket, kLifecycleSetting));
  if (!text) return nullptr;
  return parsed(*text);
}

OperationResult get_bucket_lifecycle(Backend& backend, const Request& request, const Bytes&) {
  const auto configuration = lifecycle_of(backend.objects, request.bucket);
  if (!configuration) return std::unexpected(store_error(request, configuration.error()));
  if (!*configuration) {
    return std::unexpected(aws::WireError{404,
                                          "NoSuchLifecycleConfiguration",
                                          "The lifecycle configuration does not exist",
                                          {{"BucketName", request.bucket}}});
  }
  return with_minimum(xml_response(*request.context, write_lifecycle_xml(**configuration)), **configuration);
}

OperationResult put_bucket_lifecycle(Backend& backend, const Request& request, const Bytes& body) {
  auto configuration = parse_lifecycle_xml(body);
  if (!configuration) return std::unexpected(configuration.error());
  const std::string_view minimum = request.headers().get(kMinimumSize);
  if (!minimum.empty() && minimum != kVaries && minimum != kAll)
    return std::unexpected(aws::s3::invalid_argument("Invalid value for the minimum object size", kMinimumSize, minimum));
  configuration->moves_small_objects = minimum == kVaries;
  const Status set = set_lifecycle(backend.objects, request.bucket, *configuration);
  if (!set) return std::unexpected(store_error(request, set.error()));
  return with_minimum(empty_response(*request.context, 200), *configuration);
}

OperationResult delete_bucket_lifecycle(Backend& backend, const Request& request, const Bytes&) {
  const Status set = set_lifecycle(backend.objects, request.bucket, std::nullopt);
  if (!set) return std::unexpected(store_error(request, set.error()));
  return empty_response(*request.context, 204);
}

OperationResult restore_object(Backend& backend, const Request& request, const Bytes& body) {
  const auto asked = parse_restore(body);
  if (!asked) return std::unexpected(asked.error());
  const auto object = backend.objects.head(request.bucket, request.key);
  if (!object) return std::unexpected(store_error(request, object.error()));
  if (!store::is_archived(object->storage_class)) {
    aws::WireError error = invalid_object_state(object->storage_class);
    error.message = "Restore is not allowed for the object's current storage class";
    return std::unexpected(error);
  }
  if (asked->tier == "Expedited" && object->storage_class == "DEEP_ARCHIVE") {
    return std::unexpected(
        aws::s3::invalid_argument("Expedited retrievals are not supported by this storage class", "Tier", asked->tier));
  }
  const std::int64_t until = backend.calendar.after(backend.clock.now_ms(), asked->days);
  const auto outcome = backend.objects.restore(request.bucket, request.key, until, requester(*request.context));
  if (!outcome && outcome.error().code == Code::kAlreadyExists) {
    return std::unexpected(
        aws::WireError{409, "RestoreAlreadyInProgress", "Object restore is already in progress"});
  }
  if (!outcome) return std::unexpected(store_error(request, outcome.error()));
  return empty_response(*request.context, *outcome == store::RestoreOutcome::kStarted ? 202 : 200);
}

void set_expiration_header(Backend& backend, net::Headers& headers, const store::ObjectInfo& object) {
  const auto configuration = lifecycle_of(backend.objects, object.bucket);
  if (!configuration) log_warning("lifecycle rules cannot be read", {{"error", configuration.error().message}});
  if (!configuration || !*configuration) return;
  const auto expiration = expiration_of(**configuration, object, backend.calendar);
  if (!expiration) return;
  headers.set("x-amz-expiration", "expiry-date=\"" + day(expiration->time_ms) + "\", rule-id=\"" +
                                      percent_encode(expiration->rule_id) + "\"");
}

void set_abort_headers(Backend& backend, net::Headers& headers, const std::string& bucket, const std::string& key,
                       std::int64_t begun_ms) {
  const auto configuration = lifecycle_of(backend.objects, bucket);
  if (!configuration || !*configuration) return;
  const auto abortion = abortion_of(**configuration, key, begun_ms, backend.calendar);
  if (!abortion) return;
  headers.set("x-amz-abort-date", day(abortion->time_ms));
  headers.set("x-amz-abort-rule-id", percent_encode(abortion->rule_id));
}

void set_storage_headers(net::Headers& headers, const store::ObjectInfo& object) {
  if (object.storage_class != kStandard) headers.set("x-amz-storage-class", object.storage_class);
  if (!object.restore) return;
  headers.set("x-amz-restore", object.restore->ongoing
                                   ? std::string("ongoing-request=\"true\"")
                                   : "ongoing-request=\"false\", expiry-date=\"" + day(object.restore->until_ms) + "\"");
}

aws::WireError invalid_object_state(std::string_view storage_class) {
  return {403,
          "InvalidObjectState",
          "The operation is not valid for the object's storage class",
          {{"StorageClass", std::string(storage_class)}}};
}

}  // namespace eyrie::api::s3
