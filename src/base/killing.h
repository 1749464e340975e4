// For tests: work that kill -9 ends at a moment of the test's choosing.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
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

// Rounds of such work, each killed at a random moment. A busy machine gets more time after a round in which nothing was said, and more
// rounds until enough was said for the test to have shown anything.
class Killings {
 public:
  struct Plan {
    int rounds = 0;
    std::chrono::milliseconds least{}, most{};  // when work is killed
    std::size_t enough = 0;                     // lines of all rounds
  };

  explicit Killings(const Plan& plan) : plan_(plan) {}

  bool more() const { return round_ < plan_.rounds || (!enough() && round_ < kMostTimes * plan_.rounds); }
  bool enough() const { return lines_ >= plan_.enough; }
  int round() const { return round_; }  // of run() under way, or the next; counted from 0

  template <typename Work>
  std::string run(Work work) {
    const std::chrono::microseconds moment(std::uniform_int_distribution<std::chrono::microseconds::rep>(
        std::chrono::microseconds(plan_.least).count(), std::chrono::microseconds(plan_.most).count())(random_));
    std::string lines = killed_after(patience_ * moment, work);
    patience_ = lines.empty() ? std::min(2 * patience_, 16) : std::max(patience_ / 2, 1);
    lines_ += static_cast<std::size_t>(std::ranges::count(lines, '\n'));
    ++round_;
    return lines;
  }

 private:
  static constexpr int kMostTimes = 10;

  Plan plan_;
  std::mt19937 random_{11};
  int round_ = 0;
  int patience_ = 1;
  std::size_t lines_ = 0;
};

}  // namespace eyrie
