// Settings as they are shown to people: each under its name in the file, with its value and whence that comes. Secrets are not among the values.
// Thread-safe: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/config/config.h"
#include "base/json.h"

namespace eyrie {

enum class SettingFrom {
  kDefault,
  kFile,
  kCommandLine,
  kMachine,  // made out of what the machine has, as nothing else was said
};
std::string_view setting_from_name(SettingFrom from);  // "default", "file", "command line", "machine"

struct Setting {
  std::string name;   // "server.workers"
  json::value value;  // text, number, flag or a list of numbers; of a secret null
  bool secret = false;
  bool set = true;  // of a secret: whether there is one
  SettingFrom from = SettingFrom::kDefault;
};

// `file`: what the file alone says; `asked`: with the command line; `effective`: what the server runs with. A value that the file sets to its default counts
// as default.
std::vector<Setting> shown_settings(const Config& file, const Config& asked, const Config& effective);

}  // namespace eyrie
