#include "app/monitor_host.h"

#include "analysis/analyze_image.h"
#include "api/cloudwatch/cloudwatch_service.h"
#include "base/log.h"
#include "store/layout.h"

namespace eyrie::app {
namespace {

constexpr const char* kMonitorFurnished = "furnished_alarms";
constexpr const char* kTopic = "alarms";
constexpr std::chrono::seconds kTick{1};
constexpr std::size_t kMostQueues = 200;

// More than one invocation of a hundred fails.
monitor::AlarmDefinition first_alarm() {
  const auto of_function = [](std::string id, std::string name) {
    return monitor::MetricQuery{.id = std::move(id),
                                .stat = monitor::MetricStat{.metric = {.name_space = "AWS/Lambda", .name = std::move(name), .dimensions = {{"FunctionName", std::string(analysis::kAnalyzeImage)}}},
                                                            .period_s = monitor::kMinute_s,
                                                            .statistic = "Sum"},
                                .returns = false};
  };
  return {.name = "analyze-image-errors",
          .description = "More than 1 % of the invocations of analyze-image fail",
          .alarm_actions = {notify::topics::topic_arn(kTopic)},
          .queries = {of_function("errors", "Errors"), of_function("invocations", "Invocations"), {.id = "rate", .expression = "100 * errors / invocations", .label = "Errors in per cent"}},
          .evaluation_periods = 5,
          .datapoints_to_alarm = 1,
          .threshold = 1,
          .comparison = monitor::Comparison::kGreater,
          .missing_data = monitor::MissingData::kNotBreaching};
}

void warn(std::string_view what, const Status& outcome) {
  if (!outcome) log_error(what, {{"error", outcome.error().message}});
}

}  // namespace

Result<std::unique_ptr<monitor::TimeSeries>> open_time_series(const std::filesystem::path& directory, store::RecordStore& records) {
  const auto file = directory / store::kMetricsFile;
  auto series = monitor::TimeSeries::open(file, records);
  if (series || series.error().code != Code::kCorrupt) return series;
  log_error("the metrics are damaged: they are put aside, and begun anew", {{"error", series.error().message}, {"aside", file.string() + ".damaged"}});
  std::error_code error, ignored;
  std::filesystem::rename(file, file.string() + ".damaged", error);
  if (error) return fail(Code::kIo, "cannot put " + file.string() + " aside: " + error.message());
  std::filesystem::rename(file.string() + "-wal", file.string() + ".damaged-wal", ignored);
  std::filesystem::remove(file.string() + "-shm", ignored);
  return monitor::TimeSeries::open(file, records);
}

Result<std::unique_ptr<MonitorHost>> MonitorHost::open(const Parts& parts) {
  std::unique_ptr<MonitorHost> host(new MonitorHost(parts));
  host->actions_ = std::make_unique<LocalAlarmActions>(parts.topics.topics(), parts.functions);
  EYRIE_TRY(host->alarms_, monitor::Alarms::open(parts.store.records(), parts.series, *host->actions_));
  EYRIE_CHECK_OK(host->furnish());
  return host;
}

MonitorHost::~MonitorHost() { stop(); }

Status MonitorHost::furnish() {
  EYRIE_TRY(const auto furnished, parts_.store.setting(kMonitorFurnished));
  if (furnished) return {};
  EYRIE_CHECK_OK(parts_.topics.topics().create(kTopic, [](notify::topics::Topic&, bool) { return Status(); }));
  EYRIE_CHECK_OK(alarms_->put(first_alarm()));
  return parts_.store.set_setting(kMonitorFurnished, "1");
}

void MonitorHost::add_to(api::Gateway& gateway, const api::Door& door, net::MemoryBudget& budget) {
  gateway.add_service(std::make_unique<api::cloudwatch::CloudWatchService>(
      api::cloudwatch::Backend{.series = parts_.series, .alarms = *alarms_, .actions = *actions_, .clock = Clock::system()}, door, budget));
}

void MonitorHost::start() {
  thread_ = std::thread([this] { run(); });
}

void MonitorHost::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  warn("metrics were not written", parts_.series.flush());
}

void MonitorHost::run() {
  const auto part_of = [](std::int64_t length_s) { return Clock::system().now_ms() / 1000 / length_s; };
  std::int64_t minute = part_of(monitor::kMinute_s), hour = -1;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kTick, [this] { return stopping_; })) {
    lock.unlock();
    if (const std::int64_t now = part_of(monitor::kMinute_s); now != minute) {
      minute = now;
      each_minute();
    }
    if (const std::int64_t now = part_of(monitor::kHour_s); now != hour) {
      hour = now;
      each_hour();
    }
    alarms_->tick();
    lock.lock();
  }
}

void MonitorHost::each_minute() {
  SettledClock& clock = SettledClock::system();
  if (const auto jump = clock.lasting_jump_ms()) {
    log_warning("the time of day has stayed where it jumped to, and is followed now", {{"by_s", *jump / 1000}});
    warn("what waits was not moved with the time of day", parts_.store.follow_jump(clock, *jump));
  }
  note_levels();
  warn("metrics were not written", parts_.series.flush());
}

void MonitorHost::each_hour() {
  warn("old metrics were not removed", parts_.series.prune(SettledClock::system().now_ms() / 1000));
  note_storage();
}

void MonitorHost::note_levels() {
  const std::int64_t now_s = Clock::system().now_ms() / 1000;
  const auto record = [&](const char* name_space, std::string name, monitor::Dimensions dimensions, double value, const char* unit = "Count") {
    parts_.series.recorder().add({.metric = {.name_space = name_space, .name = std::move(name), .dimensions = std::move(dimensions)}, .unit = unit}, value, now_s);
  };
  if (const auto depth = parts_.store.events().depth()) {
    record("Eyrie", "EventsReady", {}, static_cast<double>(depth->ready));
    record("Eyrie", "EventsLeased", {}, static_cast<double>(depth->leased));
    record("Eyrie", "EventsDelayed", {}, static_cast<double>(depth->delayed));
    record("Eyrie", "EventsDead", {}, static_cast<double>(depth->dead));
    record("Eyrie", "OldestEventAge", {}, static_cast<double>(age_ms(SettledClock::system(), depth->oldest_ms)), "Milliseconds");
  }
  std::size_t queues = 0;
  for (const notify::QueuePtr& queue : parts_.queues.list()) {
    if (++queues > kMostQueues) break;
    const std::string& name = queue->definition.name;
    const auto counts = parts_.queues.counts(name);
    if (!counts) continue;
    record("AWS/SQS", "ApproximateNumberOfMessagesVisible", {{"QueueName", name}}, static_cast<double>(counts->visible));
    record("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", {{"QueueName", name}}, static_cast<double>(counts->in_flight));
    record("AWS/SQS", "ApproximateNumberOfMessagesDelayed", {{"QueueName", name}}, static_cast<double>(counts->delayed));
    record("AWS/SQS", "ApproximateAgeOfOldestMessage", {{"QueueName", name}}, static_cast<double>(age_ms(SettledClock::system(), counts->oldest_ms)) / 1000, "Seconds");
  }
}

void MonitorHost::note_storage() {
  const auto usage = parts_.store.usage();
  if (!usage) return warn("the buckets were not measured", fail(usage.error()));
  const std::int64_t now_s = Clock::system().now_ms() / 1000;
  std::size_t buckets = 0;
  for (const store::BucketUsage& bucket : *usage) {
    if (++buckets > api::RequestMetrics::kMostBuckets) break;
    const auto record = [&](const char* name, const char* type, double value, const char* unit) {
      parts_.series.recorder().add({.metric = {.name_space = "AWS/S3", .name = name, .dimensions = {{"BucketName", bucket.bucket}, {"StorageType", type}}}, .unit = unit}, value, now_s);
    };
    record("BucketSizeBytes", "StandardStorage", static_cast<double>(bucket.bytes), "Bytes");
    record("NumberOfObjects", "AllStorageTypes", static_cast<double>(bucket.objects), "Count");
  }
}

// Counting is a walk over all objects.
store::BucketUsage MonitorHost::stored() {
  const std::lock_guard lock(stored_mutex_);
  const auto began = std::chrono::steady_clock::now();
  if (began < stored_until_) return stored_;
  const auto usage = parts_.store.usage();
  const auto ended = std::chrono::steady_clock::now();
  stored_until_ = ended + 100 * (ended - began);
  if (!usage) return stored_;
  stored_ = {};
  for (const store::BucketUsage& bucket : *usage) {
    stored_.objects += bucket.objects;
    stored_.bytes += bucket.bytes;
  }
  return stored_;
}

void MonitorHost::measure_storage(monitor::Metrics& metrics) {
  metrics.computed("eyrie_storage_objects", "Objects in all buckets", [this] { return static_cast<double>(stored().objects); });
  metrics.computed("eyrie_storage_bytes", "Bytes of all objects, as uploaded", [this] { return static_cast<double>(stored().bytes); });
}

bool DetectionMetrics::is_kept(const std::string& label) {
  const std::lock_guard lock(mutex_);
  return labels_.contains(label) || (labels_.size() < kMostLabels && labels_.insert(label).second);
}

void DetectionMetrics::add(const vision::Recognition& seen) {
  if (!seen.labels) return;
  for (const vision::Label& label : *seen.labels) {
    if (!is_kept(label.name)) continue;
    metrics_.counter("eyrie_detections_total", "Labels seen on pictures", {{"label", label.name}}).add();
    metrics_.record({.metric = {.name_space = "Eyrie", .name = "Detections", .dimensions = {{"Label", label.name}}}, .unit = "Count"}, 1);
  }
  metrics_.record({.metric = {.name_space = "Eyrie", .name = "DetectedLabels"}, .unit = "Count"}, static_cast<double>(seen.labels->size()));
}

}  // namespace eyrie::app
