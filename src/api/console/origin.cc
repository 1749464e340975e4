#include "api/console/origin.h"

namespace eyrie::api::console {
namespace {

// A proxy that ends TLS before a server of plain HTTP makes https of what is http here; never the other way round.
bool names_host(std::string_view origin, std::string_view host, bool secure) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (secure && scheme == "http://") continue;
    if (origin.size() > scheme.size() && net::equals_ignore_case(origin.substr(0, scheme.size()), scheme))
      return net::equals_ignore_case(origin.substr(scheme.size()), host);
  }
  return false;
}

}  // namespace

bool of_own_origin(const net::RequestHead& head) {
  const bool reads = head.method == "GET" || head.method == "HEAD";
  for (const auto& [name, value] : head.headers) {
    if (net::equals_ignore_case(name, "Origin") && !names_host(value, head.headers.get("Host"), head.secure)) return false;
    // "none": typed into the address bar.
    if (net::equals_ignore_case(name, "Sec-Fetch-Site") && value != "same-origin" && !(reads && value == "none")) return false;
  }
  return true;
}

}  // namespace eyrie::api::console
