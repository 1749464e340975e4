// Receipt handles come from clients; what is read must be written as it was.
#include <cstdlib>

#include "notify/queues/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto receipt = eyrie::notify::read_receipt(text); receipt && eyrie::notify::write_receipt(*receipt) != text) std::abort();
  eyrie::notify::Message message{.body = text, .attributes = {{text.substr(0, size / 2), {.type = "Number", .value = text.substr(size / 2)}}}};
  if (!eyrie::notify::check_message(message)) return 0;
  const auto read = eyrie::notify::read_message(eyrie::notify::write_message(message));
  if (!read || read->body != message.body || read->attributes != message.attributes) std::abort();
  return 0;
}
