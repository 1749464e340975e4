// The HTTP client: requests to servers that somebody has named, over libcurl's multi interface, and mail over SMTP by the same.
//
//   client.send({.url = "https://example.com/hook", .body = text}, [](Result<ClientResponse> response) { ... });
//
// Requests go to http and https alone, over HTTP/1.1, through no proxy; a redirection is an answer like any other and is not followed; of an
// answer's body the first `max_answer` bytes are kept and the transfer ends there. Certificates are verified, against the system's authorities and those given.
// Errors: kDeadlineExceeded - not done in the time given; kUnavailable - no connection, or it broke, or TLS failed, or the client was stopped;
// kInvalidArgument - no such URL; kPermissionDenied - no address of its host may be connected to; kFailedPrecondition - a mail server refused for good (5xx), which no retry can mend.
// Threads: one of its own, which calls `done`; it must not block for long. Thread safety: all of it.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::net {

struct ClientRequest {
  std::string url;  // may hold user and password, for basic or digest authentication
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};  // sent by POST
  std::chrono::milliseconds timeout = std::chrono::seconds(15);
  std::size_t max_answer = 16 << 10;
};

struct ClientResponse {
  int status = 0;
  std::string body;
};

struct MailServer {
  std::string url;  // "smtp://host:25", "smtps://host:465"; empty: none
  std::string user, password;
  std::string from;
  bool require_tls = false;  // STARTTLS, or no mail
};

struct Mail {
  std::string to;
  std::string message;  // RFC 5322: header fields, an empty line, the body; lines end with CR LF
};

// Whether the text is an absolute http or https URL with a host, without control characters, spaces or a fragment.
bool is_http_url(const std::string& url);

// A file of authorities' certificates; "" names none. Error: kNotFound.
Result<std::string> read_authorities(const std::string& file);

class HttpClient {
 public:
  struct Options {
    std::string authorities;  // PEM: trusted beside the system's; empty: none
    // Whether requests (not mail) may go to the address that a URL's host turned out to have; empty: to any. Asked on the client's thread, before anything is sent.
    std::function<bool(const sockaddr& address)> may_connect = {};
  };
  static Result<std::unique_ptr<HttpClient>> start(const Options& options);
  virtual ~HttpClient() = default;  // ends what is on its way with kUnavailable

  virtual void send(ClientRequest request, std::function<void(Result<ClientResponse>)> done) = 0;
  virtual void send_mail(const MailServer& server, Mail mail, std::function<void(Status)> done) = 0;
};

}  // namespace eyrie::net
