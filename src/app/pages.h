// Eyrie's own pages: health and metrics. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "base/time/clock.h"
#include "monitor/metrics.h"
#include "net/http.h"
#include "store/event_queue.h"
#include "vision/local_recognizer.h"

namespace eyrie::app {

class Pages {
 public:
  // All must outlive the pages.
  Pages(store::EventQueue& events, const vision::LocalRecognizer& recognizer, const monitor::Metrics& metrics);

  // {"status":"ok","version":…,"uptime_seconds":…,"models":{…},"queue":{…}}; 503 where the store does not answer.
  net::Response health() const;
  net::Response metrics() const;

 private:
  store::EventQueue& events_;
  const vision::LocalRecognizer& recognizer_;
  const monitor::Metrics& metrics_;
  const Stopwatch uptime_;
};

}  // namespace eyrie::app
