// Forms as a hostile client could send them, in pieces of a size that the first byte tells, and policies.
#include <algorithm>

#include "api/s3/form/form_parser.h"
#include "api/s3/form/post_policy.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  ByteView rest(data + 1, size - 1);
  if (const auto policy = api::s3::PostPolicy::parse(as_text(rest)))
    (void)policy->check({{"key", "a"}, {"content-type", "text/plain,image/png"}}, 0);
  std::size_t file = 0, fields = 0;
  int files = 0;
  api::s3::FormParser parser("b", {.begin_file =
                                       [&](api::s3::FormParser::Fields told, const std::optional<std::string>&) {
                                         ++files;
                                         for (const auto& [name, value] : told) fields += name.size() + value.size();
                                         return Status();
                                       },
                                   .file =
                                       [&](ByteView bytes) {
                                         file += bytes.size();
                                         return Status();
                                       }});
  Status status;
  while (!rest.empty() && status) {
    status = parser.feed(rest.first(std::min(piece, rest.size())));
    rest = rest.subspan(std::min(piece, rest.size()));
  }
  if (status) status = parser.finish();
  // What comes out is part of what went in, and a form that is taken had one file.
  if (file + fields > size || files > 1 || (status && files != 1)) __builtin_trap();
  return 0;
}
