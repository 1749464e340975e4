#include "app/pages.h"

#include "base/json.h"

namespace eyrie::app {
Pages::Pages(store::EventQueue& events, const vision::LocalRecognizer& recognizer, const monitor::Metrics& metrics)
    : events_(events), recognizer_(recognizer), metrics_(metrics) {}

net::Response Pages::health() const {
  json::object models;
  for (const vision::ModelStatus& model : recognizer_.models()) {
    if (model.selected) models[model.id] = model.loaded ? "loaded" : "installed";
  }
  json::object answer{{"status", "ok"},
                      {"version", EYRIE_VERSION},
                      {"uptime_seconds", rounded(uptime_.elapsed_ms() / 1000, 1)},
                      {"models", std::move(models)}};
  const auto depth = events_.depth();
  if (!depth) {
    answer["status"] = "failing";
    answer["reason"] = depth.error().message;
    return net::text_response(503, write_json(answer), "application/json");
  }
  answer["queue"] = json::object{{"ready", depth->ready},
                                 {"leased", depth->leased},
                                 {"delayed", depth->delayed},
                                 {"dead", depth->dead}};
  return net::text_response(200, write_json(answer), "application/json");
}

net::Response Pages::metrics() const {
  return net::text_response(200, metrics_.prometheus_text(), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace eyrie::app
