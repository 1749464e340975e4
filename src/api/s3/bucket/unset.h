// What buckets cannot have set here (logging, a website, replication, ...), as AWS answers for a bucket that never had it set: a document that says so, or
// the error that is for it. Setting any of it is NotImplemented (service.cc). Thread-safe: plain functions.
#pragma once

#include "api/s3/service.h"

namespace eyrie::api::s3 {

// GET ?accelerate, ?abac, ?analytics, ?intelligent-tiering, ?inventory, ?logging, ?metrics, ?object-lock, ?replication, ?requestPayment, ?website.
OperationResult get_unset(Backend& backend, const Request& request, const Bytes& body);
// DELETE ?replication, ?website: there is nothing to delete, which is success.
OperationResult delete_unset(Backend& backend, const Request& request, const Bytes& body);
// GET ?retention, ?legal-hold of an object.
OperationResult get_unset_lock(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
