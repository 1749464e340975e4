#include "app/master_key.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "app/data_directory.h"

namespace eyrie::app {
namespace {

constexpr const char* kGiven = "EYRIE_MASTER_KEY";
constexpr const char* kGivenNew = "EYRIE_NEW_MASTER_KEY";
constexpr const char* kAccessKey = "EYRIE_KMS_ACCESS_KEY_ID";
constexpr const char* kSecret = "EYRIE_KMS_SECRET_ACCESS_KEY";
constexpr const char* kToken = "EYRIE_KMS_SESSION_TOKEN";

std::map<std::string, std::string>& taken() {
  static std::map<std::string, std::string> values;
  return values;
}

const std::string& taken(const char* name) {
  static const std::string kNone;
  const auto found = taken().find(name);
  return found == taken().end() ? kNone : found->second;
}

void read_given(const char* name, std::optional<crypto::GivenKey>& into, Status& problem) {
  const std::string& text = taken(name);
  if (text.empty()) return;
  auto key = crypto::GivenKey::parse(text, name);
  if (key) into = *std::move(key);
  else problem = fail(key.error());
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// As AWS's tools write it: lines of `name = value`; those of the section [default], or of none.
Result<aws::Credentials> read_credentials(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(system_error("no credentials for the KMS at " + path, errno));
  if ((status.st_mode & 077) != 0) return fail(Code::kPermissionDenied, path + " may be read by others; make it mode 0600");
  EYRIE_TRY(std::string content, read_file(path));
  aws::Credentials credentials;
  bool counts = true;
  for (std::string_view rest = content; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.starts_with('[')) counts = line == "[default]";
    const std::size_t equals = line.find('=');
    if (!counts || line.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, equals)), value = trimmed(line.substr(equals + 1));
    if (name == "aws_access_key_id") credentials.access_key = value;
    if (name == "aws_secret_access_key") credentials.secret = value;
    if (name == "aws_session_token") credentials.session_token = value;
  }
  OPENSSL_cleanse(content.data(), content.size());
  return credentials;
}

Result<aws::Credentials> kms_credentials(const Config& config) {
  aws::Credentials credentials{.access_key = taken(kAccessKey), .secret = taken(kSecret), .session_token = taken(kToken)};
  if (credentials.access_key.empty() && !config.kms_credentials.empty()) {
    EYRIE_TRY(credentials, read_credentials(config.kms_credentials));
  }
  if (!credentials.access_key.empty() && !credentials.secret.empty()) return credentials;
  return fail(Code::kInvalidArgument, std::string("the KMS needs credentials: ") + kAccessKey + " and " + kSecret + " in the environment, or the file master_key.kms_credentials");
}

}  // namespace

void take_secrets_from_environment() {
  for (const char* name : {kGiven, kGivenNew, kAccessKey, kSecret, kToken}) {
    char* value = std::getenv(name);
    if (value == nullptr) continue;
    taken()[name] = value;
    OPENSSL_cleanse(value, std::strlen(value));
    ::unsetenv(name);
  }
}

MasterKeySources::MasterKeySources(const Config& config) : required_(config.key_source) {
  read_given(kGiven, given_, problem_);
  read_given(kGivenNew, given_new_, problem_);
  if (config.kms_endpoint.empty()) return;
  auto credentials = kms_credentials(config);
  if (!credentials) {
    problem_ = fail(credentials.error());
    return;
  }
  kms_.emplace(aws::KmsOptions{.endpoint = config.kms_endpoint,
                               .region = config.kms_region,
                               .key = config.kms_key,
                               .credentials = *std::move(credentials),
                               .authority_file = config.kms_authorities});
}

Result<store::MasterKeyOptions> MasterKeySources::for_serving() const {
  EYRIE_CHECK_OK(problem_);
  store::MasterKeyOptions options{.required = required_};
  if (given_) options.sources.push_back(&*given_);
  if (kms_) options.sources.push_back(&*kms_);
  EYRIE_TRY(options.seal_new, target(!required_.empty() ? required_ : given_ ? "environment" : "file"));
  return options;
}

Result<store::MasterKeyOptions> MasterKeySources::for_rotating() const {
  EYRIE_CHECK_OK(problem_);
  store::MasterKeyOptions options;
  if (given_) options.sources.push_back(&*given_);
  if (given_new_) options.sources.push_back(&*given_new_);
  if (kms_) options.sources.push_back(&*kms_);
  return options;
}

Result<const crypto::KeySource*> MasterKeySources::target(const std::string& kind) const {
  if (kind == crypto::KeyRing::kInClear) return nullptr;
  if (kind == aws::KmsKeySource::kKind) {
    if (kms_) return &*kms_;
    return fail(Code::kInvalidArgument, "the settings name no KMS: [master_key] needs kms_endpoint and kms_key");
  }
  if (given_new_) return &*given_new_;
  if (given_) return &*given_;
  return fail(Code::kInvalidArgument, std::string(kGiven) + " is not set: 32 random bytes in base64, as `head -c 32 /dev/urandom | base64` makes them");
}

}  // namespace eyrie::app
