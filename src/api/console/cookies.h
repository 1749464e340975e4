// The cookie that carries a session's token.
//
// Over TLS its name begins with __Host-, so that only this very host, over TLS, for every path, can have set it; over plain HTTP (this machine
// only) browsers take no such name. Never for scripts (HttpOnly), never sent from other sites (SameSite=Strict). Cookies know no ports:
// what else serves on the same host sees it.
// Source: RFC 6265bis (draft 20), 4.1 and 5.7. Thread-safe: pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace eyrie::api::console {

std::string_view session_cookie(bool secure);  // its name

// The session's token; nullopt where there is none, or anything else in its place, or two that differ (one of them may be somebody else's).
std::optional<std::string> session_token(const net::Headers& headers, bool secure);

// Values of Set-Cookie.
std::string set_session_cookie(std::string_view token, bool secure, std::chrono::seconds life);
std::string clear_session_cookie(bool secure);

}  // namespace eyrie::api::console
