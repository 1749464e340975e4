#include "api/s3/xml.h"

namespace eyrie::api::s3 {

Xml::Xml(std::string_view root) : root_(root) {
  out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + root_ + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
}

Xml& Xml::open(std::string_view name) {
  out_ += '<';
  out_ += name;
  out_ += '>';
  return *this;
}

Xml& Xml::close(std::string_view name) {
  out_ += "</";
  out_ += name;
  out_ += '>';
  return *this;
}

Xml& Xml::text(std::string_view name, std::string_view value) {
  open(name);
  escape(value);
  return close(name);
}

std::string Xml::finish() {
  close(root_);
  return std::move(out_);
}

void Xml::escape(std::string_view value) {
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

}  // namespace eyrie::api::s3
