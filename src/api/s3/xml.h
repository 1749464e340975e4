// XML out, as S3 writes it: elements in order, text escaped, characters XML cannot hold replaced. And XML in, bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eyrie::api::s3 {

class Xml {
 public:
  // <?xml ...?><ROOT xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  explicit Xml(std::string_view root);
  Xml& open(std::string_view name);
  Xml& close(std::string_view name);
  Xml& text(std::string_view name, std::string_view value);
  Xml& number(std::string_view name, std::uint64_t value) { return text(name, std::to_string(value)); }
  std::string finish();

 private:
  void escape(std::string_view value);
  const std::string root_;
  std::string out_;
};

}  // namespace eyrie::api::s3
