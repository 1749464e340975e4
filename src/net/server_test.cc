#include "net/test_server.h"

namespace eyrie::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ServerTest, AnswersOnKeptConnection) {
  TestClient client(start());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.request(get("/query?a=" + std::to_string(i)));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "a=" + std::to_string(i));
    EXPECT_THAT(response->head, HasSubstr("Server: Eyrie\r\n"));
    EXPECT_THAT(response->head, HasSubstr("Date: "));
    EXPECT_THAT(response->head, HasSubstr("x-amzn-RequestId: "));
    EXPECT_THAT(response->head, Not(HasSubstr("Connection:")));
  }
  EXPECT_EQ(server_->counters().requests, 3U);
  EXPECT_EQ(server_->counters().connections, 1U);
}

TEST_F(ServerTest, ClosesWhereAsked) {
  const auto port = start();
  TestClient asked(port);
  const auto response = asked.request("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(asked.at_end());

  TestClient old(port);
  EXPECT_EQ(old.request("GET / HTTP/1.0\r\n\r\n")->status, 200);
  EXPECT_TRUE(old.at_end());

  TestClient old_kept(port);
  EXPECT_THAT(old_kept.request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->head,
              HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_EQ(old_kept.request("GET / HTTP/1.0\r\n\r\n")->status, 200);
}

TEST_F(ServerTest, TakesRequestsByteByByte) {
  TestClient client(start());
  for (const char c : post("/echo", "abc")) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.read_response()->body, "POST:abc");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestClient client(start());
  std::string all;
  for (int i = 0; i < 200; ++i) all += post("/echo", std::to_string(i));
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    const auto response = client.read_response();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "POST:" + std::to_string(i));
  }
}

TEST_F(ServerTest, HeadHasLengthAndNoBody) {
  TestClient client(start());
  for (const std::string_view path : {"/", "/source/1000000"}) {
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto response = client.read_response(true);
    ASSERT_TRUE(response);
    EXPECT_THAT(response->head,
                HasSubstr(path == "/" ? "Content-Length: 6\r\n" : "Content-Length: 1000000\r\n"));
  }
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
  EXPECT_THAT(client.request(get("/204"))->head, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
}

TEST_F(ServerTest, StreamsLargeBodiesBothWays) {
  options_.piece_bytes = 64 << 10;
  const auto port = start();
  TestClient client(port);
  constexpr std::size_t kSize = 20 << 20;
  EXPECT_EQ(client.request(post("/count", std::string(kSize, 'x')))->body, std::to_string(kSize));
  for (const std::string_view kind : {"/source/", "/chunks/"}) {
    const auto response = client.request(get(std::string(kind) + std::to_string(kSize)));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body.size(), kSize);
    EXPECT_TRUE(is_pattern(response->body));
  }
  EXPECT_EQ(client.request(get("/source/0"))->body, "");
  EXPECT_EQ(client.request(get("/chunks/0"))->body, "");
  EXPECT_TRUE(soon([&] { return handler_.sources_destroyed == 4; }));
  EXPECT_EQ(server_->counters().in_flight, 0U);
}

TEST_F(ServerTest, DecodesChunkedBodies) {
  TestClient client(start());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.request(head + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n")->body,
            "POST:abc0123456789");
  EXPECT_EQ(client.request(head + "0\r\n\r\n")->body, "POST:");
  std::string large = "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 500; ++i) large += "1000\r\n" + std::string(0x1000, 'z') + "\r\n";
  EXPECT_EQ(client.request(large + "0\r\n\r\n")->body, std::to_string(500 * 0x1000));
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
}

TEST_F(ServerTest, UnknownLengthToOldClientsEndsWithTheConnection) {
  TestClient client(start());
  const auto response = client.request("GET /chunks/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_THAT(response->head, Not(HasSubstr("chunked")));
  EXPECT_EQ(response->body.size(), 100000U);
}

TEST_F(ServerTest, Sends100OnlyWhereTheBodyIsWanted) {
  const auto port = start();
  const std::string rest = " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  TestClient wanted(port);
  EXPECT_EQ(wanted.request("POST /echo" + rest)->status, 100);
  EXPECT_EQ(wanted.request("abc")->body, "POST:abc");
  EXPECT_EQ(wanted.request(get("/query?next"))->body, "next");

  TestClient refused(port);
  EXPECT_EQ(refused.request("POST /refuse" + rest)->status, 403);
  EXPECT_TRUE(refused.at_end());

  // An empty body: the 100 comes even so (see respond()).
  TestClient empty(port);
  const std::string none = " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(empty.request("POST /echo" + none)->status, 100);
  EXPECT_EQ(empty.read_response()->body, "POST:");
  EXPECT_EQ(empty.request(get("/query?next"))->body, "next");

  TestClient impatient(port);
  EXPECT_EQ(impatient.request("POST /echo" + rest + "abc")->body, "POST:abc");
}

TEST_F(ServerTest, EarlyAnswerDropsASmallBodyAndGoesOn) {
  TestClient client(start());
  for (const std::string_view path : {"/refuse", "/early"}) {
    const auto response = client.request(post(path, std::string(300 << 10, 'x')));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, path == "/refuse" ? 403 : 413);
    EXPECT_EQ(client.request(get("/query?next"))->body, "next");
  }
  EXPECT_EQ(handler_.log.bytes, 0U);
}

TEST_F(ServerTest, EarlyAnswerToALargeBodyReachesTheClientAndCloses) {
  TestClient client(start());
  client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" +
              std::string(600 << 10, 'x'));
  const auto response = client.read_response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
  EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.at_end());
}

// Most clients send all they have before they look for an answer.
TEST_F(ServerTest, RefusedClientMaySendItsBodyAndStillSeesTheAnswer) {
  const auto port = start();
  for (const std::string_view path : {"/refuse", "/early"}) {
    TestClient client(port);
    EXPECT_TRUE(client.send(post(path, std::string(16 << 20, 'x')))) << path;
    const auto response = client.read_response();
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, path == "/refuse" ? 403 : 413);
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_EQ(handler_.log.bytes, 0U);
}

TEST_F(ServerTest, RefusedBodiesAreNotTakenForEver) {
  TestClient client(start());
  ASSERT_TRUE(client.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n"));
  const std::string piece(1 << 20, 'x');
  int sent = 0;
  while (sent < 1024 && client.send(piece)) ++sent;
  EXPECT_LT(sent, 1024) << "MiB";
}

TEST_F(ServerTest, VanishedClientDestroysTheSink) {
  const auto port = start();
  for (const std::string_view framing :
       {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nffff\r\n"}) {
    const int before = handler_.log.destroyed;
    TestClient client(port);
    client.send("POST /count HTTP/1.1\r\nHost: x\r\n" + std::string(framing) + std::string(50'000, 'x'));
    ASSERT_TRUE(soon([&] { return handler_.log.begun > before; }));
    client.close();
    EXPECT_TRUE(soon([&] { return handler_.log.destroyed == before + 1; }));
  }
  EXPECT_EQ(handler_.log.finished, 0);
  EXPECT_TRUE(
      soon([&] { return server_->counters().in_flight == 0 && server_->counters().connections == 0; }));
}

TEST_F(ServerTest, ClientThatVanishesDuringAJobLeavesNothingBehind) {
  const auto port = start();
  TestClient client(port);
  client.send("POST /hold-write HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n" +
              std::string(20'000, 'x'));
  handler_.gate.await_waiting(1);
  client.close();
  ASSERT_TRUE(soon([&] { return server_->counters().connections == 0; }));
  EXPECT_EQ(handler_.log.destroyed, 0);
  handler_.gate.open();
  EXPECT_TRUE(soon([&] { return handler_.log.destroyed == 1 && server_->counters().in_flight == 0; }));
  EXPECT_EQ(handler_.log.finished, 0);
}

TEST_F(ServerTest, VanishedReaderDestroysTheSource) {
  TestClient client(start());
  client.send(get("/source/100000000000"));
  ASSERT_TRUE(soon([&] { return handler_.log.finished == 1; }));
  client.close();
  EXPECT_TRUE(soon([&] { return handler_.sources_destroyed == 1; }));
}

// Pieces of long answers grow as long as there is memory for it, and give it back however the answer ends.
TEST_F(ServerTest, LongAnswersShareWhatIsReadAhead) {
  options_.max_read_ahead = 900 << 10;  // enough for one's largest pieces
  const auto port = start();
  TestClient slow(port);
  slow.send(get("/source/100000000000"));
  ASSERT_TRUE(soon([&] { return server_->counters().read_ahead == 768 << 10; }));
  for (const std::string_view path : {"/source/5000000", "/chunks/3000000", "/source/65537"}) {
    TestClient other(port);
    const auto response = other.request(get(path));
    ASSERT_TRUE(response) << path;
    EXPECT_TRUE(is_pattern(response->body)) << path;
    EXPECT_EQ(server_->counters().read_ahead, 768 << 10) << "nothing was left for it";
  }
  slow.close();
  EXPECT_TRUE(soon([&] { return server_->counters().read_ahead == 0; }));
  TestClient kept(port);
  for (int i = 0; i < 3; ++i) {
    const auto response = kept.request(get("/source/5000000"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body.size(), 5'000'000U);
    EXPECT_TRUE(is_pattern(response->body));
    EXPECT_TRUE(soon([&] { return server_->counters().read_ahead == 0; }));
  }
  EXPECT_FALSE(TestClient(port).request(get("/broken/9000000")));
  EXPECT_TRUE(soon([&] { return server_->counters().read_ahead == 0; }));
}

TEST_F(ServerTest, FailingSourceBreaksOff) {
  const auto port = start();
  TestClient late(port);
  EXPECT_FALSE(late.request(get("/broken/10000000")));  // ends before its Content-Length
  TestClient at_once(port);
  EXPECT_EQ(at_once.request(get("/broken/1"))->status, 500);
}

TEST_F(ServerTest, ExceptionsBecome500) {
  TestClient client(start());
  EXPECT_EQ(client.request(get("/throw"))->status, 500);
  EXPECT_EQ(client.request(get("/throw-late"))->status, 500);
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
}

TEST_F(ServerTest, ResponseHeadersCannotBeSplit) {
  TestClient client(start());
  const auto response = client.request(get("/split"));
  EXPECT_EQ(response->body, "ok");
  EXPECT_THAT(response->head, HasSubstr("X-Good: 1\r\n"));
  EXPECT_THAT(response->head, Not(HasSubstr("Set-Cookie")));
}

TEST_F(ServerTest, AnswersAClientThatHasClosedItsSide) {
  TestClient client(start());
  client.send(post("/echo", "abc"));
  client.half_close();
  EXPECT_EQ(client.read_response()->body, "POST:abc");
  EXPECT_TRUE(client.at_end());
}

}  // namespace
}  // namespace eyrie::net
