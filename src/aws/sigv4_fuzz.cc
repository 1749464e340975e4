// Verification of heads as a hostile client could send them: what comes from the fuzzer is a head's bytes.
#include "aws/sigv2.h"
#include "aws/sigv4.h"
#include "base/time/clock.h"
#include "net/head_parser.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = as_text({data, size});
  net::HeadScanner scanner;
  const auto end = scanner.scan(bytes);
  if (!end || *end == 0) return 0;
  const auto parsed = net::parse_head(bytes.substr(0, *end));
  if (!parsed) return 0;
  aws::claimed_service(parsed->head);
  const std::int64_t now = parse_amz_date("20130524T000000Z").value();
  const auto claim = aws::parse_authorization(parsed->head, now, true);
  if (!claim) return 0;
  if (claim->version_2) {
    aws::check_version_2(*claim, parsed->head, "bucket", "secret");
    return 0;
  }
  aws::check_signature(*claim, parsed->head, "secret", claim->payload_hash);
  return 0;
}
