#include "functions/event_sources/event_sources.h"

#include <algorithm>
#include <unordered_map>

#include "base/ids.h"
#include "base/log.h"
#include "base/trace/trace_cause.h"

namespace eyrie::functions {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kKind = "lambda.event_source";
constexpr int kUsualConcurrency = 10;      // of a mapping that does not say
constexpr milliseconds kLongPoll{20'000};
constexpr milliseconds kAfterProblem{5'000};  // the function or the queue is gone, or the role may not
constexpr milliseconds kFirstThrottle{500}, kLongestThrottle{15'000};
constexpr std::size_t kMaxEvent = kMaxPayload - (16 << 10);
constexpr std::size_t kStep = 10;          // messages of one receive: what is read at once is bounded

// Messages that are all of one trace, as their AWSTraceHeader says, are handed over in it; else that of the invocation begins there.
std::string cause_of(const std::vector<notify::Delivery>& deliveries) {
  std::optional<TraceContext> sent;
  for (const notify::Delivery& delivery : deliveries) {
    auto one = parse_xray_header(delivery.message.trace_header);
    if (!one || (sent && sent->trace_id != one->trace_id)) return "";
    if (!sent) sent = std::move(one);
  }
  if (!sent) return "";
  if (sent->span_id.empty()) sent = continue_trace(*sent);  // whoever sent them has not said what they are
  return write_trace_cause({.work = *sent, .name = "sqs"});
}

Status check_batch(const EventSource& source) {
  if (source.batch > 10 && source.window_s == 0)
    return fail(Code::kInvalidArgument, "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  return {};
}

int visibility_of(const notify::LocalQueues& queues, const std::string& name) {
  const auto queue = queues.find(name);
  return queue ? (*queue)->definition.visibility_s : 0;
}

// How long messages are hidden for that are received when so much of the batching window is left: they must not come back within it. nullopt: as
// long as the queue says.
std::optional<int> hidden_for(const notify::LocalQueues& queues, const EventSource& source, milliseconds left) {
  if (source.window_s == 0) return std::nullopt;
  return visibility_of(queues, source.queue) + static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count());
}

// The batch is whole: its messages are hidden as long as the queue says from now on.
void begin_visibility(notify::LocalQueues& queues, const std::string& name, const std::vector<notify::Delivery>& batch) {
  const int seconds = visibility_of(queues, name);
  std::vector<notify::LocalQueues::Hiding> hidings;
  for (const notify::Delivery& delivery : batch) hidings.push_back({.handle = delivery.receipt_handle, .seconds = seconds});
  for (const auto& hidden : queues.hide(name, hidings)) {
    if (hidden) continue;
    log_warning("a message's visibility timeout is not set", {{"queue", name}, {"error", hidden.error().message}});
    break;  // one line says it
  }
}

}  // namespace

struct EventSources::Poller {
  EventSource source;
  bool over = false;     // guarded by mutex_
  int at_work = 0;       // guarded by mutex_: deliveries, with those that wait for their next try
  steady_clock::time_point quiet_until{};  // guarded by mutex_: nothing is received before, since the function was throttled
  std::thread thread;
};

Result<std::unique_ptr<EventSources>> EventSources::open(const Parts& parts) {
  std::unique_ptr<EventSources> sources(new EventSources(parts));
  EYRIE_TRY(const auto records, parts.records.records(kKind));
  for (const store::Record& record : records) {
    EYRIE_TRY(EventSource source, read_event_source(record));
    sources->sources_[record.name] = std::move(source);
  }
  return sources;
}

EventSources::~EventSources() { stop(); }

Status EventSources::check_role(const EventSource& source) const {
  EYRIE_TRY(const auto traits, parts_.functions.traits(target_of(source.function)));
  for (const std::string_view action : {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}) {
    if (!parts_.may(traits.role, "sqs:" + std::string(action), notify::queue_arn(source.queue)))
      return fail(Code::kInvalidArgument, "The provided execution role does not have permissions to call " + std::string(action) + " on SQS");
  }
  return {};
}

Status EventSources::check(const EventSource& source) const {
  EYRIE_TRY(const auto traits, parts_.functions.traits(target_of(source.function)));
  const auto queue = parts_.queues.find(source.queue);
  if (!queue) {
    return fail(Code::kInvalidArgument, "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: "
                                        "The specified queue does not exist.");
  }
  const int hidden = (*queue)->definition.visibility_s;
  if (hidden < traits.timeout_s) {
    return fail(Code::kInvalidArgument, "Queue visibility timeout: " + std::to_string(hidden) + " seconds is less than Function timeout: " +
                                            std::to_string(traits.timeout_s) + " seconds");
  }
  EYRIE_CHECK_OK(check_batch(source));
  return check_role(source);
}

Status EventSources::save(const EventSource& source) {
  return parts_.records.apply({{.kind = kKind, .name = source.id, .value = write_event_source(source)}});
}

Result<EventSources::Known> EventSources::create(EventSource source) {
  const std::lock_guard changing(changes_);
  EYRIE_CHECK_OK(check(source));
  source.id = uuid_v4();
  source.modified_ms = parts_.clock.now_ms();
  for (const Known& known : list()) {
    if (known.source.function != source.function || known.source.queue != source.queue) continue;
    return fail(Code::kAlreadyExists, "The event source arn (\" " + notify::queue_arn(source.queue) + " \") and function (\" " + source.function +
                                          " \") provided mapping already exists. Please update or delete the existing mapping with UUID " +
                                          known.source.id);
  }
  if (list().size() >= kMaxSources) return fail(Code::kInvalidArgument, "There are too many event source mappings.");
  EYRIE_CHECK_OK(save(source));
  const std::lock_guard lock(mutex_);
  sources_[source.id] = source;
  begin(source);
  return Known{.source = source, .last_result = "No records processed"};
}

Result<EventSources::Known> EventSources::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(id);
  if (found == sources_.end()) return fail(Code::kNotFound, "The resource you requested does not exist.");
  const auto result = results_.find(id);
  return Known{.source = found->second, .last_result = result == results_.end() ? "No records processed" : result->second};
}

std::vector<EventSources::Known> EventSources::list() const {
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, source] : sources_) ids.push_back(id);
  }
  std::vector<Known> listed;
  for (const std::string& id : ids) {
    if (auto known = find(id)) listed.push_back(std::move(*known));
  }
  return listed;
}

Result<EventSources::Known> EventSources::update(const std::string& id, const std::function<void(EventSource&)>& change) {
  const std::lock_guard changing(changes_);
  EYRIE_TRY(Known known, find(id));
  const std::string function = known.source.function;
  change(known.source);
  const bool at_rest = !known.source.enabled && known.source.function == function;
  EYRIE_CHECK_OK(at_rest ? check_batch(known.source) : check(known.source));
  known.source.modified_ms = parts_.clock.now_ms();
  EYRIE_CHECK_OK(save(known.source));
  end(id);
  const std::lock_guard lock(mutex_);
  sources_[id] = known.source;
  begin(known.source);
  return known;
}

Result<EventSources::Known> EventSources::remove(const std::string& id) {
  const std::lock_guard changing(changes_);
  EYRIE_TRY(Known known, find(id));
  EYRIE_CHECK_OK(parts_.records.apply({{.kind = kKind, .name = id, .value = std::nullopt}}));
  end(id);
  const std::lock_guard lock(mutex_);
  sources_.erase(id);
  results_.erase(id);
  return known;
}

void EventSources::start() {
  const std::lock_guard lock(mutex_);
  running_ = true;
  for (const auto& [id, source] : sources_) begin(source);
}

void EventSources::begin(const EventSource& source) {
  if (!running_ || !source.enabled) return;
  auto poller = std::make_shared<Poller>();
  poller->source = source;
  poller->thread = std::thread([this, poller] { poll(poller); });
  pollers_[source.id] = poller;
}

void EventSources::end(const std::string& id) {
  std::shared_ptr<Poller> poller;
  {
    const std::lock_guard lock(mutex_);
    const auto found = pollers_.find(id);
    if (found == pollers_.end()) return;
    poller = found->second;
    poller->over = true;
    pollers_.erase(found);
  }
  changed_.notify_all();
  poller->thread.join();
  // Its invocations go on, and hold it; whoever stops everything waits for them.
}

void EventSources::stop_receiving() {
  const std::lock_guard changing(changes_);
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    for (const auto& [id, poller] : pollers_) {
      poller->over = true;
      ids.push_back(id);
    }
  }
  changed_.notify_all();
  for (const std::string& id : ids) end(id);
}

void EventSources::stop() {
  stop_receiving();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return delivering_ == 0; });
}

bool EventSources::nap(Poller& poller, milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return poller.over || !running_; });
  return !poller.over && running_;
}

void EventSources::note(Poller& poller, std::string result) {
  const std::lock_guard lock(mutex_);
  if (sources_.contains(poller.source.id)) results_[poller.source.id] = std::move(result);
}

bool EventSources::await_room(Poller& poller) {
  const int most = poller.source.concurrency.value_or(kUsualConcurrency);
  std::unique_lock lock(mutex_);
  while (!poller.over) {
    if (steady_clock::now() < poller.quiet_until) {
      changed_.wait_until(lock, steady_clock::time_point(poller.quiet_until));  // by value: it may be set meanwhile
    } else if (poller.at_work < most && at_work_ < parts_.concurrency) {
      return true;
    } else {
      changed_.wait(lock);
    }
  }
  return false;
}

bool EventSources::take_place(Poller& poller, steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  const auto over = [&] { return poller.over || !running_; };
  const bool woken = changed_.wait_until(lock, until, [&] { return over() || at_work_ < parts_.concurrency; });
  if (!woken || over()) return false;
  ++at_work_;
  return true;
}

void EventSources::leave_place(Poller& poller, std::optional<milliseconds> quiet) {
  {
    const std::lock_guard lock(mutex_);
    --at_work_;
    poller.quiet_until = quiet ? std::max(poller.quiet_until, steady_clock::now() + *quiet) : steady_clock::time_point{};
  }
  changed_.notify_all();
}

Result<std::vector<notify::Delivery>> EventSources::gather(Poller& poller) {
  const EventSource& source = poller.source;
  const auto cancelled = [&] {
    const std::lock_guard lock(mutex_);
    return poller.over;
  };
  std::vector<notify::Delivery> gathered;
  std::unordered_map<std::string, std::size_t> places;  // in it, by message id
  std::size_t size = 0;
  milliseconds left = std::chrono::seconds(source.window_s);
  steady_clock::time_point until{};
  while (true) {
    const std::size_t most = std::min(static_cast<std::size_t>(source.batch) - gathered.size(), kStep);
    auto received = parts_.queues.receive(source.queue, {.most = most,
                                                         .visibility_s = hidden_for(parts_.queues, source, left),
                                                         .wait = gathered.empty() ? kLongPoll : left,
                                                         .cancelled = cancelled,
                                                         .own_thread = true});
    if (!received) return fail(Code::kNotFound, received.error().message);
    if (gathered.empty()) until = steady_clock::now() + std::chrono::seconds(source.window_s);
    bool has_new = false;
    std::vector<notify::LocalQueues::Hiding> excess;
    for (notify::Delivery& delivery : *received) {
      // Somebody has shown it again meanwhile: the newest receipt is the one that counts.
      if (const auto there = places.find(delivery.message_id); there != places.end()) {
        gathered[there->second] = std::move(delivery);
        continue;
      }
      has_new = true;
      size += size_in_event(delivery);
      if (!gathered.empty() && (size > kMaxEvent || !excess.empty())) {
        excess.push_back({.handle = delivery.receipt_handle, .seconds = 0});  // shown again at once: the next event's
      } else {
        places.emplace(delivery.message_id, gathered.size());
        gathered.push_back(std::move(delivery));
      }
    }
    for (const auto& shown : parts_.queues.hide(source.queue, excess)) {
      if (!shown) log_warning("a message waits for its visibility timeout", {{"queue", source.queue}, {"error", shown.error().message}});
    }
    if (gathered.empty() || cancelled()) break;
    if (!excess.empty() || gathered.size() >= static_cast<std::size_t>(source.batch)) break;
    left = std::max(std::chrono::duration_cast<milliseconds>(until - steady_clock::now()), milliseconds(0));
    // What is there already is taken along in any case.
    if (!has_new && left.count() == 0) break;
  }
  if (source.window_s > 0 && !gathered.empty()) begin_visibility(parts_.queues, source.queue, gathered);
  return gathered;
}

void EventSources::poll(const std::shared_ptr<Poller>& poller) {
  while (await_room(*poller)) {
    const Status may = check_role(poller->source);
    auto gathered = may ? gather(*poller) : Result<std::vector<notify::Delivery>>(fail(may.error()));
    if (!gathered) {
      note(*poller, "PROBLEM: " + gathered.error().message);
      if (!nap(*poller, kAfterProblem)) return;
      continue;
    }
    if (gathered->empty()) continue;
    {
      const std::lock_guard lock(mutex_);
      ++poller->at_work;
      ++at_work_;
      ++delivering_;
    }
    std::thread([this, poller, deliveries = std::move(*gathered)] {
      deliver(*poller, deliveries);
      // Under the lock: all of this may be gone once it is free.
      const std::lock_guard lock(mutex_);
      --poller->at_work;
      --delivering_;
      changed_.notify_all();
    }).detach();
  }
}

Result<DeployedFunctions::Invoked> EventSources::invoke(Poller& poller, const Invocation& invocation) {
  const FunctionTarget target = target_of(poller.source.function);
  const auto until = steady_clock::now() + std::chrono::seconds(visibility_of(parts_.queues, poller.source.queue)) / 2;
  for (milliseconds wait = kFirstThrottle;; wait = std::min<milliseconds>(2 * wait, kLongestThrottle)) {
    auto invoked = parts_.functions.invoke_now(target, invocation);
    const bool throttled = !invoked && invoked.error().code == Code::kUnavailable;
    // Beyond the next try, so that its own throttling is known first.
    leave_place(poller, throttled ? std::optional<milliseconds>(wait + kFirstThrottle) : std::nullopt);
    if (!throttled || steady_clock::now() + wait >= until || !nap(poller, wait) || !take_place(poller, until)) return invoked;
  }
}

void EventSources::deliver(Poller& poller, const std::vector<notify::Delivery>& deliveries) {
  const EventSource& source = poller.source;
  const std::string id = request_id();
  const std::string cause = cause_of(deliveries);
  const LogContext context(id, trace_id_of_cause(cause));
  const auto invoked = invoke(poller, {.request_id = id, .arn = "", .payload = sqs_event(notify::queue_arn(source.queue), deliveries), .cause = cause});
  if (!invoked) {
    log_warning("messages were not delivered", {{"function", source.function}, {"queue", source.queue}, {"error", invoked.error().message}});
    note(poller, "PROBLEM: " + invoked.error().message);
    return;
  }
  if (invoked->outcome.failed) {
    note(poller, "PROBLEM: Function call failed");
    return;
  }
  std::optional<std::set<std::string>> failed = std::set<std::string>();
  if (source.reports_failures) failed = failed_items(invoked->outcome.payload, deliveries);
  if (!failed) {
    note(poller, "PROBLEM: Function call failed");
    return;
  }
  std::vector<std::string> handles;
  for (const notify::Delivery& delivery : deliveries) {
    if (!failed->contains(delivery.message_id)) handles.push_back(delivery.receipt_handle);
  }
  for (const auto& removed : parts_.queues.remove_messages(source.queue, handles)) {
    if (!removed) log_warning("a delivered message is not removed", {{"queue", source.queue}, {"error", removed.error().message}});
  }
  note(poller, "OK");
}

}  // namespace eyrie::functions
