// What the file of the master keys is sealed by, out of the settings and the environment.
//
//   EYRIE_MASTER_KEY          32 bytes in base64: seals master.key
//   EYRIE_NEW_MASTER_KEY      what `eyrie keys rotate --to environment` seals it by from then on, where that is to change
//   EYRIE_KMS_ACCESS_KEY_ID, EYRIE_KMS_SECRET_ACCESS_KEY, EYRIE_KMS_SESSION_TOKEN   credentials for the KMS elsewhere, instead of a file
//
// Thread safety: take_secrets_from_environment() comes before any thread; the rest is constant.
#pragma once

#include <memory>
#include <optional>

#include "aws/kms/kms_key_source.h"
#include "base/config/config.h"
#include "store/embedded.h"

namespace eyrie::app {

// Keeps these variables for the process alone: children do not inherit them, and /proc/PID/environ, which shows what a process was started with, has zeros in
// their place. (Whoever may read the process's memory can still have them.)
void take_secrets_from_environment();

class MasterKeySources {
 public:
  explicit MasterKeySources(const Config& config);

  // For opening a data directory. Valid as long as this.
  Result<store::MasterKeyOptions> for_serving() const;
  // Both keys of the environment may have sealed it: before a rotation that was cut off, or after.
  Result<store::MasterKeyOptions> for_rotating() const;
  // What to seal by: "file" (null), "environment", "kms".
  Result<const crypto::KeySource*> target(const std::string& kind) const;
  bool has_given_key() const { return given_.has_value(); }

 private:
  std::string required_;
  std::optional<crypto::GivenKey> given_, given_new_;
  std::optional<aws::KmsKeySource> kms_;
  Status problem_;  // with what was configured
};

}  // namespace eyrie::app
