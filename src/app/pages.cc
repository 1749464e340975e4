#include "app/pages.h"

#include "base/json.h"

namespace eyrie::app {
namespace {

// No script, no style from elsewhere: the page stands alone, and its policy says so.
constexpr std::string_view kConsolePage = R"page(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Eyrie</title>
<link rel="stylesheet" href="/_console/style.css">
</head>
<body>
<main>
<h1>Eyrie</h1>
<p>This server recognizes what your pictures hold. It speaks Amazon S3, Rekognition and DynamoDB on this very address.</p>
<h2>Upload a picture</h2>
<pre>eval "$(eyrie env)"
aws --endpoint-url $AWS_ENDPOINT_URL s3 cp photo.jpg s3://images/uploads/photo.jpg</pre>
<h2>See what it holds</h2>
<pre>aws --endpoint-url $AWS_ENDPOINT_URL dynamodb scan --table-name ImageMetadataStore</pre>
<p><a href="/_eyrie/health">Health</a> · <a href="/_eyrie/metrics">Metrics</a></p>
</main>
</body>
</html>
)page";

constexpr std::string_view kConsoleStyle = R"page(:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:2rem 1rem}
pre{padding:.75rem 1rem;overflow-x:auto;border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem}
)page";

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
  const bool style = head.path == "/_console/style.css";
  if (!style && head.path != "/_console/" && head.path != "/_console") return net::text_response(404, "not found\n");
  net::Response page = style ? net::text_response(200, std::string(kConsoleStyle), "text/css; charset=utf-8")
                             : net::text_response(200, std::string(kConsolePage), "text/html; charset=utf-8");
  page.headers.set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'");
  page.headers.set("X-Content-Type-Options", "nosniff");
  page.headers.set("Referrer-Policy", "no-referrer");
  return page;
}

}  // namespace eyrie::app
