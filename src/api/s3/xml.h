// XML as S3 writes it.
#pragma once

#include "api/common/xml.h"

namespace eyrie::api::s3 {

class Xml : public XmlWriter {
 public:
  explicit Xml(std::string_view root) : XmlWriter(root, "http://s3.amazonaws.com/doc/2006-03-01/") {}
};

}  // namespace eyrie::api::s3
