#include "iam/roles/sessions.h"

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"
#include "iam/key_material.h"

namespace eyrie::iam {
namespace {

constexpr std::size_t kTokenBytes = 48;

// Not by the bytes themselves, whose comparison ends at the first that differs.
bool same(const std::string& a, const std::string& b) { return crypto::sha256(as_bytes(a)) == crypto::sha256(as_bytes(b)); }

}  // namespace

Result<SessionCredential> Sessions::begin(const std::string& role_arn, const std::string& session_name, std::int64_t lifetime_ms) {
  EYRIE_TRY(const Role role, roles_.by_arn(role_arn));
  std::array<std::uint8_t, kTokenBytes> token{};
  fill_random(token);
  const SessionCredential credential{.access_key = make_id("ASIA", 16),
                                     .secret = make_secret(),
                                     .token = base64_encode(token),
                                     .expires_ms = clock_.now_ms() + lifetime_ms};
  const std::string name = role.name + "/" + session_name;
  Known known{.credential = credential,
              .principal = {.kind = Principal::Kind::kRole,
                            .name = name,
                            .id = role.id + ":" + session_name,
                            .arn = "arn:aws:sts::" + std::string(aws::kAccount) + ":assumed-role/" + name},
              .role = role.name,
              .role_id = role.id};
  const std::unique_lock lock(mutex_);
  std::erase_if(sessions_, [now = clock_.now_ms()](const auto& entry) { return entry.second.credential.expires_ms <= now; });
  sessions_[credential.access_key] = std::move(known);
  return credential;
}

void Sessions::end(const std::string& access_key) {
  const std::unique_lock lock(mutex_);
  sessions_.erase(access_key);
}

std::optional<Sessions::Session> Sessions::find(const std::string& access_key, const std::string& token) const {
  const std::shared_lock lock(mutex_);
  const auto found = sessions_.find(access_key);
  if (found == sessions_.end()) return std::nullopt;
  const Known& known = found->second;
  if (!same(known.credential.token, token) || known.credential.expires_ms <= clock_.now_ms()) return std::nullopt;
  return Session{.credential = known.credential, .principal = known.principal, .policies = roles_.policies_of(known.role, known.role_id)};
}

}  // namespace eyrie::iam
