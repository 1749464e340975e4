// IAM's operations, one function each: parameters in, XML of the result out. Thread-safe.
#pragma once

#include "api/common/query_service.h"
#include "api/iam/members.h"
#include "iam/identities.h"

namespace eyrie::api::iam_api {

using Operation = QueryResult (*)(iam::Identities&, const QueryCall&, XmlWriter&);

// users.cc
QueryResult create_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult get_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_users(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult update_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult delete_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_groups_for_user(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
// access_keys.cc
QueryResult create_access_key(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_access_keys(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult update_access_key(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult delete_access_key(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult get_access_key_last_used(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
// policies.cc
QueryResult create_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult get_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult create_policy_version(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult get_policy_version(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_policy_versions(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_policies(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult delete_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
// user_policies.cc
QueryResult attach_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult detach_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_attached_user_policies(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult put_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult get_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult list_user_policies(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);
QueryResult delete_user_policy(iam::Identities& identities, const QueryCall& call, XmlWriter& xml);

}  // namespace eyrie::api::iam_api
