// The settings that the server runs with, and whence each comes. They are changed in the file, and hold after a start.
#include "api/console/operations.h"

namespace eyrie::api::console {

Outcome<Answer> list_settings(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("console:ListSettings", aws::regional_arn("eyrie", "settings")));
  json::array settings;
  for (const Setting& setting : administration->settings.all) {
    settings.push_back(json::object{{"name", setting.name}, {"value", setting.value}, {"secret", setting.secret}, {"set", setting.set}, {"from", setting_from_name(setting.from)}});
  }
  return Answer{.body = json::object{{"version", administration->settings.version},
                                     {"data", administration->settings.data},
                                     {"file", administration->settings.file},
                                     {"settings", std::move(settings)}}};
}

}  // namespace eyrie::api::console
