// Messages of queues: kept until they are removed, hidden for a while from whoever asks next once they are received. What a queue is (its
// attributes, who may) is the owner's: to the store it is a name and a text.
//
// A message belongs to a storage, which its queue names; emptying a queue gives it a new one, so that it takes no longer than one row does, and what
// the old one holds goes bit by bit (sweep). Definitions and contents are sealed; names, times and counts are in the clear.
// Everything that changes something is one transaction, on disk when it returns. Times are milliseconds since 1970, told by the caller.
// Errors: kNotFound - no such queue or storage (it was emptied meanwhile); kCorrupt; those of the database. Thread safety: all of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::store {

using StorageId = std::int64_t;
using MessageId = std::array<std::uint8_t, 16>;

struct StoredQueue {
  std::string name;
  std::string definition;
  StorageId storage = 0;
};

struct NewMessage {
  StorageId storage = 0;
  MessageId id{};
  std::string content;
  std::int64_t sent_ms = 0;
  std::int64_t due_ms = 0;  // when it is shown first
};

struct ReceivedMessage {
  std::int64_t row = 0;
  MessageId id{};
  std::string content;
  std::int64_t sent_ms = 0, first_received_ms = 0;
  int received = 0;    // times, with this one
  std::string source;  // the queue that it was a dead letter of; empty: none
};

// One receipt of a message: the next one makes it stale.
struct MessageReceipt {
  StorageId storage = 0;
  std::int64_t row = 0;
  int received = 0;
  MessageId id{};
  bool operator==(const MessageReceipt&) const = default;
};

struct ReceiveOptions {
  StorageId storage = 0;
  std::size_t most = 1;
  std::int64_t now_ms = 0;
  std::int64_t hidden_until_ms = 0;
  std::int64_t sent_after_ms = 0;  // what was sent before is over
  // Where messages go, instead of out, that were received so many times; 0: nowhere.
  int max_received = 0;
  StorageId dead_letters = 0;
  std::string source;  // what they say then
};

struct Received {
  std::vector<ReceivedMessage> messages;
  bool buried = false;  // some went to the dead letters
};

struct MessageCounts {
  std::uint64_t visible = 0, in_flight = 0, delayed = 0;
  std::int64_t oldest_ms = 0;  // when the first of them all was sent; 0: there is none
};

// Of a receipt.
enum class ReceiptState { kCurrent, kStale, kGone, kVisible };

class MessageStore {
 public:
  virtual ~MessageStore() = default;

  virtual Result<std::vector<StoredQueue>> queues() = 0;
  virtual Result<StorageId> create_queue(const std::string& name, const std::string& definition) = 0;  // kAlreadyExists
  virtual Status set_definition(const std::string& name, const std::string& definition) = 0;
  virtual Status drop_queue(const std::string& name) = 0;
  virtual Result<StorageId> empty_queue(const std::string& name) = 0;

  // All of them with one sync. Answers each one's fate; those of a storage that is gone are kNotFound and the others stay.
  virtual std::vector<Status> add(std::span<const NewMessage> messages) = 0;
  // In the order in which they became due. Nothing is written where nothing is due.
  virtual Result<Received> receive(const ReceiveOptions& options) = 0;
  // A message is removed by any of its receipts. Never fails for what is gone.
  virtual Status remove(std::span<const MessageReceipt> receipts) = 0;
  // Shown again at `due_ms`, where the receipt is the last one and its message still hidden. Answers what each was.
  struct Hiding {
    MessageReceipt receipt;
    std::int64_t due_ms = 0;
  };
  virtual Result<std::vector<ReceiptState>> hide(std::span<const Hiding> hidings, std::int64_t now_ms) = 0;

  virtual Result<MessageCounts> counts(StorageId storage, std::int64_t now_ms, std::int64_t sent_after_ms) = 0;
  // When the first message that is hidden now is shown; nullopt: there is none.
  virtual Result<std::optional<std::int64_t>> next_due(StorageId storage, std::int64_t now_ms) = 0;
  // Removes what was sent before, at most `most`. True: there may be more.
  virtual Result<bool> expire(StorageId storage, std::int64_t sent_before_ms, std::size_t most) = 0;
  // Removes messages of storages that no queue names, at most `most`. True: there may be more.
  virtual Result<bool> sweep(std::size_t most) = 0;
};

}  // namespace eyrie::store
