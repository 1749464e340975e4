#include "iam/root_key_use.h"

#include "base/json.h"
#include "base/log.h"

namespace eyrie::iam {
namespace {

constexpr const char* kRootKind = "iam.root";
constexpr const char* kName = "use";
constexpr std::int64_t kWrittenEveryMs = 3'600'000;
constexpr std::int64_t kNotedEveryMs = 1'000;

}  // namespace

Result<std::unique_ptr<RootKeyUse>> RootKeyUse::open(store::RecordStore& records, const std::string& key_id, const Clock& clock) {
  std::unique_ptr<RootKeyUse> use(new RootKeyUse(records, key_id, clock));
  EYRIE_CHECK_OK(use->load());
  return use;
}

Status RootKeyUse::load() {
  EYRIE_TRY(const auto records, records_.records(kRootKind));
  for (const store::Record& record : records) {
    const auto parsed = parse_json(record.value);
    if (!parsed || !parsed->is_object()) return fail(Code::kCorrupt, "the record of the root key's use is damaged");
    const json::object& object = parsed->get_object();
    if (text_of(object, "key") != key_id_) continue;
    last_ = {.time_ms = number_of(object, "used_ms"), .service = text_of(object, "service"), .region = text_of(object, "region")};
    written_use_ms_ = last_.time_ms;
  }
  return {};
}

void RootKeyUse::note(std::string_view service, std::string_view region) {
  const std::int64_t now = clock_.now_ms();
  {
    const std::lock_guard lock(mutex_);
    if (now - last_.time_ms < kNotedEveryMs && last_.service == service && last_.region == region) return;
    last_ = {.time_ms = now, .service = std::string(service), .region = std::string(region)};
    if (now - written_use_ms_ < kWrittenEveryMs) return;
    written_use_ms_ = now;
  }
  const std::lock_guard writing(writing_);
  const LastUse use = last();
  const json::object object{{"key", key_id_}, {"used_ms", use.time_ms}, {"service", use.service}, {"region", use.region}};
  if (const Status written = records_.apply({{.kind = kRootKind, .name = kName, .value = write_json(object)}}); !written)
    log_warning("the root key's last use was not written", {{"error", written.error().message}});
}

LastUse RootKeyUse::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace eyrie::iam
