// What no TLS client sends: random bytes, records of random content, ClientHellos that were changed, cut and put together anew, and all
// that behind a sound handshake. The server closes such connections and serves the others. Most telling under AddressSanitizer.
#include <random>

#include "net/tls/tls_test_server.h"

namespace eyrie::net {
namespace {

class TlsGarbageTest : public TlsTest {
 protected:
  void SetUp() override {
    TlsTest::SetUp();
    // Some of it might yet become a handshake, and is waited for.
    options_.handshake_timeout = std::chrono::seconds(1);
    options_.head_timeout = std::chrono::seconds(1);
  }
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
  std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }
  // A record's head of version 1.0 to 1.3, then whatever; sometimes shorter or longer than it says.
  std::string record() {
    const std::size_t size = below(600), told = below(4) == 0 ? below(65536) : size;
    const char kinds[] = {20, 21, 22, 23, 24, 0};
    return std::string{kinds[below(6)], 3, static_cast<char>(1 + below(4)), static_cast<char>(told >> 8), static_cast<char>(told & 255)} + random_bytes(size);
  }
  std::string changed(std::string bytes) {
    for (std::size_t changes = 1 + below(8); changes > 0 && !bytes.empty(); --changes) {
      const std::size_t at = below(bytes.size()), size = std::min(bytes.size() - at, below(40));
      switch (below(5)) {
        case 0: bytes[at] = static_cast<char>(random_()); break;
        case 1: bytes.erase(at, size); break;
        case 2: bytes.insert(at, bytes.substr(at, size)); break;
        case 3: bytes.insert(at, random_bytes(size)); break;
        default: bytes.replace(at, size, random_bytes(size)); break;
      }
    }
    return bytes;
  }
  // Fifty at a time, all held open; then the server has let go of them, and still serves.
  void send_all(const std::vector<std::string>& garbage) {
    for (std::size_t from = 0; from < garbage.size(); from += 50) {
      std::vector<std::unique_ptr<TestClient>> clients;
      for (std::size_t i = from; i < std::min(garbage.size(), from + 50); ++i) {
        clients.push_back(std::make_unique<TestClient>(server_->port()));
        ASSERT_TRUE(clients.back()->connected());
        clients.back()->send(garbage[i]);
        if (i % 2 == 0) clients.back()->half_close();
      }
      expect_served();
      clients.clear();
    }
    EXPECT_TRUE(soon([&] { return server_->counters().connections == 0; }));
    expect_served();
  }

  std::mt19937 random_{23};
};

TEST_F(TlsGarbageTest, RandomBytes) {
  start();
  std::vector<std::string> garbage;
  for (int i = 0; i < 300; ++i) garbage.push_back(i % 2 == 0 ? random_bytes(below(2000)) : record() + record());
  send_all(garbage);
}

TEST_F(TlsGarbageTest, ChangedClientHellos) {
  start();
  std::vector<std::string> garbage;
  for (int i = 0; i < 500; ++i) garbage.push_back(changed(client_hello()));
  send_all(garbage);
}

TEST_F(TlsGarbageTest, GarbageBehindAClientHello) {
  start();
  std::vector<std::string> garbage;
  for (int i = 0; i < 200; ++i) garbage.push_back(client_hello() + (i % 3 == 0 ? client_hello() : record()) + random_bytes(below(300)));
  send_all(garbage);
}

TEST_F(TlsGarbageTest, GarbageBehindAHandshake) {
  start();
  for (int i = 0; i < 60; ++i) {
    auto one = client({.most = i % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION});
    ASSERT_TRUE(one->connected());
    const std::string bytes = i % 3 == 0 ? random_bytes(1 + below(2000)) : record();
    BIO_write(SSL_get_wbio(one->ssl()), bytes.data(), static_cast<int>(bytes.size()));
  }
  EXPECT_TRUE(soon([&] { return server_->counters().connections == 0; }));
  expect_served();
  EXPECT_EQ(handler_.log.begun, 1) << "nothing of it became a request";
}

}  // namespace
}  // namespace eyrie::net
