#include <algorithm>
#include <array>

#include "aws/wire_error.h"

// Source: the service description of SQS, "awsQueryError" of its exceptions.
namespace eyrie::aws::sqs {
namespace {

constexpr std::string_view kPrefix = "AWS.SimpleQueueService.";
constexpr std::array<std::string_view, 9> kPrefixed = {"BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest",
                                                       "InvalidBatchEntryId",      "MessageNotInflight",  "PurgeQueueInProgress",
                                                       "QueueDeletedRecently",     "TooManyEntriesInBatchRequest", "UnsupportedOperation"};
constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
    {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    {"QueueNameExists", "QueueAlreadyExists"},
    {"InvalidParameterValueException", "InvalidParameterValue"},
    {"MissingRequiredParameterException", "MissingParameter"},
    {"AccessDeniedException", "AccessDenied"},
    {"ThrottlingException", "RequestThrottled"},
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
    {"UnrecognizedClientException", "InvalidClientTokenId"},
    {"InvalidSignatureException", "SignatureDoesNotMatch"},
    {"UnknownOperationException", "InvalidAction"}};

}  // namespace

std::string query_code(std::string_view exception) {
  if (std::ranges::find(kPrefixed, exception) != kPrefixed.end()) return std::string(kPrefix) + std::string(exception);
  for (const auto& [name, code] : kOthers) {
    if (name == exception) return std::string(code);
  }
  return std::string(exception);
}

}  // namespace eyrie::aws::sqs
