#include "iam/roles/sessions.h"

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"
#include "iam/key_material.h"
#include "iam/roles/session_tokens.h"

namespace eyrie::iam {
namespace {

constexpr std::size_t kTokenBytes = 48;

// Not by the bytes themselves, whose comparison ends at the first that differs.
bool same(const std::string& a, const std::string& b) { return crypto::sha256(as_bytes(a)) == crypto::sha256(as_bytes(b)); }

Principal principal_of_role(const Role& role, const std::string& session_name) {
  return Principal::role_session(role.name + "/" + session_name, role.id + ":" + session_name, role.arn());
}

Sessions::Given sealed(const SessionTokens& tokens, SessionContent content, Principal principal, std::int64_t now_ms, std::int64_t lifetime_ms) {
  content.access_key = make_id("ASIA", 16);
  content.secret = make_secret();
  content.issued_ms = now_ms;
  content.expires_ms = now_ms + lifetime_ms;
  return {.credential = {.access_key = content.access_key, .secret = content.secret, .token = tokens.seal(content), .expires_ms = content.expires_ms},
          .principal = std::move(principal)};
}

}  // namespace

Result<SessionCredential> Sessions::begin(const std::string& role_arn, const std::string& session_name, std::int64_t lifetime_ms) {
  EYRIE_TRY(const Role role, roles_.by_arn(role_arn));
  std::array<std::uint8_t, kTokenBytes> token{};
  fill_random(token);
  const SessionCredential credential{.access_key = make_id("ASIA", 16),
                                     .secret = make_secret(),
                                     .token = base64_encode(token),
                                     .expires_ms = clock_.now_ms() + lifetime_ms};
  Known known{.credential = credential,
              .principal = principal_of_role(role, session_name),
              .role = role.name,
              .role_id = role.id,
              .issued_ms = clock_.now_ms()};
  const std::unique_lock lock(mutex_);
  std::erase_if(sessions_, [now = clock_.now_ms()](const auto& entry) { return entry.second.credential.expires_ms <= now; });
  sessions_[credential.access_key] = std::move(known);
  return credential;
}

void Sessions::end(const std::string& access_key) {
  const std::unique_lock lock(mutex_);
  sessions_.erase(access_key);
}

Result<Sessions::Given> Sessions::assume(const Role& role, const std::string& session_name, std::int64_t lifetime_ms) const {
  if (tokens_ == nullptr) return fail(Code::kUnsupported, "there are no session tokens");
  return sealed(*tokens_, {.kind = Principal::Kind::kRole, .name = role.name, .id = role.id, .session_name = session_name},
                principal_of_role(role, session_name), clock_.now_ms(), lifetime_ms);
}

Result<Sessions::Given> Sessions::session_of(const Principal& principal, std::int64_t lifetime_ms) const {
  if (tokens_ == nullptr) return fail(Code::kUnsupported, "there are no session tokens");
  return sealed(*tokens_, {.kind = principal.kind, .name = principal.name, .id = principal.id}, principal, clock_.now_ms(), lifetime_ms);
}

std::optional<Sessions::Session> Sessions::find(const std::string& access_key, const std::string& token) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = sessions_.find(access_key);
    if (found != sessions_.end()) {
      const Known& known = found->second;
      if (!same(known.credential.token, token) || known.credential.expires_ms <= clock_.now_ms()) return std::nullopt;
      return Session{.credential = known.credential,
                     .principal = known.principal,
                     .policies = roles_.policies_of(known.role, known.role_id),
                     .issued_ms = known.issued_ms};
    }
  }
  return find_sealed(access_key, token);
}

std::optional<Sessions::Session> Sessions::find_sealed(const std::string& access_key, const std::string& token) const {
  const auto content = tokens_ == nullptr ? std::nullopt : tokens_->open_token(token);
  if (!content || content->access_key != access_key || content->expires_ms <= clock_.now_ms()) return std::nullopt;
  Session session{.credential = {.access_key = access_key, .secret = content->secret, .token = token, .expires_ms = content->expires_ms},
                  .principal = Principal::root(),
                  .policies = {},
                  .issued_ms = content->issued_ms};
  if (content->kind == Principal::Kind::kRoot) return session;
  if (content->kind == Principal::Kind::kRole) {
    // One that is gone, or whose name is another's by now, is told by what the token holds of it; it may do nothing.
    auto role = roles_.role(content->name);
    if (!role || role->id != content->id) role = Role{.name = content->name, .id = content->id};
    session.principal = principal_of_role(*role, content->session_name);
    session.policies = roles_.policies_of(content->name, content->id);
    return session;
  }
  if (identities_ == nullptr) return std::nullopt;
  // A user of the same name that came later is another; one that was renamed is the same.
  auto user = identities_->user(content->name);
  if (!user || user->id != content->id) user = identities_->user_of_id(content->id);
  if (!user) return std::nullopt;
  session.principal = user->principal();
  return session;
}

}  // namespace eyrie::iam
