// Why something with a queue could not be done; SQS's exceptions by meaning. Plain values.
#pragma once

#include <expected>
#include <string>

#include "base/result.h"

namespace eyrie::notify {

enum class QueueProblem {
  kNoSuchQueue,
  kQueueExists,        // with other attributes
  kAttributeName,      // of a queue: not known
  kAttributeValue,     // of a queue
  kParameter,          // a parameter's value
  kMissingParameter,
  kMessageContents,    // characters that messages must not hold
  kReceiptHandle,      // is none
  kNotInFlight,        // the message is to be seen by all
  kUnsupported,
  kBusy,               // the disk is full, say: try again
  kInternal,
};
struct QueueFailure {
  QueueProblem problem = QueueProblem::kInternal;
  std::string message;  // for the caller
};
template <typename T>
using QueueOutcome = std::expected<T, QueueFailure>;

inline std::unexpected<QueueFailure> refuse(QueueProblem problem, std::string message) {
  return std::unexpected(QueueFailure{problem, std::move(message)});
}
// What the store says, as a caller may hear it: nothing of disks and files.
std::unexpected<QueueFailure> store_failure(const Error& error);
QueueFailure no_such_queue();

}  // namespace eyrie::notify
