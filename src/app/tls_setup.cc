#include "app/tls_setup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "app/data_directory.h"
#include "base/log.h"
#include "net/tls/own_certificate.h"

namespace eyrie::app {
namespace {

constexpr int kRenewDays = 30;

std::vector<std::string> own_names(const Config& config) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0 && host[0] != '\0') names.emplace_back(host.data());
  if (config.host != "0.0.0.0" && config.host != "::") names.push_back(config.host);
  return names;
}

Status require_private(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077) != 0)
    return fail(Code::kPermissionDenied, file + " may be read by others; make it mode 0600");
  return {};
}

Result<TlsSetup> own_certificate(const Config& config, const std::filesystem::path& data) {
  const std::string authority = (data / "tls-ca.pem").string(), certificate = (data / "tls-cert.pem").string(),
                    key = (data / "tls-key.pem").string();
  EYRIE_CHECK_OK(require_private(key));
  const std::vector<std::string> names = own_names(config);
  const auto trusted = read_file(authority), there = read_file(certificate);
  if (trusted && there && there->ends_with(*trusted) && net::certificate_serves(*there, names, kRenewDays)) {
    if (auto context = net::TlsContext::load(certificate, key)) return TlsSetup{std::move(*context), authority};
  }
  EYRIE_TRY(const net::OwnCertificate made, net::make_own_certificate(names));
  EYRIE_CHECK_OK(replace_file(key, made.key));
  EYRIE_CHECK_OK(replace_file(certificate, made.certificate));
  EYRIE_CHECK_OK(replace_file(authority, made.authority));
  log_info("a certificate was made", {{"certificate", certificate}, {"authority", authority}});
  EYRIE_TRY(auto context, net::TlsContext::load(certificate, key));
  return TlsSetup{std::move(context), authority};
}

}  // namespace

Result<TlsSetup> set_up_tls(const Config& config, const std::filesystem::path& data) {
  if (config.tls_self_signed) return own_certificate(config, std::filesystem::absolute(data));
  if (!config.uses_tls()) return TlsSetup{};
  EYRIE_TRY(auto context, net::TlsContext::load(config.tls_certificate, config.tls_key));
  return TlsSetup{std::move(context), ""};
}

}  // namespace eyrie::app
