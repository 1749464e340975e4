// XML out: elements in order, text escaped, characters XML cannot hold replaced. Not thread-safe: one document's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eyrie::api {

class XmlWriter {
 public:
  // <?xml ...?><ROOT xmlns="NAMESPACE">, without the attribute where there is no namespace.
  XmlWriter(std::string_view root, std::string_view xmlns);
  XmlWriter& open(std::string_view name);
  XmlWriter& close(std::string_view name);
  XmlWriter& text(std::string_view name, std::string_view value);
  XmlWriter& number(std::string_view name, std::uint64_t value) { return text(name, std::to_string(value)); }
  XmlWriter& flag(std::string_view name, bool value) { return text(name, value ? "true" : "false"); }
  std::string finish();

 private:
  void escape(std::string_view value);
  const std::string root_;
  std::string out_;
};

}  // namespace eyrie::api
