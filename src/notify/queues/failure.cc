#include "notify/queues/failure.h"

#include "base/log.h"

namespace eyrie::notify {

QueueFailure no_such_queue() {
  return {QueueProblem::kNoSuchQueue, "The specified queue does not exist."};
}

std::unexpected<QueueFailure> store_failure(const Error& error) {
  if (error.code == Code::kNotFound) return std::unexpected(no_such_queue());
  log_error("a queue could not be read or written", {{"error", error.message}});
  if (error.code == Code::kUnavailable) return refuse(QueueProblem::kBusy, "Service is currently unavailable. Try again.");
  return refuse(QueueProblem::kInternal, "We encountered an internal error. Please try again.");
}

}  // namespace eyrie::notify
