// Forms come from clients.
#include "api/common/form_lines.h"
#include "api/sqs/query_form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = eyrie::api::sqs::object_of_form(eyrie::api::parameters_of_lines({reinterpret_cast<const char*>(data), size}));
  if (!object) return 0;
  eyrie::api::XmlWriter xml("R", "urn:x");
  eyrie::api::sqs::write_answer("SendMessageBatch", *object, xml);
  (void)xml.finish();
  return 0;
}
