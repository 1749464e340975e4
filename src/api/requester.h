// Who asks for a change of an object, as the record of its event tells it.
#pragma once

#include "api/service.h"
#include "store/object_store.h"

namespace eyrie::api {

inline store::Requester requester(const Context& context) {
  return {.request_id = context.head.id, .source_ip = context.head.peer, .principal = context.user};
}

}  // namespace eyrie::api
