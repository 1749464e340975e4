// How long networks have run on this machine since the process began, by their files. Time on the thread that ran it, so that it shows what else the cores
// did meanwhile. Thread safety: all of it.
#pragma once

#include <cstdint>
#include <filesystem>

namespace eyrie::vision {

struct RunTimes {
  std::uint64_t runs = 0;
  double ms = 0;  // of all of them together
};

RunTimes run_times_of(const std::filesystem::path& model);
void add_run_time(const std::filesystem::path& model, double ms);

}  // namespace eyrie::vision
