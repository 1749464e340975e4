#include "app/pages.h"

#include <algorithm>

#include "base/json.h"

extern "C" {
extern const char eyrie_console_index_start[], eyrie_console_index_end[];
extern const char eyrie_console_style_start[], eyrie_console_style_end[];
extern const char eyrie_console_sign_in_start[], eyrie_console_sign_in_end[];
}

namespace eyrie::app {
namespace {

struct File {
  std::string_view path, type;
  const char *start, *end;
};

// Everything comes from here and nothing is inline, and the policy says so. A form without the script must not send a password.
constexpr const char* kPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const File kFiles[] = {
    {"/_console/", "text/html; charset=utf-8", eyrie_console_index_start, eyrie_console_index_end},
    {"/_console/style.css", "text/css; charset=utf-8", eyrie_console_style_start, eyrie_console_style_end},
    {"/_console/sign_in.js", "text/javascript; charset=utf-8", eyrie_console_sign_in_start, eyrie_console_sign_in_end},
};

}  // namespace

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

net::Response Pages::console(const net::RequestHead& head) const {
  const auto* file = std::ranges::find(kFiles, std::string_view(head.path), &File::path);
  if (file == std::end(kFiles)) return net::text_response(404, "not found\n");
  net::Response page = net::text_response(200, std::string(file->start, file->end), file->type);
  page.headers.set("Content-Security-Policy", kPolicy);
  page.headers.set("Cache-Control", "no-cache");
  page.headers.set("X-Content-Type-Options", "nosniff");
  page.headers.set("Referrer-Policy", "no-referrer");
  return page;
}

}  // namespace eyrie::app
