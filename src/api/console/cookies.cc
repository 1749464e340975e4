#include "api/console/cookies.h"

#include <algorithm>

namespace eyrie::api::console {
namespace {

constexpr std::size_t kTokenLength = 43;  // iam/console/tokens.h

bool is_token(std::string_view text) {
  return text.size() == kTokenLength && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

std::string_view session_cookie(bool secure) {
  return secure ? "__Host-eyrie-session" : "eyrie-session";
}

std::optional<std::string> session_token(const net::Headers& headers, bool secure) {
  std::optional<std::string> token;
  for (const auto& [name, value] : headers) {
    if (!net::equals_ignore_case(name, "Cookie")) continue;
    std::string_view left = value;
    while (!left.empty()) {
      const std::size_t end = std::min(left.find(';'), left.size());
      const std::string_view pair = left.substr(0, end);
      left.remove_prefix(std::min(end + 1, left.size()));
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != session_cookie(secure)) continue;
      const std::string_view told = trimmed(pair.substr(equals + 1));
      if (!is_token(told) || (token && *token != told)) return std::nullopt;
      token = std::string(told);
    }
  }
  return token;
}

std::string set_session_cookie(std::string_view token, bool secure, std::chrono::seconds life) {
  return std::string(session_cookie(secure)) + "=" + std::string(token) + "; Path=/; Max-Age=" + std::to_string(life.count()) +
         "; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
}

std::string clear_session_cookie(bool secure) {
  return set_session_cookie("", secure, std::chrono::seconds(0));
}

}  // namespace eyrie::api::console
