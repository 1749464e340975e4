#include <iostream>

#include "app/commands.h"
#include "app/data_directory.h"

namespace eyrie::app {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace

int print_environment(const std::string& data) {
  const auto server = running_server(data);
  if (!server) {
    std::cerr << "eyrie: no server runs on " << data << "; start one with: eyrie serve --data " << data << "\n";
    return 1;
  }
  const auto key = load_root_key(data);
  if (!key) {
    std::cerr << "eyrie: " << key.error().message << "\n";
    return 1;
  }
  // Nothing of these needs quoting: the endpoint and the key are made of letters, digits and :/.[]=.
  std::cout << "export AWS_ENDPOINT_URL='" << server->endpoint << "'\n"
            << "export AWS_REGION=us-east-1\n"
            << "export AWS_DEFAULT_REGION=us-east-1\n"
            << "export AWS_ACCESS_KEY_ID='" << key->access_key << "'\n"
            << "export AWS_SECRET_ACCESS_KEY='" << key->secret_key << "'\n"
            << "unset AWS_SESSION_TOKEN AWS_PROFILE\n";
  if (!server->authority_file.empty()) {
    const std::string authority = quoted(server->authority_file);
    std::cout << "export AWS_CA_BUNDLE=" << authority << "\n"
              << "export NODE_EXTRA_CA_CERTS=" << authority << "\n";  // the SDK for JavaScript knows no AWS_CA_BUNDLE
  }
  return 0;
}

}  // namespace eyrie::app
