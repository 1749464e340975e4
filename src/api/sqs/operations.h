// SQS's operations, one function each: the JSON protocol's request in, its answer out. Thread-safe.
#pragma once

#include "api/sqs/members.h"

namespace eyrie::api::sqs {

using Operation = JsonResult (*)(notify::LocalQueues& queues, const Call& call);

// queues.cc
JsonResult create_queue(notify::LocalQueues& queues, const Call& call);
JsonResult get_queue_url(notify::LocalQueues& queues, const Call& call);
JsonResult list_queues(notify::LocalQueues& queues, const Call& call);
JsonResult list_dead_letter_source_queues(notify::LocalQueues& queues, const Call& call);
JsonResult delete_queue(notify::LocalQueues& queues, const Call& call);
JsonResult purge_queue(notify::LocalQueues& queues, const Call& call);
// queue_attributes.cc
JsonResult get_queue_attributes(notify::LocalQueues& queues, const Call& call);
JsonResult set_queue_attributes(notify::LocalQueues& queues, const Call& call);
JsonResult add_permission(notify::LocalQueues& queues, const Call& call);
JsonResult remove_permission(notify::LocalQueues& queues, const Call& call);
JsonResult tag_queue(notify::LocalQueues& queues, const Call& call);
JsonResult untag_queue(notify::LocalQueues& queues, const Call& call);
JsonResult list_queue_tags(notify::LocalQueues& queues, const Call& call);
// sending.cc
JsonResult send_message(notify::LocalQueues& queues, const Call& call);
JsonResult send_message_batch(notify::LocalQueues& queues, const Call& call);
// receiving.cc
JsonResult receive_message(notify::LocalQueues& queues, const Call& call);
JsonResult delete_message(notify::LocalQueues& queues, const Call& call);
JsonResult delete_message_batch(notify::LocalQueues& queues, const Call& call);
JsonResult change_message_visibility(notify::LocalQueues& queues, const Call& call);
JsonResult change_message_visibility_batch(notify::LocalQueues& queues, const Call& call);

}  // namespace eyrie::api::sqs
