#include "api/common/xml.h"

#include "base/encoding.h"

namespace eyrie::api {

XmlWriter::XmlWriter(std::string_view root, std::string_view xmlns) : root_(root) {
  const std::string space = xmlns.empty() ? "" : " xmlns=\"" + std::string(xmlns) + "\"";
  out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + root_ + space + ">";
}

XmlWriter& XmlWriter::open(std::string_view name) {
  out_ += '<';
  out_ += name;
  out_ += '>';
  return *this;
}

XmlWriter& XmlWriter::close(std::string_view name) {
  out_ += "</";
  out_ += name;
  out_ += '>';
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view name, std::string_view value) {
  open(name);
  escape(value);
  return close(name);
}

std::string XmlWriter::finish() {
  close(root_);
  return std::move(out_);
}

void XmlWriter::escape(std::string_view value) {
  while (!value.empty()) {
    // U+FFFD, and no reference as S3 writes for control characters: `&#x1;` is ill-formed in XML 1.0, and parsers refuse all of
    // the answer for it. Clients that store such keys list with encoding-type=url.
    const std::string_view character = take_xml_character(value, "\xEF\xBF\xBD");
    switch (character.front()) {
      case '&': out_ += "&amp;"; break;
      case '<': out_ += "&lt;"; break;
      case '>': out_ += "&gt;"; break;
      case '"': out_ += "&quot;"; break;
      case '\r': out_ += "&#13;"; break;
      default: out_ += character;
    }
  }
}

}  // namespace eyrie::api
