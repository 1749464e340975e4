// Prints figures beside their targets, and remembers whether one was missed.
#pragma once

#include <cstdio>
#include <string>

namespace eyrie::accuracy {

class Report {
 public:
  // A figure with the least it should be (0: none stated); a miss is remembered.
  void figure(const char* name, double value, double target) {
    const bool missed = target > 0 && value < target;
    if (target > 0) {
      std::printf("  %-22s %7.4f   target %.2f %s\n", name, value, target, missed ? "MISSED" : "met");
    } else {
      std::printf("  %-22s %7.4f\n", name, value);
    }
    missed_ = missed_ || missed;
  }
  // A figure that must not be over its limit.
  void at_most(const char* name, double value, double limit) {
    const bool missed = value > limit;
    std::printf("  %-22s %7.4f   at most %.4f %s\n", name, value, limit, missed ? "MISSED" : "met");
    missed_ = missed_ || missed;
  }
  void skipped(const char* what, const std::string& why) { std::printf(" %s: skipped, %s\n", what, why.c_str()); }
  void failed() { missed_ = true; }
  bool missed() const { return missed_; }

 private:
  bool missed_ = false;
};

}  // namespace eyrie::accuracy
