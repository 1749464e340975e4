// SQLite's log and its index, whatever they hold: an answer within the bytes given, and what SQLite would find is no more than there is room for.
#include <algorithm>
#include <cstdlib>

#include "store/sqlite/log_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const ByteView input(data, size);
  const ByteView index = input.first(std::min<std::size_t>(size, 96)), log = input.subspan(index.size());
  const auto check = store::check_log(
      [log](std::uint64_t offset, std::span<std::uint8_t> into) -> Result<std::size_t> {
        if (offset >= log.size()) return 0;
        const std::size_t count = std::min<std::size_t>(into.size(), log.size() - offset);
        std::copy_n(log.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
        return count;
      },
      index);
  if (!check || check->whole_frames * (24 + 512) > size) std::abort();
  return 0;
}
