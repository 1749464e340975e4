// Forms come from clients.
#include "api/cloudwatch/form.h"
#include "api/common/form_lines.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = eyrie::api::cloudwatch::object_of_form(eyrie::api::parameters_of_lines({reinterpret_cast<const char*>(data), size}));
  if (!object) return 0;
  eyrie::api::XmlWriter xml("R", "urn:x");
  eyrie::api::cloudwatch::write_answer(*object, xml);
  (void)xml.finish();
  return 0;
}
