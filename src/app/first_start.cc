#include "app/first_start.h"

#include "analysis/record.h"

namespace eyrie::app {
namespace {

constexpr const char* kFurnished = "furnished";
constexpr const char* kBucket = "images";

Status unless_there(Status made) {
  if (!made && made.error().code == Code::kAlreadyExists) return {};
  return made;
}

}  // namespace

Status prepare_first_start(store::EmbeddedStore& store) {
  EYRIE_TRY(const auto furnished, store.setting(kFurnished));
  if (furnished) return {};
  EYRIE_CHECK_OK(unless_there(store.objects().create_bucket(kBucket)));
  EYRIE_CHECK_OK(unless_there(store.items().create_table(analysis::record_table())));
  const store::NotificationRule rule{.bucket = kBucket,
                                     .function = "analyze-image",
                                     .events = {"ObjectCreated:*"},
                                     .prefixes = {"uploads/", "raw-uploads/"},
                                     .suffixes = {".jpg", ".jpeg", ".png", ".webp"},
                                     .ignore_case = true};
  EYRIE_CHECK_OK(store.set_rules(kBucket, {rule}));
  return store.set_setting(kFurnished, "1");
}

}  // namespace eyrie::app
