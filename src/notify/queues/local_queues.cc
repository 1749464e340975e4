#include "notify/queues/local_queues.h"

#include <algorithm>

#include "base/ids.h"
#include "base/log.h"
#include "base/trace/trace_cause.h"

namespace eyrie::notify {
namespace {

constexpr std::chrono::seconds kTidyInterval{60};
constexpr std::size_t kTidyStep = 500;  // rows of one transaction, so that others' come between
// How often whoever can be cancelled looks whether it is.
constexpr std::chrono::milliseconds kLongestNap{200};
constexpr std::size_t kMaxQueues = 10'000;

Error error_of(const QueueFailure& failure) {
  switch (failure.problem) {
    case QueueProblem::kNoSuchQueue:
      return {Code::kNotFound, failure.message};
    case QueueProblem::kBusy:
      return {Code::kUnavailable, failure.message};
    case QueueProblem::kInternal:
      return {Code::kInternal, failure.message};
    default:
      return {Code::kInvalidArgument, failure.message};
  }
}

}  // namespace

Result<std::unique_ptr<LocalQueues>> LocalQueues::open(store::MessageStore& messages, const Options& options) {
  std::unique_ptr<LocalQueues> queues(new LocalQueues(messages, options));
  EYRIE_TRY(const auto stored, messages.queues());
  for (const store::StoredQueue& queue : stored) {
    EYRIE_TRY(QueueDefinition definition, read_definition(queue.name, queue.definition));
    queues->put(queue.name, std::make_shared<const Queue>(Queue{std::move(definition), queue.storage}));
  }
  return queues;
}

LocalQueues::~LocalQueues() { stop(); }

void LocalQueues::put(const std::string& name, QueuePtr queue) {
  const std::lock_guard lock(mutex_);
  const auto before = queues_.find(name);
  if (before != queues_.end() && (queue == nullptr || queue->storage != before->second->storage)) {
    signals_.erase(before->second->storage);
    untidy_ = true;
    tidier_wake_.notify_one();
    changed_.notify_all();  // who waits looks again
  }
  if (queue == nullptr) {
    queues_.erase(name);
    return;
  }
  signals_.try_emplace(queue->storage, 0);
  queues_[name] = std::move(queue);
}

void LocalQueues::signal(store::StorageId storage) {
  const std::lock_guard lock(mutex_);
  if (const auto found = signals_.find(storage); found != signals_.end()) ++found->second;
  changed_.notify_all();
}

// --- queues ---

QueueOutcome<QueuePtr> LocalQueues::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = queues_.find(name);
  if (found == queues_.end()) return std::unexpected(no_such_queue());
  return found->second;
}

std::vector<QueuePtr> LocalQueues::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<QueuePtr> listed;
  for (const auto& [name, queue] : queues_) listed.push_back(queue);
  return listed;
}

QueueOutcome<void> LocalQueues::check_dead_letters(const QueueDefinition& queue) const {
  if (!queue.redrive) return {};
  const std::string& arn = queue.redrive->dead_letters;
  const auto invalid = [&](const std::string& reason) {
    return refuse(QueueProblem::kParameter, "Value " + queue.texts.at("RedrivePolicy") + " for parameter RedrivePolicy is invalid. Reason: " + reason);
  };
  const auto name = queue_of_arn(arn);
  if (!name) return invalid("Invalid value for deadLetterTargetArn.");
  const auto target = find(*name);
  if (!target) return invalid("Dead letter target does not exist.");
  if (!takes_dead_letters((*target)->definition, queue.arn())) return invalid("The dead letter target does not allow it (RedriveAllowPolicy).");
  return {};
}

QueueOutcome<QueuePtr> LocalQueues::create(const std::string& name, const QueueTexts& attributes, const QueueTexts& tags) {
  if (auto sound = check_queue_name(name, attributes); !sound) return std::unexpected(sound.error());
  const std::lock_guard changing(changes_);
  QueueDefinition made{.name = name, .created_ms = now_ms(), .modified_ms = now_ms()};
  if (const auto there = find(name)) {
    // The same attributes, as far as they are told, make the same queue.
    QueueDefinition asked = (*there)->definition;
    if (auto set = set_attributes(asked, attributes); !set) return std::unexpected(set.error());
    const QueueTexts have = attributes_of((*there)->definition), want = attributes_of(asked);
    for (const auto& [attribute, value] : attributes) {
      const auto a = have.find(attribute), b = want.find(attribute);
      const bool same = (a == have.end()) == (b == want.end()) && (a == have.end() || a->second == b->second);
      if (!same)
        return refuse(QueueProblem::kQueueExists, "A queue already exists with the same name and a different value for attribute " + attribute);
    }
    return there;
  }
  if (auto set = set_attributes(made, attributes); !set) return std::unexpected(set.error());
  if (auto set = set_tags(made, tags); !set) return std::unexpected(set.error());
  if (auto sound = check_dead_letters(made); !sound) return std::unexpected(sound.error());
  if (list().size() >= kMaxQueues) return refuse(QueueProblem::kBusy, "There are too many queues.");
  const auto storage = messages_.create_queue(name, write_definition(made));
  if (!storage) return store_failure(storage.error());
  const auto queue = std::make_shared<const Queue>(Queue{std::move(made), *storage});
  put(name, queue);
  return queue;
}

QueueOutcome<void> LocalQueues::remove(const std::string& name) {
  const std::lock_guard changing(changes_);
  if (auto there = find(name); !there) return std::unexpected(there.error());
  if (auto dropped = messages_.drop_queue(name); !dropped) return store_failure(dropped.error());
  put(name, nullptr);
  return {};
}

QueueOutcome<void> LocalQueues::purge(const std::string& name) {
  const std::lock_guard changing(changes_);
  const auto there = find(name);
  if (!there) return std::unexpected(there.error());
  const auto storage = messages_.empty_queue(name);
  if (!storage) return store_failure(storage.error());
  put(name, std::make_shared<const Queue>(Queue{(*there)->definition, *storage}));
  return {};
}

QueueOutcome<void> LocalQueues::change(const std::string& name, const std::function<QueueOutcome<void>(QueueDefinition&)>& change) {
  const std::lock_guard changing(changes_);
  const auto there = find(name);
  if (!there) return std::unexpected(there.error());
  Queue changed = **there;
  if (auto done = change(changed.definition); !done) return done;
  changed.definition.modified_ms = now_ms();
  if (auto set = messages_.set_definition(name, write_definition(changed.definition)); !set) return store_failure(set.error());
  const store::StorageId storage = changed.storage;
  put(name, std::make_shared<const Queue>(std::move(changed)));
  signal(storage);  // a longer retention may show what was over
  return {};
}

QueueOutcome<void> LocalQueues::set(const std::string& name, const QueueTexts& attributes) {
  return change(name, [&](QueueDefinition& queue) -> QueueOutcome<void> {
    if (auto set = set_attributes(queue, attributes); !set) return set;
    return attributes.contains("RedrivePolicy") ? check_dead_letters(queue) : QueueOutcome<void>();
  });
}

QueueOutcome<store::MessageCounts> LocalQueues::counts(const std::string& name) {
  const auto queue = find(name);
  if (!queue) return std::unexpected(queue.error());
  const auto counts = messages_.counts((*queue)->storage, now_ms(), oldest_ms(**queue));
  if (!counts) return store_failure(counts.error());
  return *counts;
}

QueueOutcome<QueueTexts> LocalQueues::attributes(const std::string& name) {
  const auto queue = find(name);
  if (!queue) return std::unexpected(queue.error());
  const auto counts = this->counts(name);
  if (!counts) return std::unexpected(counts.error());
  QueueTexts told = attributes_of((*queue)->definition);
  told["ApproximateNumberOfMessages"] = std::to_string(counts->visible);
  told["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counts->in_flight);
  told["ApproximateNumberOfMessagesDelayed"] = std::to_string(counts->delayed);
  return told;
}

std::vector<QueuePtr> LocalQueues::dead_letter_sources(const std::string& name) const {
  std::vector<QueuePtr> sources = list();
  std::erase_if(sources, [arn = queue_arn(name)](const QueuePtr& queue) {
    return !queue->definition.redrive || queue->definition.redrive->dead_letters != arn;
  });
  return sources;
}

QueuePtr LocalQueues::dead_letters_of(const Queue& queue) const {
  if (!queue.definition.redrive) return nullptr;
  const auto name = queue_of_arn(queue.definition.redrive->dead_letters);
  if (!name) return nullptr;
  const auto target = find(*name);
  // A queue that is its own, or one that is gone, leaves the message where it is.
  return target && (*target)->storage != queue.storage ? *target : nullptr;
}

// --- messages ---

QueueOutcome<store::NewMessage> LocalQueues::to_store(const Queue& queue, const Message& message) const {
  if (auto sound = check_message(message); !sound) return std::unexpected(sound.error());
  if (size_of(message) > static_cast<std::size_t>(queue.definition.max_bytes)) {
    return refuse(QueueProblem::kParameter, "One or more parameters are invalid. Reason: Message must be shorter than " +
                                                std::to_string(queue.definition.max_bytes) + " bytes.");
  }
  const std::int64_t now = now_ms();
  return store::NewMessage{.storage = queue.storage,
                           .id = random_uuid(),
                           .content = write_message(message),
                           .sent_ms = now,
                           .due_ms = now + 1000LL * message.delay_s.value_or(queue.definition.delay_s)};
}

std::vector<QueueOutcome<std::string>> LocalQueues::send_all(const std::string& name, std::span<const Message> messages) {
  const auto queue = find(name);
  if (!queue) return std::vector<QueueOutcome<std::string>>(messages.size(), std::unexpected(queue.error()));
  std::vector<QueueOutcome<std::string>> sent;
  std::vector<store::NewMessage> to_write;
  std::vector<std::size_t> places;
  for (const Message& message : messages) {
    auto made = to_store(**queue, message);
    if (!made) {
      sent.push_back(std::unexpected(made.error()));
      continue;
    }
    places.push_back(sent.size());
    sent.emplace_back(uuid_text(made->id));
    to_write.push_back(std::move(*made));
  }
  if (to_write.empty()) return sent;
  const std::vector<Status> written = messages_.add(to_write);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!written[i]) sent[places[i]] = store_failure(written[i].error());
  }
  signal((*queue)->storage);
  return sent;
}

QueueOutcome<std::vector<Delivery>> LocalQueues::receive_now(const Queue& queue, const ReceiveRequest& request) {
  const QueuePtr dead_letters = dead_letters_of(queue);
  const std::int64_t now = now_ms();
  const auto received =
      messages_.receive({.storage = queue.storage,
                         .most = request.most,
                         .now_ms = now,
                         .hidden_until_ms = now + 1000LL * request.visibility_s.value_or(queue.definition.visibility_s),
                         .sent_after_ms = oldest_ms(queue),
                         .max_received = dead_letters ? queue.definition.redrive->max_received : 0,
                         .dead_letters = dead_letters ? dead_letters->storage : 0,
                         .source = queue.definition.arn()});
  if (!received) return store_failure(received.error());
  if (received->buried) signal(dead_letters->storage);
  std::vector<Delivery> deliveries;
  for (const store::ReceivedMessage& one : received->messages) {
    auto message = read_message(one.content);
    if (!message) {
      log_error("a message cannot be read", {{"row", one.row}, {"error", message.error().message}});
      continue;
    }
    deliveries.push_back({.message = std::move(*message),
                          .message_id = uuid_text(one.id),
                          .receipt_handle = write_receipt({.storage = queue.storage, .row = one.row, .received = one.received, .id = one.id}),
                          .sent_ms = one.sent_ms,
                          .first_received_ms = one.first_received_ms,
                          .received = one.received,
                          .dead_letter_source = one.source});
  }
  return deliveries;
}

bool LocalQueues::wait(const Queue& queue, std::uint64_t seen, std::chrono::steady_clock::time_point until,
                       const std::function<bool()>& cancelled) {
  using std::chrono::steady_clock;
  const auto next = messages_.next_due(queue.storage, now_ms());
  steady_clock::time_point wake = until;
  if (next && *next) wake = std::min(wake, steady_clock::now() + std::chrono::milliseconds(std::max<std::int64_t>(0, **next - now_ms())));
  const auto signalled = [&] {
    const auto found = signals_.find(queue.storage);
    return stopped_ || found == signals_.end() || found->second != seen;
  };
  std::unique_lock lock(mutex_);
  while (!signalled() && steady_clock::now() < wake) {
    changed_.wait_until(lock, cancelled ? std::min(wake, steady_clock::now() + kLongestNap) : wake, signalled);
    if (!cancelled) continue;
    lock.unlock();
    if (cancelled()) return false;
    lock.lock();
  }
  return !stopped_ && steady_clock::now() < until;
}

QueueOutcome<std::vector<Delivery>> LocalQueues::receive(const std::string& name, const ReceiveRequest& request) {
  const auto until = std::chrono::steady_clock::now() + request.wait;
  bool counted = false;
  const auto leave = [&] {
    if (!counted) return;
    const std::lock_guard lock(mutex_);
    --waiting_;
  };
  while (true) {
    std::uint64_t seen = 0;
    const auto queue = find(name);
    if (queue) {
      const std::lock_guard lock(mutex_);
      if (const auto found = signals_.find((*queue)->storage); found != signals_.end()) seen = found->second;
    }
    auto received = queue ? receive_now(**queue, request) : QueueOutcome<std::vector<Delivery>>(std::unexpected(queue.error()));
    // Emptied while we looked: it is another storage's now.
    const bool moved = !received && received.error().problem == QueueProblem::kNoSuchQueue && queue && find(name).has_value();
    if ((!received && !moved) || (received && !received->empty()) || std::chrono::steady_clock::now() >= until) {
      leave();
      if (moved) return std::vector<Delivery>();
      return received;
    }
    if (moved) continue;
    if (!counted && !request.own_thread) {
      const std::lock_guard lock(mutex_);
      if (stopped_ || waiting_ >= options_.max_waiting) return received;
      ++waiting_;
      counted = true;
    }
    if (!wait(**queue, seen, until, request.cancelled)) {
      leave();
      return received;
    }
  }
}

QueueOutcome<store::MessageReceipt> LocalQueues::receipt_of(const Queue& queue, const std::string& handle) const {
  const auto invalid = [&] { return refuse(QueueProblem::kReceiptHandle, "The input receipt handle \"" + handle.substr(0, 128) + "\" is not a valid receipt handle."); };
  const auto receipt = read_receipt(handle);
  if (!receipt) return invalid();
  if (receipt->storage == queue.storage) return *receipt;
  // Of another queue; else of this one before it was emptied, where the message is gone.
  const std::lock_guard lock(mutex_);
  if (signals_.contains(receipt->storage)) return invalid();
  return *receipt;
}

std::vector<QueueOutcome<void>> LocalQueues::remove_messages(const std::string& name, std::span<const std::string> handles) {
  const auto queue = find(name);
  if (!queue) return std::vector<QueueOutcome<void>>(handles.size(), std::unexpected(queue.error()));
  std::vector<QueueOutcome<void>> removed;
  std::vector<store::MessageReceipt> receipts;
  for (const std::string& handle : handles) {
    const auto receipt = receipt_of(**queue, handle);
    if (receipt) receipts.push_back(*receipt);
    removed.push_back(receipt ? QueueOutcome<void>() : std::unexpected(receipt.error()));
  }
  if (receipts.empty()) return removed;
  if (const Status done = messages_.remove(receipts); !done) {
    for (auto& outcome : removed) {
      if (outcome) outcome = store_failure(done.error());
    }
  }
  return removed;
}

std::vector<QueueOutcome<void>> LocalQueues::hide(const std::string& name, std::span<const Hiding> hidings) {
  const auto queue = find(name);
  if (!queue) return std::vector<QueueOutcome<void>>(hidings.size(), std::unexpected(queue.error()));
  std::vector<QueueOutcome<void>> hidden;
  std::vector<store::MessageStore::Hiding> to_write;
  std::vector<std::size_t> places;
  const std::int64_t now = now_ms();
  for (const Hiding& hiding : hidings) {
    const auto receipt = receipt_of(**queue, hiding.handle);
    if (receipt) {
      places.push_back(hidden.size());
      to_write.push_back({.receipt = *receipt, .due_ms = now + 1000LL * hiding.seconds});
    }
    hidden.push_back(receipt ? QueueOutcome<void>() : std::unexpected(receipt.error()));
  }
  if (to_write.empty()) return hidden;
  const auto states = messages_.hide(to_write, now);
  for (std::size_t i = 0; i < places.size(); ++i) {
    QueueOutcome<void>& outcome = hidden[places[i]];
    if (!states) {
      outcome = store_failure(states.error());
    } else if ((*states)[i] == store::ReceiptState::kVisible) {
      outcome = refuse(QueueProblem::kNotInFlight, "The message referred to isn't in flight.");
    } else if ((*states)[i] != store::ReceiptState::kCurrent) {
      outcome = refuse(QueueProblem::kParameter, "Value " + hidings[places[i]].handle.substr(0, 128) +
                                                     " for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for "
                                                     "visibility timeout change.");
    }
  }
  signal((*queue)->storage);  // shown earlier, maybe
  return hidden;
}

// --- Queues and Publisher ---

bool LocalQueues::takes(std::string_view arn) const { return arn.starts_with("arn:aws:sqs:"); }

bool LocalQueues::exists(const std::string& arn) const {
  const auto name = queue_of_arn(arn);
  return name && find(*name).has_value();
}

Status LocalQueues::may_send(const std::string& arn, const ServiceCall& call) const {
  const auto name = queue_of_arn(arn);
  const auto queue = name ? find(*name) : std::unexpected(no_such_queue());
  if (!queue) return fail(Code::kNotFound, "no queue is called " + arn);
  if (!allows_service((*queue)->definition.policy.get(), "sqs:SendMessage", arn, call))
    return fail(Code::kPermissionDenied, "the policy of " + arn + " does not let " + call.service + " send for " + call.source_arn);
  return {};
}

Status LocalQueues::publish(const std::string& arn, const Publication& publication, const ServiceCall& call) {
  EYRIE_CHECK_OK(may_send(arn, call));
  return send_one({.queue_arn = arn, .message = {.body = publication.text, .trace_header = xray_header_of_cause(publication.trace)}});
}

std::vector<Result<std::string>> LocalQueues::send(std::span<const Parcel> parcels) {
  std::vector<Result<std::string>> sent;
  std::vector<store::NewMessage> to_write;
  std::vector<std::size_t> places;
  for (const Parcel& parcel : parcels) {
    const auto name = queue_of_arn(parcel.queue_arn);
    const auto queue = name ? find(*name) : std::unexpected(no_such_queue());
    auto made = queue ? to_store(**queue, parcel.message) : std::unexpected(queue.error());
    if (!made) {
      const bool too_large = queue && size_of(parcel.message) > static_cast<std::size_t>((*queue)->definition.max_bytes);
      sent.push_back(too_large ? fail(Code::kTooLarge, made.error().message) : fail(error_of(made.error())));
      continue;
    }
    places.push_back(sent.size());
    sent.emplace_back(uuid_text(made->id));
    to_write.push_back(std::move(*made));
  }
  if (to_write.empty()) return sent;
  const std::vector<Status> written = messages_.add(to_write);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!written[i]) sent[places[i]] = fail(written[i].error());
    signal(to_write[i].storage);
  }
  return sent;
}

// --- what grows old ---

void LocalQueues::tidy() {
  const auto go_on = [this] {
    const std::lock_guard lock(mutex_);
    return !stopped_;
  };
  const auto until_done = [&](const auto& step) {
    while (go_on()) {
      const Result<bool> more = step();
      if (!more) log_error("old messages are not removed", {{"error", more.error().message}});
      if (!more || !*more) return;
    }
  };
  for (const QueuePtr& queue : list()) until_done([&] { return messages_.expire(queue->storage, oldest_ms(*queue), kTidyStep); });
  until_done([&] { return messages_.sweep(kTidyStep); });
}

void LocalQueues::start() {
  tidier_ = std::thread([this] { keep_tidy(); });
}

void LocalQueues::keep_tidy() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    untidy_ = false;
    lock.unlock();
    tidy();
    lock.lock();
    tidier_wake_.wait_for(lock, kTidyInterval, [this] { return stopped_ || untidy_; });
  }
}

void LocalQueues::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  tidier_wake_.notify_all();
  if (tidier_.joinable()) tidier_.join();
}

}  // namespace eyrie::notify
