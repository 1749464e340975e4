// Forms come from clients. Lines "name=value" stand for what the query service has decoded.
#include "api/cloudwatch/form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  eyrie::api::Parameters parameters;
  while (!text.empty() && parameters.size() < 1000) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    parameters.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  const auto object = eyrie::api::cloudwatch::object_of_form(parameters);
  if (!object) return 0;
  eyrie::api::XmlWriter xml("R", "urn:x");
  eyrie::api::cloudwatch::write_answer(*object, xml);
  (void)xml.finish();
  return 0;
}
