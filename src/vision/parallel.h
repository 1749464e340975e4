// Parts of one answer on several cores, as long as cores idle.
//
//   IdleCores cores(std::thread::hardware_concurrency());
//   const IdleCores::Busy self(cores);                    // this call's own core
//   EYRIE_TRY(const Effort effort, run_parts(cores, {...}));
//
// A call always runs on its caller's thread; helpers join it only while fewer calls and helpers are at work than there are
// cores, so that parallel callers do not slow each other down. The parts are taken in their order by whoever is free.
//
// Thread safety: all of it.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "base/result.h"

namespace eyrie::vision {

class IdleCores {
 public:
  explicit IdleCores(unsigned cores) : cores_(cores) {}

  // A core at work for as long as this lives, whether one was idle or not.
  class Busy {
   public:
    explicit Busy(IdleCores& cores) : cores_(cores) { ++cores_.busy_; }
    ~Busy() { --cores_.busy_; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    IdleCores& cores_;
  };

  // Counts a core as busy where one is idle; the caller gives it back.
  bool take();
  void give_back() { --busy_; }

 private:
  const unsigned cores_;
  std::atomic<unsigned> busy_{0};
};

// What a call took, over all its threads, in milliseconds.
struct Effort {
  double work_ms = 0;       // all of it
  double inference_ms = 0;  // inside networks
};

// Runs every part, one after the other or at once; the first error in the order of the parts (a part may then not
// have run). Steps (base/trace/trace_steps.h) are the call's, whichever thread they are on.
Result<Effort> run_parts(IdleCores& cores, const std::vector<std::function<Status()>>& parts);

}  // namespace eyrie::vision
