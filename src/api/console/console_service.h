// The console's own API: JSON under /_console/api/, for its pages alone. It is no API of AWS's and may change with the pages.
//
//   GET, POST, DELETE  session                      who is signed in; sign in {name, password} or {token}; sign out
//   GET, POST          users                        all; a new one {name, password, role, email, phone}
//   GET, PATCH, DELETE users/ID                     one; change {name, email, phone, role, disabled}; remove
//   PUT                users/ID/password            {password}, of oneself also {current}
//   GET, DELETE        sessions                     one's own, or with ?user=ID another's; end all of one's own but this
//   DELETE             sessions/ID                  end one
//   GET                alerts                       all alert rules
//   GET, PUT, DELETE   alerts/NAME                  one; make or change it (notify/rules/alert_rule.h); remove
//   POST               alerts/NAME/test             publish what the rule would say
//   GET, POST          identities                   IAM's users with their keys, and the root's key; a new one {name, path} (administration/identities.cc)
//   GET, DELETE        identities/NAME              one, with its own policies; remove
//   POST               identities/NAME/keys         a new access key: its secret is told this once
//   POST               identities/NAME/attach       {policy}; the same with .../detach
//   PATCH, DELETE      keys/ID                      {active}; remove
//   GET, POST          policies                     managed policies; a new one {name, description, document} (administration/policies.cc)
//   GET, PUT, DELETE   policies/NAME                one with its document; {document}, which takes the place of the one before; remove
//   GET                topics                       the first 1,000, each with as many as 20 of its subscriptions
//   GET                audit                        entries of an audit log, the newest first: log, q, from, to, limit, after (administration/audit.cc)
//   GET                audit/csv                    all of them: log, q, from, to
//   GET                functions                    all functions; functions/NAME: one, with versions and aliases (administration/functions.cc)
//   GET                functions/NAME/log           the last lines that it wrote
//   POST               functions/NAME/test          {event, qualifier}: invoke it, and wait
//   GET                models                       all models: licence, size, what needs them, how fast they were
//   GET                settings                     what the server runs with, and whence each comes
//   GET                buckets                      all buckets, and how many lifecycle rules each has
//   GET, PUT, DELETE   buckets/NAME/lifecycle       {document, small}: the rules as JSON text (administration/lifecycle_json.h); answered as JSON
//   GET                pictures                     search: q, ids, confidence, status, moderation, archived, within, order, from, limit (pictures/pictures.cc)
//   GET, PATCH, DELETE pictures/ID                  one, with URLs of its file; {archived}; remove file, result and record
//   GET                pictures/ID/result           the whole result, as the function wrote it
//   GET                pictures/ID/thumbnail        a JPEG
//   POST               pictures/ID/analysis         have it analyzed again
//   POST               uploads                      {name, type, bytes, sha256}: a presigned PUT for one new picture (pictures/uploads.cc)
//   GET                live                         server-sent events: "change" when pictures have changed (pictures/live.cc)
//   GET                overview                     how many pictures, labels, events
//   GET                dashboard                    from, to (times as ISO 8601; else the last day): charts, alarms, labels by week, what it would have cost (dashboard/)
//   GET                dashboard/csv                the same, a value a line
//   GET                places                       from, to, within (WEST,SOUTH,EAST,NORTH): where pictures were taken, those close to each other as one
//
// A session is a cookie (cookies.h). Whatever changes something must come from the console's own pages (origin.h) and show the session's
// CSRF token, which GET session tells, in the header X-Eyrie-CSRF; signing in has no session yet and needs the first alone. Over plain HTTP
// only this machine is served. Who may do what is iam's to say (iam/console/roles.h). Errors are {"code", "message"}: 400 InvalidRequest,
// 401 NotSignedIn, WrongCredentials, 403 AccessDenied, CsrfRefused, TlsRequired, 404, 405, 409 AlreadyExists, Conflict, LimitExceeded,
// 413 TooLarge, 415, 429 TooManyTries, 503 Busy (both with Retry-After), 500. Every refusal is in the audit log.
// Thread safety: all of it.
#pragma once

#include "api/common/caller.h"
#include "api/console/operations.h"

namespace eyrie::api::console {

inline constexpr const char* kApiPath = "/_console/api/";
inline constexpr const char* kCsrfHeader = "X-Eyrie-CSRF";
inline constexpr std::size_t kMaxBody = 16 << 10;

class ConsoleService final : public Service {
 public:
  // All must outlive it.
  ConsoleService(const Backend& backend, net::MemoryBudget& budget, const Clock& clock = Clock::system())
      : backend_(backend), budget_(budget), clock_(clock) {}

  std::string_view name() const override { return "console"; }
  BeginResult begin(ContextPtr context) override;

 private:
  struct Route;
  static const Route kRoutes[];

  Outcome<const Route*> route(Context& context, std::string& id) const;
  Outcome<void> admit(const Route& route, Context& context, Call& call) const;
  net::Response handle(const Route& route, Context& context, std::string id, const Bytes& body) const;
  net::Response answer(const Context& context, const Answer& answer) const;
  net::Response refuse(const Context& context, const ApiError& error) const;
  void note(const Context& context, const ApiError& error) const;

  const Backend backend_;
  net::MemoryBudget& budget_;
  const Clock& clock_;
};

}  // namespace eyrie::api::console
