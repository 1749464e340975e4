// Compressed bodies come from clients.
#include "api/common/compressed_body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  eyrie::net::RequestHead head;
  head.headers.set("Content-Encoding", "gzip");
  (void)eyrie::api::plain_body(head, eyrie::Bytes(data, data + size), 1 << 20);
  return 0;
}
