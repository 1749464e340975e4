// Who asks for a change of an object, as the record of its event tells it. Thread-safe: plain functions.
#pragma once

#include "api/common/service.h"
#include "base/trace/trace_cause.h"
#include "store/object_store.h"

namespace eyrie::api {

// As S3's records name them: the account as it names the bucket's owner, its users and roles' sessions by their unique ids.
inline std::string event_principal(const iam::Principal& principal) {
  using enum iam::Principal::Kind;
  return principal.kind == kUser || principal.kind == kRole ? "AWS:" + principal.id : principal.id;
}

// What events and functions carry on of the request (base/trace/trace_cause.h).
inline std::string cause_of(const Context& context) {
  return write_trace_cause({.work = context.trace.own, .parent = context.trace.parent, .began_ms = context.head.received_ms, .name = std::string(context.service) + ":" + context.operation});
}

inline store::Requester requester(const Context& context) {
  return {.request_id = context.head.id,
          .source_ip = context.head.peer,
          .principal = context.caller ? event_principal(context.caller->principal()) : context.user,
          .trace = cause_of(context)};
}

}  // namespace eyrie::api
