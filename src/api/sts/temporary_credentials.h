// Temporary credentials: AssumeRole and GetSessionToken. Refused, with a message: session policies, tags, MFA (`NotImplemented`).
// Source: AWS service description `sts`; IAM user guide, "Compare AWS STS credentials". Thread-safe: plain functions.
#pragma once

#include "api/common/query_service.h"
#include "iam/roles/sessions.h"

namespace eyrie::api::sts {

QueryResult assume_role(const iam::Roles& roles, const iam::Sessions& sessions, const QueryCall& call, XmlWriter& xml);
QueryResult get_session_token(const iam::Sessions& sessions, const QueryCall& call, XmlWriter& xml);

}  // namespace eyrie::api::sts
