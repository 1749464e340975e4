// The certificate that `eyrie serve` shows: a given one, or one of its own that lies in the data directory.
//
//   tls-ca.pem     what clients trust (AWS_CA_BUNDLE)
//   tls-cert.pem   the server's certificate
//   tls-key.pem    its key
//
// All mode 0600. They are made anew where they are missing, do not belong together, end within 30 days, or lack one of
// localhost, 127.0.0.1, ::1, the host's name and the address listened on. Thread safety: none needed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/config/config.h"
#include "base/result.h"
#include "net/tls/tls_context.h"

namespace eyrie::app {

struct TlsSetup {
  std::shared_ptr<net::TlsContext> context;  // null: plain HTTP
  std::string authority_file;                // what clients must be told to trust; empty: nothing
};

// Call with the data directory locked.
Result<TlsSetup> set_up_tls(const Config& config, const std::filesystem::path& data);

}  // namespace eyrie::app
