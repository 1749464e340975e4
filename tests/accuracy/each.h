// Photos one by one, on every core.
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "image/decode.h"

namespace eyrie::accuracy {

inline constexpr int kDecodeSide = 1600;  // as LocalRecognizer::useful_side()

inline Result<image::Decoded> load(const std::filesystem::path& path, int side) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return image::decode(as_bytes(bytes), {.target_side = static_cast<std::uint32_t>(side)});
}

// Calls work(index) for 0 .. count - 1; returns when all are done.
template <typename F>
void each(std::size_t count, F work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < count; at = next++) work(at);
    });
  }
}

}  // namespace eyrie::accuracy
