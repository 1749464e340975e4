// The console's users, sessions and API as `eyrie serve` puts them together. Thread safety: start to stop on one thread; what it adds to the
// gateway is thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "analysis/pictures/awaited_pictures.h"
#include "analysis/pictures/picture_index.h"
#include "api/console/administration/administration.h"
#include "api/console/dashboard/dashboard.h"
#include "api/console/pictures/gallery.h"
#include "api/gateway.h"
#include "iam/console/sign_in.h"
#include "monitor/traces/traces.h"
#include "notify/rules/alert_rules.h"
#include "store/embedded.h"

namespace eyrie::app {

// Where the audit log says what was done in the console, and with `eyrie users`.
std::filesystem::path console_audit_file(const std::filesystem::path& data);

class Console {
 public:
  // All must outlive it.
  struct Parts {
    store::EmbeddedStore& store;
    const iam::AccessControl& access;
    const iam::ObjectKeys& keys;
    aws::Credentials signer;  // of presigned URLs
    monitor::Traces& traces;
  };
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  static Result<std::unique_ptr<Console>> open(const std::filesystem::path& data, const Parts& parts);

  // The store's tables; records must be written by way of this for the gallery to see them.
  store::ItemTable& items() { return items_; }
  // Takes the records that are there into the gallery, and the uploads that still wait for one: once, on any thread.
  Status read_pictures();
  void add_to(api::Gateway& gateway, net::MemoryBudget& budget, notify::rules::AlertRules* alerts, api::console::Administration administration,
              api::console::Monitoring monitoring);
  // Ends the streams, so that the server need not wait for them.
  void stop() { index_.stop(); }
  // What opens the console once, for 15 minutes, to whoever has it.
  std::string link(const std::string& endpoint) { return endpoint + "/_console/#/sign-in?token=" + token_.issue(); }

 private:
  explicit Console(const Parts& parts);

  store::EmbeddedStore& store_;
  const iam::AccessControl& access_;
  monitor::Traces& traces_;
  analysis::PictureIndex index_;
  analysis::IndexedItems items_;
  analysis::AwaitedPictures awaited_;
  api::console::Thumbnails thumbnails_;
  std::atomic<int> watchers_{0};
  const api::console::Gallery gallery_;
  std::optional<api::console::Administration> administration_;  // once it was added to the gateway
  std::optional<api::console::Monitoring> monitoring_;          // the same
  std::unique_ptr<iam::console::ConsoleUsers> users_;
  std::unique_ptr<iam::console::Sessions> sessions_;
  std::unique_ptr<iam::AuditLog> done_;
  crypto::PasswordHasher hasher_;
  iam::console::Throttle throttle_;
  iam::console::OneTimeToken token_;
  std::unique_ptr<iam::console::SignIn> sign_in_;
};

}  // namespace eyrie::app
