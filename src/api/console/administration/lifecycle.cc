// Buckets and their lifecycle rules, which are S3's: the same checks, the same setting, the same rights.
#include "api/console/administration/lifecycle_json.h"
#include "api/console/operations.h"
#include "api/s3/lifecycle/rules_xml.h"
#include "api/s3/lifecycle/setting.h"
#include "base/time/clock.h"

namespace eyrie::api::console {
namespace {

using api::s3::LifecycleConfiguration;

// The bucket's rules, as they are kept; nullopt where it has none. NotFound: no such bucket.
Result<std::optional<LifecycleConfiguration>> rules_of(store::ObjectStore& objects, const std::string& bucket) {
  EYRIE_TRY(const auto text, objects.bucket_setting(bucket, api::s3::kLifecycleSetting));
  if (!text) return std::nullopt;
  EYRIE_TRY(LifecycleConfiguration configuration, api::s3::read_lifecycle(*text));
  return configuration;
}

json::object rules_json(const std::string& bucket, const std::optional<LifecycleConfiguration>& configuration) {
  json::object object{{"bucket", bucket}, {"small", configuration && configuration->moves_small_objects}};
  object["document"] = configuration ? json::value(lifecycle_json_of(api::s3::write_lifecycle_xml(*configuration))) : json::value();
  return object;
}

// Where the visitor may do this to the bucket that the path names.
Outcome<store::ObjectStore*> objects_for(const Call& call, std::string_view action) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on(action, iam::bucket_arn(call.id)));
  return &administration->objects;
}

Outcome<LifecycleConfiguration> configuration_in(const Members& members) {
  EYRIE_TRY(const std::string text, told(members.text("document")));
  EYRIE_TRY(const auto small, told(members.optional_flag("small")));
  EYRIE_TRY(const std::string xml, told(lifecycle_xml_of(text)));
  auto configuration = api::s3::parse_lifecycle_xml(as_bytes(xml));
  // In S3's words, which call the document XML whatever it came as.
  if (!configuration) return refused(Code::kInvalidArgument, configuration.error().code + ": " + configuration.error().message);
  configuration->moves_small_objects = small.value_or(false);
  return *configuration;
}

}  // namespace

Outcome<Answer> list_buckets(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("s3:ListAllMyBuckets", "*"));
  EYRIE_TRY(const auto buckets, told(administration->objects.buckets()));
  json::array list;
  for (const store::Bucket& bucket : buckets) {
    const auto rules = rules_of(administration->objects, bucket.name);
    if (!rules && rules.error().code == Code::kNotFound) continue;  // it has just been removed
    EYRIE_TRY(const auto there, told(rules));
    list.push_back(json::object{{"name", bucket.name}, {"created", format_iso8601(bucket.created_ms)}, {"rules", there ? there->rules.size() : 0}});
  }
  return Answer{.body = json::object{{"buckets", std::move(list)}}};
}

Outcome<Answer> get_lifecycle(const Call& call) {
  EYRIE_TRY(store::ObjectStore* objects, objects_for(call, "s3:GetLifecycleConfiguration"));
  EYRIE_TRY(const auto rules, told(rules_of(*objects, call.id)));
  return Answer{.body = rules_json(call.id, rules)};
}

Outcome<Answer> put_lifecycle(const Call& call) {
  EYRIE_TRY(store::ObjectStore* objects, objects_for(call, "s3:PutLifecycleConfiguration"));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"document", "small"})));
  EYRIE_TRY(const LifecycleConfiguration configuration, configuration_in(members));
  EYRIE_CHECK_OK(told(api::s3::set_lifecycle(*objects, call.id, configuration)));
  call.note("s3:PutLifecycleConfiguration", iam::bucket_arn(call.id));
  return Answer{.body = rules_json(call.id, configuration)};
}

Outcome<Answer> delete_lifecycle(const Call& call) {
  EYRIE_TRY(store::ObjectStore* objects, objects_for(call, "s3:PutLifecycleConfiguration"));
  EYRIE_CHECK_OK(told(api::s3::set_lifecycle(*objects, call.id, std::nullopt)));
  call.note("s3:PutLifecycleConfiguration", iam::bucket_arn(call.id));
  return Answer{.status = 204, .body = nullptr};
}

}  // namespace eyrie::api::console
