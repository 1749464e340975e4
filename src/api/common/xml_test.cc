#include "api/common/xml.h"

#include <gtest/gtest.h>

namespace eyrie::api {
namespace {

std::string written(std::string_view text) { return XmlWriter("R", "").text("t", text).finish().substr(39); }

TEST(XmlWriter, EscapesText) {
  EXPECT_EQ(written("a<b>&\"'\r\n\t\xC3\xA9"), "<R><t>a&lt;b&gt;&amp;&quot;'&#13;\n\t\xC3\xA9</t></R>");
  EXPECT_EQ(written(""), "<R><t></t></R>");
}

TEST(XmlWriter, IsWellFormedWhateverItIsTold) {
  EXPECT_EQ(written("a\uFFFE\uFFFF<"), "<R><t>a\uFFFD\uFFFD&lt;</t></R>");
  EXPECT_EQ(written("\x01\x1f"), "<R><t>\uFFFD\uFFFD</t></R>");
  EXPECT_EQ(written("\xED\xA0\x80"), "<R><t>\uFFFD\uFFFD\uFFFD</t></R>") << "a surrogate";
  EXPECT_EQ(written("\xC3&"), "<R><t>\uFFFD&amp;</t></R>") << "cut off";
}

}  // namespace
}  // namespace eyrie::api
