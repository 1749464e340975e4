#include "net/client/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "base/free.h"
#include "net/client/address_rules.h"

namespace eyrie::net {
namespace {

constexpr std::chrono::seconds kMailTimeout{60};
constexpr std::chrono::seconds kConnectTimeout{10};
constexpr int kPollMs = 1000;

using Easy = std::unique_ptr<CURL, Free<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Free<curl_multi_cleanup>>;
using List = std::unique_ptr<curl_slist, Free<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Free<curl_url_cleanup>>;

// One request or mail on its way. The handle points into it, so it stays where it is.
struct Transfer {
  Easy handle{curl_easy_init()};
  List list;  // header fields, or recipients
  std::string body;
  std::size_t sent = 0;
  std::string answer;
  std::size_t max_answer = 0;
  bool mail = false;
  bool cut = false;  // the answer was longer than it may be
  const std::function<bool(const sockaddr&)>* may_connect = nullptr;
  std::string refused;  // the last address that may not be connected to
  std::function<void(Result<ClientResponse>)> done;
};
using TransferPtr = std::unique_ptr<Transfer>;

void add_to(List& list, const std::string& text) {
  if (curl_slist* longer = curl_slist_append(list.get(), text.c_str())) {
    list.release();
    list.reset(longer);
  }
}

std::size_t take_answer(char* data, std::size_t, std::size_t size, void* transfer) {
  auto& into = *static_cast<Transfer*>(transfer);
  const std::size_t room = into.max_answer - into.answer.size();
  into.answer.append(data, std::min(size, room));
  into.cut = size > room;
  return into.cut ? 0 : size;
}

std::size_t give_body(char* into, std::size_t, std::size_t room, void* transfer) {
  auto& from = *static_cast<Transfer*>(transfer);
  const std::size_t size = std::min(room, from.body.size() - from.sent);
  std::memcpy(into, from.body.data() + from.sent, size);
  from.sent += size;
  return size;
}

// In place of libcurl's own socket(): called with each address that is about to be tried.
curl_socket_t open_socket(void* transfer, curlsocktype, curl_sockaddr* address) {
  auto& of = *static_cast<Transfer*>(transfer);
  if (!(*of.may_connect)(address->addr)) {
    of.refused = address_text(address->addr);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// `connected`: libcurl also says that a protocol is unsupported where a server answered what is no HTTP.
Error error_of(CURLcode code, long smtp_status, bool connected) {
  const std::string message = curl_easy_strerror(code);
  if (code == CURLE_OPERATION_TIMEDOUT) return {Code::kDeadlineExceeded, message};
  if (!connected && (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)) return {Code::kInvalidArgument, message};
  if (smtp_status >= 500 && smtp_status < 600) return {Code::kFailedPrecondition, "the mail server answered " + std::to_string(smtp_status)};
  return {Code::kUnavailable, message};
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(const Options& options) : authorities_(options.authorities), may_connect_(options.may_connect), multi_(curl_multi_init()) {
    thread_ = std::thread([this] { run(); });
  }
  ~CurlClient() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }

  void send(ClientRequest request, std::function<void(Result<ClientResponse>)> done) override {
    auto transfer = std::make_unique<Transfer>();
    transfer->done = std::move(done);
    transfer->body = std::move(request.body);
    transfer->max_answer = request.max_answer;
    add_to(transfer->list, "Expect:");  // no waiting for 100
    for (const auto& [name, value] : request.headers) add_to(transfer->list, name + ": " + value);
    CURL* const handle = transfer->handle.get();
    prepare(*transfer, request.url, "http,https", request.timeout);
    if (may_connect_) {
      transfer->may_connect = &may_connect_;
      curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
      curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, transfer.get());
    }
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC | CURLAUTH_DIGEST));
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer->body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer->body.size()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, transfer->list.get());
    add(std::move(transfer));
  }

  void send_mail(const MailServer& server, Mail mail, std::function<void(Status)> done) override {
    auto transfer = std::make_unique<Transfer>();
    transfer->done = [done = std::move(done)](const Result<ClientResponse>& outcome) { done(outcome ? Status() : fail(outcome.error())); };
    transfer->body = std::move(mail.message);
    transfer->mail = true;
    add_to(transfer->list, mail.to);
    CURL* const handle = transfer->handle.get();
    prepare(*transfer, server.url, "smtp,smtps", kMailTimeout);
    if (!server.user.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(server.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, server.from.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, transfer->list.get());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(handle, CURLOPT_READDATA, transfer.get());
    add(std::move(transfer));
  }

 private:
  void prepare(Transfer& transfer, const std::string& url, const char* protocols, std::chrono::milliseconds timeout) const {
    CURL* const handle = transfer.handle.get();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::chrono::milliseconds(kConnectTimeout).count()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
    if (authorities_.empty()) return;
    curl_blob blob{.data = const_cast<char*>(authorities_.data()), .len = authorities_.size(), .flags = CURL_BLOB_NOCOPY};
    curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
  }

  void add(TransferPtr transfer) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) added_.push_back(std::move(transfer));
    }
    if (transfer) return transfer->done(fail(Code::kUnavailable, "the client was stopped"));
    curl_multi_wakeup(multi_.get());
  }

  void run() {
    while (take_added()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      finish_done();
      curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
    }
    for (auto& [handle, transfer] : working_) {
      curl_multi_remove_handle(multi_.get(), handle);
      transfer->done(fail(Code::kUnavailable, "the client was stopped"));
    }
    working_.clear();
  }

  // False once it is time to stop.
  bool take_added() {
    std::vector<TransferPtr> added;
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      added.swap(added_);
      stopping = stopping_;
    }
    for (TransferPtr& transfer : added) {
      CURL* const handle = transfer->handle.get();
      const auto place = working_.emplace(handle, std::move(transfer)).first;
      if (curl_multi_add_handle(multi_.get(), handle) == CURLM_OK) continue;
      place->second->done(fail(Code::kUnavailable, "libcurl takes no more transfers"));
      working_.erase(place);
    }
    return !stopping;
  }

  void finish_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* const handle = message->easy_handle;
      const auto found = working_.find(handle);
      if (found == working_.end()) continue;
      const TransferPtr transfer = std::move(found->second);
      working_.erase(found);
      long status = 0;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      const char* address = nullptr;
      curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &address);
      const bool connected = address != nullptr && *address != '\0';
      curl_multi_remove_handle(multi_.get(), handle);
      const bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer->cut);
      if (answered) {
        transfer->done(ClientResponse{.status = static_cast<int>(status), .body = std::move(transfer->answer)});
      } else if (code == CURLE_COULDNT_CONNECT && !transfer->refused.empty()) {
        transfer->done(fail(Code::kPermissionDenied, "requests may not go to " + transfer->refused));
      } else {
        transfer->done(fail(error_of(code, transfer->mail ? status : 0, connected)));
      }
    }
  }

  const std::string authorities_;
  const std::function<bool(const sockaddr&)> may_connect_;
  const Multi multi_;
  std::mutex mutex_;
  std::vector<TransferPtr> added_;  // guarded by mutex_
  bool stopping_ = false;           // guarded by mutex_
  std::map<CURL*, TransferPtr> working_;  // the thread's alone
  std::thread thread_;
};

}  // namespace

bool is_http_url(const std::string& url) {
  const bool plain = std::ranges::all_of(url, [](unsigned char c) { return c > ' ' && c != 0x7f; });
  if (!plain || url.contains('#') || !(url.starts_with("http://") || url.starts_with("https://"))) return false;
  if (url.contains(":///")) return false;  // libcurl would take what follows for the host
  const Url parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  char* host = nullptr;
  const bool has_host = curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) == CURLUE_OK && host != nullptr && *host != '\0';
  curl_free(host);
  return has_host;
}

Result<std::string> read_authorities(const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "cannot read the authorities' certificates in " + file);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::unique_ptr<HttpClient>> HttpClient::start(const Options& options) {
  // Once a process, and never undone: threads may be using it.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return fail(Code::kInternal, "libcurl cannot start");
  return std::make_unique<CurlClient>(options);
}

}  // namespace eyrie::net
