// For tests of what lies on disk: reads and changes a store's files past everything that Eyrie checks.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include "store/sqlite/sqlite.h"
#include "store/testing.h"

namespace eyrie::store::testing {

// `Fixture`: StoreTest, or one below it.
template <typename Fixture>
class AtRestTest : public Fixture {
 protected:
  // With the store closed.
  void sql(const std::string& text) {
    this->store_.reset();
    const auto connection = Connection::open(this->directory_.path() / "eyrie.db", 1024);
    ASSERT_TRUE(connection);
    const Status done = (*connection)->execute(text.c_str());
    ASSERT_TRUE(done) << done.error().message;
  }

  bool on_disk(std::string_view text) const {
    for (const auto& path : files_below(this->directory_.path())) {
      std::ostringstream content;
      content << std::ifstream(path, std::ios::binary).rdbuf();
      if (content.str().contains(text)) return true;
    }
    return false;
  }

  // Opens the store in 40 processes, one after the other, each killed at a random moment of the first 60 ms.
  void open_and_kill() {
    std::mt19937 random(7);
    int killed = 0;
    for (int round = 0; round < 40; ++round) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) ::_exit(EmbeddedStore::open({.directory = this->directory_.path()}) ? 0 : 1);
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
      ::kill(child, SIGKILL);
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      if (WIFSIGNALED(status)) ++killed;
      if (WIFEXITED(status)) ASSERT_EQ(WEXITSTATUS(status), 0);
    }
    EXPECT_GT(killed, 0);
  }
};

}  // namespace eyrie::store::testing
