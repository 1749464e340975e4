#include "api/xml.h"

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
  for (char c : value) {
    switch (c) {
      case '&': out_ += "&amp;"; break;
      case '<': out_ += "&lt;"; break;
      case '>': out_ += "&gt;"; break;
      case '"': out_ += "&quot;"; break;
      case '\r': out_ += "&#13;"; break;
      case '\n':
      case '\t': out_ += c; break;
      default:
        // XML 1.0 has no other control characters; clients that store such keys list with encoding-type=url.
        if (static_cast<unsigned char>(c) < 0x20) {
          out_ += "\xEF\xBF\xBD";
        } else {
          out_ += c;
        }
    }
  }
}

}  // namespace eyrie::api
