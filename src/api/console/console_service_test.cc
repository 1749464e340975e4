#include "api/console/testing.h"

namespace eyrie::api::console {
namespace {

using iam::console::Role;
using testing::Browser;
using testing::ConsoleServiceTest;
using testing::kPassword;
using testing::Reply;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ConsoleServiceTest, SignInAndOut) {
  add("ann", Role::kAdmin);
  Browser nobody;
  EXPECT_EQ(send(nobody, "GET", "session").code(), "NotSignedIn");
  Browser ann = signed_in("ann");
  const Reply who = send(ann, "GET", "session");
  EXPECT_EQ(who.status, 200);
  EXPECT_EQ(who.member("csrf"), ann.csrf);
  EXPECT_EQ(text_of(who.body()["user"].as_object(), "name"), "ann");
  EXPECT_EQ(who.headers.get("Cache-Control"), "no-store");
  EXPECT_THAT(who.text, Not(HasSubstr("argon2id")));
  const Browser before = ann;
  Reply out = send(ann, "DELETE", "session");
  EXPECT_EQ(out.status, 204);
  EXPECT_EQ(out.text, "");
  EXPECT_THAT(std::string(out.headers.get("Set-Cookie")), HasSubstr("eyrie-session=; Path=/; Max-Age=0"));
  Browser again = before;
  EXPECT_EQ(send(again, "GET", "session").status, 401);
}

TEST_F(ConsoleServiceTest, SigningInAgainEndsTheSessionThatWas) {
  add("ann");
  Browser ann = signed_in("ann");
  Browser before = ann;
  ASSERT_EQ(send(ann, "POST", "session", write_json(json::object{{"name", "ann"}, {"password", kPassword}})).status, 200);
  EXPECT_NE(ann.cookie, before.cookie);
  EXPECT_EQ(send(before, "GET", "session").status, 401);
  EXPECT_EQ(send(ann, "GET", "session").status, 200);
  EXPECT_EQ(send(ann, "POST", "session", R"({"name":"ann","password":"a wrong password"})").status, 401);
  EXPECT_EQ(send(ann, "GET", "session").status, 200) << "a failure changes nothing";
}

TEST_F(ConsoleServiceTest, WhatChangesNeedsTheTokenOfTheSession) {
  add("ann", Role::kAdmin);
  Browser ann = signed_in("ann"), other = signed_in("ann");
  const std::string body = R"({"name":"bob","password":"another long password","role":"analyst"})";
  for (const std::string& token : {std::string(), std::string("x"), other.csrf, ann.cookie}) {
    Browser forged{.cookie = ann.cookie, .csrf = token};
    EXPECT_EQ(send(forged, "POST", "users", body).code(), "CsrfRefused") << token;
    EXPECT_EQ(send(forged, "DELETE", "session").code(), "CsrfRefused") << token;
    EXPECT_EQ(send(forged, "GET", "users").status, 200);
  }
  EXPECT_EQ(users_->users().size(), 1U);
  EXPECT_EQ(send(ann, "POST", "users", body).status, 201);
  EXPECT_THAT(audit("unknown"), HasSubstr("console:CreateUser"));
}

TEST_F(ConsoleServiceTest, OtherPagesAndOtherMachinesAreRefused) {
  add("ann", Role::kAdmin);
  const Browser ann = signed_in("ann");
  const auto with = [&](const char* name, const char* value) {
    net::RequestHead head = head_of("DELETE", "session", "");
    head.headers.add("Cookie", "eyrie-session=" + ann.cookie);
    head.headers.add("X-Eyrie-CSRF", ann.csrf);
    head.headers.add(name, value);
    return exchange(std::move(head), "");
  };
  EXPECT_EQ(with("Origin", "http://evil.example").code(), "CsrfRefused");
  EXPECT_EQ(with("Sec-Fetch-Site", "same-site").code(), "CsrfRefused");
  const std::string body = R"({"name":"ann","password":"a long enough password"})";
  net::RequestHead login = head_of("POST", "session", body);
  login.headers.add("Origin", "http://127.0.0.1:8080");
  EXPECT_EQ(exchange(std::move(login), body).code(), "CsrfRefused");
  net::RequestHead far = head_of("POST", "session", body);
  far.peer = "192.0.2.1";
  EXPECT_EQ(exchange(std::move(far), body).code(), "TlsRequired");
  net::RequestHead secure = head_of("POST", "session", body);
  secure.peer = "192.0.2.1";
  secure.secure = true;
  const Reply reply = exchange(std::move(secure), body);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(std::string(reply.headers.get("Set-Cookie")), ::testing::StartsWith("__Host-eyrie-session="));
  EXPECT_THAT(std::string(reply.headers.get("Set-Cookie")), ::testing::EndsWith("; HttpOnly; SameSite=Strict; Secure"));
}

TEST_F(ConsoleServiceTest, RolesDecide) {
  add("ann", Role::kAdmin);
  const auto bob = add("bob", Role::kAnalyst), eve = add("eve", Role::kUploader);
  for (const auto& user : {bob, eve}) {
    Browser browser = signed_in(user.name);
    EXPECT_EQ(send(browser, "GET", "users").code(), "AccessDenied");
    EXPECT_EQ(send(browser, "POST", "users", "{}").code(), "AccessDenied") << "before the body is looked at";
    EXPECT_EQ(send(browser, "GET", "users/" + users_->named("ann")->id).status, 403);
    EXPECT_EQ(send(browser, "PATCH", "users/" + user.id, R"({"role":"admin"})").status, 403);
    EXPECT_EQ(send(browser, "DELETE", "users/" + user.id).status, 403);
    EXPECT_EQ(send(browser, "PUT", "users/" + users_->named("ann")->id + "/password", R"({"password":"another long password"})").status, 403);
    EXPECT_EQ(send(browser, "GET", "users/" + user.id).status, 200);
    EXPECT_EQ(send(browser, "GET", "sessions").status, 200);
    EXPECT_EQ(send(browser, "GET", "sessions?user=" + users_->named("ann")->id).status, 403);
  }
  EXPECT_THAT(audit("denied"), HasSubstr(R"("principal":"arn:aws:sts::000000000000:assumed-role/console-uploader/eve")"));
}

TEST_F(ConsoleServiceTest, UsersAreMadeChangedAndRemoved) {
  add("ann", Role::kAdmin);
  Browser ann = signed_in("ann");
  Reply made = send(ann, "POST", "users", R"({"name":"bob","email":"bob@example.com","phone":"+1 2","password":"another long password","role":"analyst"})");
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string id = made.member("id");
  EXPECT_THAT(made.text, Not(HasSubstr("password")));
  EXPECT_EQ(made.member("registered"), format_iso8601(clock_.now_ms()));
  EXPECT_EQ(send(ann, "POST", "users", R"({"name":"BOB","password":"another long password","role":"analyst"})").code(), "AlreadyExists");
  Browser bob = signed_in("bob", "another long password");
  EXPECT_EQ(send(ann, "PATCH", "users/" + id, R"({"email":"b@example.com"})").member("email"), "b@example.com");
  EXPECT_EQ(send(bob, "GET", "session").status, 200);
  EXPECT_EQ(send(ann, "PATCH", "users/" + id, R"({"role":"uploader"})").member("role"), "uploader");
  EXPECT_EQ(send(bob, "GET", "session").status, 401);
  EXPECT_EQ(send(ann, "GET", "users").body()["users"].as_array().size(), 2U);
  EXPECT_EQ(send(ann, "DELETE", "users/" + users_->named("ann")->id).code(), "Conflict");
  EXPECT_EQ(send(ann, "DELETE", "users/" + id).status, 204);
  EXPECT_EQ(send(ann, "DELETE", "users/" + id).code(), "NotFound");
  for (const char* action : {"CreateUser", "UpdateUser", "DeleteUser"}) EXPECT_THAT(audit("console"), HasSubstr(std::string("console:") + action + "\",\"resource\":\"" + iam::console::user_arn(id)));
}

TEST_F(ConsoleServiceTest, APasswordEndsSessionsAndNeedsTheOneBefore) {
  add("ann", Role::kAdmin);
  const std::string bob_id = add("bob").id, path = "users/" + bob_id + "/password";
  Browser bob = signed_in("bob"), phone = signed_in("bob"), ann = signed_in("ann");
  EXPECT_EQ(send(bob, "PUT", path, R"({"password":"another long password"})").code(), "InvalidRequest");
  EXPECT_EQ(send(bob, "PUT", path, R"({"password":"another long password","current":"wrong"})").code(), "WrongCredentials");
  EXPECT_EQ(send(bob, "PUT", path, R"({"password":"short","current":"a long enough password"})").code(), "InvalidRequest");
  EXPECT_EQ(send(phone, "GET", "session").status, 200);
  Browser before = bob;
  const Reply changed = send(bob, "PUT", path, R"({"password":"another long password","current":"a long enough password"})");
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(send(phone, "GET", "session").status, 401);
  EXPECT_EQ(send(before, "GET", "session").status, 401);
  EXPECT_EQ(send(bob, "GET", "session").status, 200) << "goes on under a new token";
  EXPECT_EQ(send(bob, "DELETE", "sessions").status, 204) << "with a new CSRF token";
  ASSERT_EQ(send(ann, "PUT", path, R"({"password":"a third long password"})").status, 200);
  EXPECT_EQ(send(bob, "GET", "session").status, 401);
  signed_in("bob", "a third long password");
}

TEST_F(ConsoleServiceTest, SessionsAreListedAndEnded) {
  add("ann", Role::kAdmin);
  const std::string bob_id = add("bob").id;
  Browser bob = signed_in("bob"), phone = signed_in("bob"), ann = signed_in("ann");
  const json::array listed = send(bob, "GET", "sessions").body()["sessions"].as_array();
  ASSERT_EQ(listed.size(), 2U);
  std::string other;
  for (const auto& session : listed) {
    if (!flag_of(session.as_object(), "current")) other = text_of(session.as_object(), "id");
  }
  EXPECT_EQ(send(ann, "GET", "sessions?user=" + bob_id).body()["sessions"].as_array().size(), 2U);
  EXPECT_EQ(send(ann, "GET", "sessions?who=" + bob_id).status, 400);
  EXPECT_EQ(send(bob, "DELETE", "sessions/" + other).status, 204);
  EXPECT_EQ(send(phone, "GET", "session").status, 401);
  const std::string of_ann = sessions_->of_user(users_->named("ann")->id)[0].id;
  EXPECT_EQ(send(bob, "DELETE", "sessions/" + of_ann).status, 403);
  EXPECT_EQ(send(bob, "DELETE", "sessions/none").status, 404);
  phone = signed_in("bob");
  EXPECT_EQ(send(bob, "DELETE", "sessions").status, 204);
  EXPECT_EQ(send(phone, "GET", "session").status, 401);
  EXPECT_EQ(send(bob, "GET", "session").status, 200);
  EXPECT_EQ(send(ann, "DELETE", "sessions/" + sessions_->of_user(bob_id)[0].id).status, 204);
  EXPECT_EQ(send(bob, "GET", "session").status, 401);
}

TEST_F(ConsoleServiceTest, TheLinkMakesTheFirstUser) {
  Browser owner;
  const std::string token = link_->issue();
  ASSERT_EQ(send(owner, "POST", "session", write_json(json::object{{"token", token}})).status, 200);
  EXPECT_EQ(text_of(send(owner, "GET", "session").body()["user"].as_object(), "role"), "admin");
  EXPECT_EQ(send(owner, "POST", "users", R"({"name":"ann","password":"another long password","role":"admin"})").status, 201);
  EXPECT_EQ(send(owner, "GET", "users/owner").status, 404);
  EXPECT_EQ(send(owner, "GET", "sessions").body()["sessions"].as_array().size(), 1U);
  Browser thief;
  EXPECT_EQ(send(thief, "POST", "session", write_json(json::object{{"token", token}})).status, 401);
  signed_in("ann", "another long password");
}

TEST_F(ConsoleServiceTest, TriesAreSlowedDown) {
  add("ann");
  Browser browser;
  const std::string wrong = R"({"name":"ann","password":"a wrong password"})";
  for (int i = 0; i < 6; ++i) EXPECT_EQ(send(browser, "POST", "session", wrong).code(), "WrongCredentials");
  const Reply refused = send(browser, "POST", "session", wrong);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.code(), "TooManyTries");
  EXPECT_EQ(refused.headers.get("Retry-After"), "1");
  clock_.advance_ms(1000);
  signed_in("ann");
}

TEST_F(ConsoleServiceTest, WhatIsNoRequest) {
  add("ann", Role::kAdmin);
  Browser ann = signed_in("ann"), nobody;
  for (const char* body : {"{", "[]", "null", R"({"name":"a"})", R"({"name":1,"password":"x"})", R"({"name":"a","password":"b","token":"c"})",
                           R"({"name":"a","password":"b","remember":true})", R"({"token":true})", "{}"}) {
    EXPECT_EQ(send(nobody, "POST", "session", body).status, 400) << body;
    EXPECT_EQ(send(nobody, "POST", "session", body).code(), "InvalidRequest") << body;
  }
  EXPECT_EQ(send(ann, "POST", "users", R"({"name":"bob","password":"another long password","role":"king"})").status, 400);
  EXPECT_EQ(send(ann, "POST", "users", R"({"name":"bob","password":"another long password","role":"analyst","Role":"admin"})").status, 400);
  EXPECT_EQ(send(ann, "PATCH", "users/" + users_->named("ann")->id, R"({"disabled":"yes"})").status, 400);
  EXPECT_EQ(send(ann, "POST", "session", std::string(kMaxBody + 1, ' ')).code(), "TooLarge");
  net::RequestHead chunked = head_of("POST", "session", "x");
  chunked.content_length.reset();
  chunked.chunked = true;
  EXPECT_EQ(exchange(std::move(chunked), std::string(kMaxBody + 1, ' ')).status, 413);
  net::RequestHead form = head_of("POST", "session", "");
  form.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(exchange(std::move(form), "{}").status, 415);
  EXPECT_EQ(send(ann, "GET", "users", "{}").status, 400);
  EXPECT_EQ(send(ann, "GET", "other").status, 404);
  EXPECT_EQ(send(ann, "GET", "users/a/b/password").status, 404);
  EXPECT_EQ(send(ann, "GET", "users/..%2F").status, 404);
  const Reply method = send(ann, "PUT", "users");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.get("Allow"), "GET, POST");
}

}  // namespace
}  // namespace eyrie::api::console
