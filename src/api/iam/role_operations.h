// IAM's operations on roles: parameters in, XML of the result out. Thread-safe.
#pragma once

#include <span>

#include "api/iam/members.h"
#include "iam/access_control.h"
#include "iam/roles/roles.h"

namespace eyrie::api::iam_api {

struct RoleBackend {
  iam::Roles& roles;
  const iam::Identities& identities;  // for managed policies
  const iam::AccessControl& access;   // for who may be named
};

struct RoleOperation {
  const char* name;
  QueryResult (*run)(const RoleBackend& backend, const QueryCall& call, XmlWriter& xml);
  bool answers = true;
};
std::span<const RoleOperation> role_operations();

// The ARN that a policy speaks of for the operation.
std::string role_resource(const iam::Roles& roles, std::string_view operation, const QueryCall& call);

}  // namespace eyrie::api::iam_api
