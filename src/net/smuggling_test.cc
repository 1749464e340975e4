#include "net/test_server.h"

namespace eyrie::net {
namespace {

using ::testing::HasSubstr;

using SmugglingTest = ServerTest;

struct BadRequest {
  std::string_view name;
  std::string bytes;
  int status;
};

// Each of these, if taken for a request by one reader and not by another, would let a client hide a request
// in it.
const BadRequest kBadRequests[] = {
    {"length and coding",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"coding and length",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     400},
    {"two lengths", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
     400},
    {"two equal lengths",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"length list", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
    {"length with sign", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400},
    {"length too long", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
     400},
    {"unknown coding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
    {"coding list", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     400},
    {"coding twice",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     400},
    {"coding in 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
    {"folded line", "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
    {"bare LF", "GET / HTTP/1.1\nHost: x\n\n", 400},
    {"bare LF in fields", "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400},
    {"bare CR", "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400},
    {"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 36), 400},
    {"no name", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
    {"no colon", "GET / HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n", 400},
    {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
    {"strange connection", "GET / HTTP/1.1\r\nHost: x\r\nConnection: cl\xF6se\r\n\r\n", 400},
    {"strange host", "GET / HTTP/1.1\r\nHost: x@y\r\n\r\n", 400},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"raw bytes in the target", "GET /\xC3\xBC HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"absolute target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"bad method", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
    {"lower-case method", "get / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
    {"another version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
    {"no version", "GET /\r\nHost: x\r\n\r\n", 400},
    {"TLS", "\x16\x03\x01\x02\n", 400},
    {"bad chunk size",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
    {"chunk size too long",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
     "chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
     400},
    {"no chunk size",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n", 400},
    {"bare LF after a chunk size",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
    {"chunk longer than told",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
    {"endless extension",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(400, 'x') +
         "\r\nabc\r\n0\r\n\r\n",
     400},
    {"endless trailer",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " + std::string(9000, 'x') +
         "\r\n\r\n",
     400},
    {"target too long", "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
    {"endless target", "GET /" + std::string(40'000, 'x'), 414},
    {"header too long", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n", 431},
};

TEST_F(SmugglingTest, RefusesWhatCouldSmuggleARequest) {
  const auto port = start();
  for (const BadRequest& bad : kBadRequests) {
    SCOPED_TRACE(bad.name);
    TestClient client(port);
    // What follows on the connection must not be taken for a request.
    client.send(bad.bytes + get("/query?smuggled"));
    const auto response = client.read_response();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, bad.status);
    EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(response->head, HasSubstr("Content-Type: text/plain"));
    client.half_close();
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_EQ(server_->counters().bad_requests, std::size(kBadRequests));
  EXPECT_EQ(handler_.log.finished, 0);
  EXPECT_TRUE(soon([&] { return server_->counters().in_flight == 0; }));
}

}  // namespace
}  // namespace eyrie::net
