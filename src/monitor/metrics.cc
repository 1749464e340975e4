#include "monitor/metrics.h"

#include <algorithm>

#include "base/json.h"
#include "monitor/series/recorder.h"
#include "monitor/traces/traces.h"

namespace eyrie::monitor {
namespace {

// {a="x",b="y"}, or "" where there are none; values escaped as the exposition format says.
std::string render(const Metrics::Labels& labels) {
  if (labels.empty()) return "";
  std::string text;
  for (const auto& [name, value] : labels) {
    text += text.empty() ? "{" : ",";
    text += name;
    text += "=\"";
    for (char c : value) {
      if (c == '\\' || c == '"') text += '\\';
      if (c == '\n') {
        text += "\\n";
      } else {
        text += c;
      }
    }
    text += '"';
  }
  return text + "}";
}

// The label set with `le` added.
std::string with_bound(const std::string& labels, const std::string& bound) {
  const std::string le = "le=\"" + bound + "\"";
  if (labels.empty()) return "{" + le + "}";
  return labels.substr(0, labels.size() - 1) + "," + le + "}";
}

void write_line(std::string& out, std::string_view name, const std::string& labels, const std::string& value) {
  out += name;
  out += labels;
  out += ' ';
  out += value;
  out += '\n';
}

void write_histogram(std::string& out, const std::string& name, const std::string& labels, const Histogram& histogram) {
  const Histogram::Snapshot snapshot = histogram.snapshot();
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    total += snapshot.counts[i];
    write_line(out, name + "_bucket", with_bound(labels, write_json(Histogram::kBounds[i])), std::to_string(total));
  }
  total += snapshot.counts.back();
  write_line(out, name + "_bucket", with_bound(labels, "+Inf"), std::to_string(total));
  write_line(out, name + "_sum", labels, write_json(snapshot.sum));
  write_line(out, name + "_count", labels, std::to_string(total));
}

template <typename T>
T& get_or_make(std::map<std::string, std::unique_ptr<T>>& series, const Metrics::Labels& labels) {
  auto& slot = series[render(labels)];
  if (!slot) slot = std::make_unique<T>();
  return *slot;
}

}  // namespace

void Histogram::observe(double ms) {
  const auto at = std::ranges::lower_bound(kBounds, ms) - kBounds.begin();
  counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(static_cast<std::uint64_t>(std::max(0.0, ms) * 1000), std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot snapshot;
  for (std::size_t i = 0; i < counts_.size(); ++i) snapshot.counts[i] = counts_[i].load(std::memory_order_relaxed);
  snapshot.sum = static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1000;
  return snapshot;
}

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, std::string_view type) {
  auto found = families_.find(name);
  if (found == families_.end()) {
    found = families_.emplace(std::string(name), Family{}).first;
    found->second.help = help;
    found->second.type = type;
  }
  return found->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return get_or_make(family(name, help, "counter").counters, labels);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return get_or_make(family(name, help, "gauge").gauges, labels);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return get_or_make(family(name, help, "histogram").histograms, labels);
}

void Metrics::computed(std::string_view name, std::string_view help, std::function<double()> value) {
  const std::lock_guard lock(mutex_);
  family(name, help, "gauge").computed = std::move(value);
}

void Metrics::computed_total(std::string_view name, std::string_view help, std::function<double()> value) {
  const std::lock_guard lock(mutex_);
  family(name, help, "counter").computed = std::move(value);
}

void Metrics::record(const SeriesKey& key, double value) {
  if (recorder_ != nullptr) recorder_->add(key, value, clock_->now_ms() / 1000);
}

void Metrics::keep_in(Recorder& recorder, const Clock& clock) {
  recorder_ = &recorder;
  clock_ = &clock;
}

void Metrics::record(TraceSegment segment) {
  if (traces_ != nullptr) traces_->add(std::move(segment));
}

void Metrics::record_cause(const TraceCause& cause, const std::string& request_id, std::int64_t left_ms) {
  if (traces_ != nullptr) traces_->add_cause(cause, request_id, left_ms);
}

std::string Metrics::prometheus_text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out += "# HELP " + name + " " + family.help + "\n# TYPE " + name + " " + family.type + "\n";
    for (const auto& [labels, counter] : family.counters) write_line(out, name, labels, std::to_string(counter->value()));
    for (const auto& [labels, gauge] : family.gauges) write_line(out, name, labels, std::to_string(gauge->value()));
    for (const auto& [labels, histogram] : family.histograms) write_histogram(out, name, labels, *histogram);
    if (family.computed) write_line(out, name, "", write_json(family.computed()));
  }
  return out;
}

}  // namespace eyrie::monitor
