// For tests: work that kill -9 ends at a moment of the test's choosing.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

namespace eyrie {

// Runs `work(pipe)`, which must not return, in a process of its own, kills that after a while, and answers the whole lines that it wrote
// to the pipe. Call while the process has no other threads at work: the child has none of them.
template <typename Work>
std::string killed_after(std::chrono::microseconds time, Work work) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  EXPECT_GE(child, 0);
  if (child < 0) return "";  // -1 would be everybody
  if (child == 0) {
    ::close(ends[0]);
    work(ends[1]);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::this_thread::sleep_for(time);
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  std::string lines;
  char buffer[4096];
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) lines.append(buffer, static_cast<std::size_t>(got));
  ::close(ends[0]);
  lines.resize(lines.rfind('\n') + 1);  // npos + 1 is 0
  return lines;
}

}  // namespace eyrie
