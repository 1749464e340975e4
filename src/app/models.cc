#include <cstdio>
#include <iostream>

#include "app/commands.h"
#include "app/data_directory.h"
#include "vision/local_recognizer.h"

namespace eyrie::app {
namespace {

// "loaded" where the running server has the model in memory, else "installed" or "not installed".
std::string state_of(const vision::ModelStatus& model, const std::optional<RunningServer>& server) {
  if (!model.installed) return "not installed";
  if (server) {
    const json::value* state = server->models.if_contains(model.id);
    if (state != nullptr && state->is_string()) return std::string(state->get_string());
  }
  return "installed";
}

}  // namespace

int list_models(const ModelsArguments& arguments) {
  auto recognizer = vision::LocalRecognizer::open({});
  if (!recognizer) {
    std::cerr << "eyrie: " << recognizer.error().message << "\n";
    return 1;
  }
  const auto server = running_server(arguments.data);
  if (arguments.json) {
    json::array list;
    for (const vision::ModelStatus& model : (*recognizer)->models()) {
      list.push_back(json::object{{"Id", model.id},
                                  {"Title", model.title},
                                  {"Task", model.task},
                                  {"Role", model.role},
                                  {"Set", model.set},
                                  {"Bytes", model.bytes},
                                  {"Licence", model.licence},
                                  {"Package", model.package},
                                  {"State", state_of(model, server)}});
    }
    std::cout << write_json(list) << "\n";
    return 0;
  }
  std::printf("%-26s %-8s %-9s %9s  %-14s %s\n", "MODEL", "TASK", "SET", "SIZE", "STATE", "LICENCE OF THE WEIGHTS");
  for (const vision::ModelStatus& model : (*recognizer)->models()) {
    std::printf("%-26s %-8s %-9s %6.1f MB  %-14s %s\n", model.id.c_str(), model.task.c_str(), model.set.c_str(),
                static_cast<double>(model.bytes) / 1e6, state_of(model, server).c_str(), model.licence.c_str());
  }
  return 0;
}

}  // namespace eyrie::app
