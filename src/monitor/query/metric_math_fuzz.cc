// Expressions come from clients: parsed, and worked out over two short series.
#include "monitor/query/evaluation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie::monitor;
  const auto parsed = parse_expression({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  (void)ids_in(*parsed);
  std::size_t budget = 10'000;
  const Line line{.points = {{0, 1}, {60, -2}, {180, 0}}, .label = "line"};
  const MathContext context{.start_s = 0,
                            .end_s = 600,
                            .value_of = [&](const std::string& id) -> eyrie::Result<MathValue> {
                              if (id == "a") return line;
                              return Line{.points = {{60, 5}}};
                            },
                            .metrics = [&](const std::string&) -> eyrie::Result<Lines> { return Lines{line, line}; },
                            .budget = &budget};
  (void)evaluate(*parsed, context);
  return 0;
}
