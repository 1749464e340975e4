#include "app/console/console.h"

#include "analysis/analyze_image.h"
#include "api/console/console_service.h"

namespace eyrie::app {

std::filesystem::path console_audit_file(const std::filesystem::path& data) {
  return data / "audit" / "console.jsonl";
}

Console::Console(const Parts& parts)
    : store_(parts.store),
      access_(parts.access),
      traces_(parts.traces),
      index_(parts.store.items()),
      items_(parts.store.items(), index_),
      awaited_(parts.store.objects(), index_),
      gallery_{.objects = parts.store.objects(),
               .items = items_,
               .events = parts.store.events(),
               .index = index_,
               .keys = parts.keys,
               .thumbnails = thumbnails_,
               .signer = parts.signer,
               .watchers = watchers_} {
  store_.watch_objects(&awaited_);
}

Console::~Console() { store_.watch_objects(nullptr); }

Status Console::read_pictures() {
  EYRIE_CHECK_OK(index_.read_all());
  constexpr std::size_t kAtOnce = 500;
  for (std::int64_t last = 0;;) {
    EYRIE_TRY(const auto events, store_.waiting_events(std::string(analysis::kAnalyzeImage), last, kAtOnce));
    if (events.empty() || index_.stopped()) return {};
    for (const store::Event& event : events) awaited_.waits(event);
    last = events.back().id;
  }
}

Result<std::unique_ptr<Console>> Console::open(const std::filesystem::path& data, const Parts& parts) {
  std::unique_ptr<Console> console(new Console(parts));
  store::RecordStore& records = parts.store.records();
  EYRIE_TRY(console->users_, iam::console::ConsoleUsers::open(records));
  EYRIE_TRY(console->sessions_, iam::console::Sessions::open(records));
  EYRIE_TRY(console->done_, iam::AuditLog::open(console_audit_file(data), {}));
  console->sign_in_ = std::make_unique<iam::console::SignIn>(iam::console::SignIn::Parts{.users = *console->users_,
                                                                                         .sessions = *console->sessions_,
                                                                                         .hasher = console->hasher_,
                                                                                         .throttle = console->throttle_,
                                                                                         .link = console->token_,
                                                                                         .access = parts.access,
                                                                                         .done = *console->done_});
  return console;
}

void Console::add_to(api::Gateway& gateway, net::MemoryBudget& budget, notify::rules::AlertRules* alerts, api::console::Administration administration,
                     api::console::Monitoring monitoring) {
  administration_.emplace(std::move(administration));
  monitoring_.emplace(std::move(monitoring));
  const api::console::Backend backend{.users = *users_,
                                      .sessions = *sessions_,
                                      .sign_in = *sign_in_,
                                      .hasher = hasher_,
                                      .access = access_,
                                      .alerts = alerts,
                                      .gallery = &gallery_,
                                      .administration = &*administration_,
                                      .monitoring = &*monitoring_,
                                      .traces = &traces_};
  gateway.add_own_service(api::console::kApiPath, std::make_unique<api::console::ConsoleService>(backend, budget));
}

}  // namespace eyrie::app
