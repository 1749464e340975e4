#include "net/client/http_client.h"

#include <curl/curl.h>

#include <memory>

namespace eyrie::net {
namespace {

struct Gathered {
  std::string body;
  std::size_t most = 0;
  bool too_large = false;
};

std::size_t gather(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& gathered = *static_cast<Gathered*>(into);
  gathered.too_large = gathered.too_large || size * count > gathered.most - gathered.body.size();
  if (gathered.too_large) return 0;
  gathered.body.append(bytes, size * count);
  return size * count;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Lines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

Lines header_lines(const Headers& headers) {
  Lines lines(nullptr, curl_slist_free_all);
  const auto add = [&lines](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(lines.get(), line.c_str())) {
      lines.release();
      lines.reset(longer);
    }
  };
  for (const auto& [name, value] : headers) add(name + ": " + value);
  add("Expect:");  // it would wait a second for servers that do not know it
  return lines;
}

Error error_of(CURLcode outcome, const std::string& url, const char* detail, bool too_large) {
  const std::string what = url + ": " + (*detail != '\0' ? detail : curl_easy_strerror(outcome));
  if (too_large) return {Code::kTooLarge, url + ": the answer is too long"};
  if (outcome == CURLE_OPERATION_TIMEDOUT) return {Code::kDeadlineExceeded, what};
  if (outcome == CURLE_URL_MALFORMAT || outcome == CURLE_UNSUPPORTED_PROTOCOL) return {Code::kInvalidArgument, what};
  return {Code::kUnavailable, what};
}

}  // namespace

Result<ClientAnswer> send_request(const ClientRequest& request) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle handle(kReady == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!handle) return fail(Code::kInternal, "libcurl does not start");
  CURL* curl = handle.get();
  const Lines lines = header_lines(request.headers);
  Gathered gathered{.body = {}, .most = request.max_answer_bytes};
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_time.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.time.count()));
  if (!request.authority_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.authority_file.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gather);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &gathered);
  const CURLcode outcome = curl_easy_perform(curl);
  if (outcome != CURLE_OK) return fail(error_of(outcome, request.url, detail, gathered.too_large));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return ClientAnswer{.status = static_cast<int>(status), .body = std::move(gathered.body)};
}

}  // namespace eyrie::net
