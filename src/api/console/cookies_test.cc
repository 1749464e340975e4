#include "api/console/cookies.h"

#include <gtest/gtest.h>

#include "api/console/origin.h"

namespace eyrie::api::console {
namespace {

const std::string kToken(43, 'a'), kOther(43, 'b');

std::optional<std::string> token_in(std::initializer_list<std::string> cookies, bool secure = false) {
  net::Headers headers;
  for (const std::string& cookie : cookies) headers.add("cookie", cookie);
  return session_token(headers, secure);
}

TEST(CookiesTest, Set) {
  EXPECT_EQ(set_session_cookie(kToken, true, std::chrono::seconds(60)),
            "__Host-eyrie-session=" + kToken + "; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(set_session_cookie(kToken, false, std::chrono::seconds(60)),
            "eyrie-session=" + kToken + "; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
  EXPECT_EQ(clear_session_cookie(false), "eyrie-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
}

TEST(CookiesTest, FoundAmongOthers) {
  EXPECT_EQ(token_in({"eyrie-session=" + kToken}), kToken);
  EXPECT_EQ(token_in({"a=b; eyrie-session=" + kToken + " ;c=d"}), kToken);
  EXPECT_EQ(token_in({"a=b", ";;=; eyrie-session = " + kToken}), kToken);
  EXPECT_EQ(token_in({"eyrie-session=" + kToken + "; eyrie-session=" + kToken}), kToken);
  EXPECT_EQ(token_in({"__Host-eyrie-session=" + kToken}, true), kToken);
}

TEST(CookiesTest, NothingElseIsOne) {
  EXPECT_FALSE(token_in({}));
  EXPECT_FALSE(token_in({"eyrie-session"}));
  EXPECT_FALSE(token_in({"eyrie-session="}));
  EXPECT_FALSE(token_in({"eyrie-session=" + kToken.substr(1)}));
  EXPECT_FALSE(token_in({"eyrie-session=\"" + kToken + "\""}));
  EXPECT_FALSE(token_in({"eyrie-session=" + kToken.substr(1) + "="}));
  EXPECT_FALSE(token_in({"Eyrie-Session=" + kToken}));
  EXPECT_FALSE(token_in({"xeyrie-session=" + kToken}));
  EXPECT_FALSE(token_in({"__Host-eyrie-session=" + kToken}));
  EXPECT_FALSE(token_in({"eyrie-session=" + kToken}, true)) << "whoever serves plain HTTP on this host may have set it";
  EXPECT_FALSE(token_in({"eyrie-session=" + kToken + "; eyrie-session=" + kOther}));
  EXPECT_FALSE(token_in({"eyrie-session=" + kToken, "eyrie-session=" + kOther}));
}

bool own(std::string method, std::initializer_list<std::pair<std::string, std::string>> headers, bool secure = false) {
  net::RequestHead head{.method = std::move(method), .secure = secure};
  head.headers.add("Host", "127.0.0.1:4566");
  for (const auto& [name, value] : headers) head.headers.add(name, value);
  return of_own_origin(head);
}

TEST(OriginTest, OwnPagesAndNoBrowsers) {
  EXPECT_TRUE(own("POST", {}));
  EXPECT_TRUE(own("POST", {{"Origin", "http://127.0.0.1:4566"}, {"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_TRUE(own("POST", {{"Origin", "https://127.0.0.1:4566"}}, true));
  EXPECT_TRUE(own("POST", {{"Origin", "https://127.0.0.1:4566"}})) << "a proxy has ended TLS";
  EXPECT_TRUE(own("GET", {{"Sec-Fetch-Site", "none"}}));
}

TEST(OriginTest, Others) {
  for (const char* origin : {"http://127.0.0.1", "http://127.0.0.1:4567", "http://127.0.0.1:45660", "http://evil.example", "null", "", "127.0.0.1:4566",
                             "http://127.0.0.1:4566/", "http://", "file://127.0.0.1:4566"})
    EXPECT_FALSE(own("POST", {{"Origin", origin}})) << origin;
  EXPECT_FALSE(own("POST", {{"Origin", "http://127.0.0.1:4566"}, {"Origin", "http://evil.example"}}));
  EXPECT_FALSE(own("POST", {{"Origin", "http://127.0.0.1:4566"}}, true));
  for (const char* site : {"same-site", "cross-site", "none", ""}) EXPECT_FALSE(own("POST", {{"Sec-Fetch-Site", site}})) << site;
  EXPECT_FALSE(own("GET", {{"Sec-Fetch-Site", "same-site"}}));
  EXPECT_FALSE(own("GET", {{"Sec-Fetch-Site", "cross-site"}}));
}

}  // namespace
}  // namespace eyrie::api::console
