// One message: what SQS asks of it, the digests that its clients check, how it is kept, and the handle of its receipt.
//
// Source: SQS developer guide, "Amazon SQS message metadata", "Calculating the MD5 message digest for message attributes".
// Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>

#include "notify/queues/failure.h"
#include "notify/queues/queues.h"
#include "store/message_store.h"

namespace eyrie::notify {

// Bytes that count towards a queue's limit: the body, and of each attribute its name, type and value.
std::size_t size_of(const Message& message);
// But for the size. kMissingParameter, kMessageContents, kParameter.
QueueOutcome<void> check_message(const Message& message);

// Lower-case hex.
std::string md5_of_text(std::string_view text);
std::string md5_of_attributes(const MessageAttributes& attributes);  // "" where there are none

std::string write_message(const Message& message);
Result<Message> read_message(const std::string& text);  // kCorrupt

std::string write_receipt(const store::MessageReceipt& receipt);
// nullopt where the text is none of ours.
std::optional<store::MessageReceipt> read_receipt(std::string_view handle);


}  // namespace eyrie::notify
