// One HTTP request to another server, and its whole answer. By libcurl; blocking.
//
// Nothing is followed and nothing assumed: no redirects, no proxies, no credentials of the URL's, http and https alone, certificates verified.
// Errors: kUnavailable (no connection, TLS refused, cut off), kDeadlineExceeded, kTooLarge (the answer), kInvalidArgument (the URL). An answer of any
// status is a success. Thread safety: all of it.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace eyrie::net {

struct ClientRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  std::chrono::milliseconds connect_time{5'000}, time{10'000};
  std::size_t max_answer_bytes = 1U << 20;
  std::string authority_file;  // PEM of the authorities to trust; empty: the system's
};

struct ClientAnswer {
  int status = 0;
  std::string body;
};

Result<ClientAnswer> send_request(const ClientRequest& request);

}  // namespace eyrie::net
