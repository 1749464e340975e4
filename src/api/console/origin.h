// Whether a request comes from the console's own pages, as far as browsers tell: Origin must name the very host and port that is asked, and
// Sec-Fetch-Site must say same-origin. A page of another port of this host is of the same site, so SameSite cookies alone do not keep it out.
// Clients that are no browsers send neither header.
// Source: Fetch standard, "Origin header"; W3C Fetch Metadata Request Headers. Thread-safe: pure functions.
#pragma once

#include "net/http.h"

namespace eyrie::api::console {

bool of_own_origin(const net::RequestHead& head);

}  // namespace eyrie::api::console
