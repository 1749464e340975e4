// Identities as records of the store, out and in; the format is in docs/formats.md.
#include "base/json.h"
#include "iam/identities.h"
#include "store/record_json.h"

namespace eyrie::iam {
namespace {

constexpr std::string_view kWhat = "identity";

std::unexpected<Error> corrupt(const store::Record& record) {
  return store::corrupt(record, kWhat);
}

// A policy that was accepted once must stay readable; one that is not would change what is allowed, so nothing starts.
Result<PolicyPtr> policy_of(std::string_view text) {
  EYRIE_TRY(PolicyDocument document, PolicyDocument::parse(text));
  return std::make_shared<const PolicyDocument>(std::move(document));
}

}  // namespace

store::RecordChange Identities::record_of(const User& user) {
  json::object policies;
  for (const auto& [name, policy] : user.policies) policies[name] = policy->text();
  json::array attached;
  for (const std::string& arn : user.attached) attached.push_back(json::string(arn));
  const json::object object{{"id", user.id},
                            {"path", user.path},
                            {"created_ms", user.created_ms},
                            {"policies", std::move(policies)},
                            {"attached", std::move(attached)}};
  return {.kind = "iam.user", .name = user.name, .value = write_json(object)};
}

store::RecordChange Identities::record_of(const Key& key) {
  const json::object object{{"user", key.told.user},
                            {"secret", key.secret},
                            {"active", key.told.active},
                            {"created_ms", key.told.created_ms},
                            {"used_ms", key.told.last_use.time_ms},
                            {"used_service", key.told.last_use.service},
                            {"used_region", key.told.last_use.region}};
  return {.kind = "iam.key", .name = key.told.id, .value = write_json(object)};
}

store::RecordChange Identities::record_of(const ManagedPolicy& policy) {
  const json::object object{{"id", policy.id},
                            {"path", policy.path},
                            {"description", policy.description},
                            {"created_ms", policy.created_ms},
                            {"version", policy.version},
                            {"updated_ms", policy.updated_ms},
                            {"document", policy.document->text()}};
  return {.kind = "iam.policy", .name = policy.name, .value = write_json(object)};
}

Status Identities::load() {
  EYRIE_TRY(const auto policies, records_.records("iam.policy"));
  for (const store::Record& record : policies) {
    EYRIE_TRY(const json::object object, store::object_of(record, kWhat));
    ManagedPolicy& policy = policies_[record.name];
    policy = {.name = record.name,
              .id = text_of(object, "id"),
              .path = text_of(object, "path"),
              .description = text_of(object, "description"),
              .created_ms = number_of(object, "created_ms"),
              .version = number_of(object, "version"),
              .updated_ms = number_of(object, "updated_ms")};
    // Written before documents could be changed.
    if (policy.version == 0) policy.version = 1;
    if (policy.updated_ms == 0) policy.updated_ms = policy.created_ms;
    EYRIE_TRY(policy.document, policy_of(text_of(object, "document")));
  }
  EYRIE_TRY(const auto users, records_.records("iam.user"));
  for (const store::Record& record : users) {
    EYRIE_TRY(const json::object object, store::object_of(record, kWhat));
    User& user = users_[record.name];
    user = {.name = record.name,
            .id = text_of(object, "id"),
            .path = text_of(object, "path"),
            .created_ms = number_of(object, "created_ms")};
    const json::value* own = object.if_contains("policies");
    const json::value* attached = object.if_contains("attached");
    if (own == nullptr || !own->is_object() || attached == nullptr || !attached->is_array()) return corrupt(record);
    for (const auto& [name, text] : own->get_object()) {
      if (!text.is_string()) return corrupt(record);
      EYRIE_TRY(user.policies[name], policy_of(text.get_string()));
    }
    for (const json::value& arn : attached->get_array()) {
      if (!arn.is_string()) return corrupt(record);
      user.attached.emplace(arn.get_string());
    }
  }
  EYRIE_TRY(const auto keys, records_.records("iam.key"));
  for (const store::Record& record : keys) {
    EYRIE_TRY(const json::object object, store::object_of(record, kWhat));
    const json::value* active = object.if_contains("active");
    if (active == nullptr || !active->is_bool()) return corrupt(record);
    Key& key = keys_[record.name];
    key = {.told = {.id = record.name,
                    .user = text_of(object, "user"),
                    .active = active->get_bool(),
                    .created_ms = number_of(object, "created_ms"),
                    .last_use = {.time_ms = number_of(object, "used_ms"),
                                 .service = text_of(object, "used_service"),
                                 .region = text_of(object, "used_region")}},
           .secret = text_of(object, "secret"),
           .written_use_ms = number_of(object, "used_ms")};
    if (key.secret.empty()) return corrupt(record);
  }
  return {};
}

Result<std::unique_ptr<Identities>> Identities::open(store::RecordStore& records, const Clock& clock) {
  std::unique_ptr<Identities> identities(new Identities(records, clock));
  EYRIE_CHECK_OK(identities->load());
  return identities;
}

}  // namespace eyrie::iam
