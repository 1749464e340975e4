#include "api/s3/request_xml.h"

#include <gtest/gtest.h>

namespace eyrie::api::s3 {
namespace {

constexpr ElementRule kRules[] = {{"Delete", "Object* Quiet"}, {"Object", "Key More"}, {"More", kUnchecked}};

// The first key of a document that is taken; "refused".
std::string key_of(std::string_view xml) {
  const auto document = load_root(as_bytes(xml), kRules);
  if (!document) return document.error().code == "MalformedXML" ? "refused" : document.error().code;
  return document->document_element().child("Object").child_value("Key");
}

TEST(RequestXml, TakesWhatTheRulesSay) {
  EXPECT_EQ(key_of("<Delete><Object><Key>a</Key></Object></Delete>"), "a");
  EXPECT_EQ(key_of("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n  <Object>\n"
                   "    <Key>a</Key>\n  </Object>\n</Delete>\n"),
            "a");
  EXPECT_EQ(key_of("<Delete><Object xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Key>a</Key></Object></Delete>"), "a")
      << "Go's clients tell the namespace of each element";
  EXPECT_EQ(key_of("<Delete xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><Object i:type=\"x\"><Key>a</Key></Object></Delete>"), "a");
  EXPECT_EQ(key_of("<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>"), "a");
  EXPECT_EQ(key_of("<Delete/>"), "");
  EXPECT_EQ(key_of("<Delete><Object><Key>a</Key><More><b c=\"d\">e<f/></b></More></Object></Delete>"), "a") << "unchecked";
}

TEST(RequestXml, TextIsWhole) {
  EXPECT_EQ(key_of("<Delete><Object><Key> </Key></Object></Delete>"), " ");
  EXPECT_EQ(key_of("<Delete><Object><Key> a </Key></Object></Delete>"), " a ");
  EXPECT_EQ(key_of("<Delete><Object><Key>a&amp;&lt;&#228;</Key></Object></Delete>"), "a&<\xC3\xA4");
  EXPECT_EQ(key_of("<Delete><Object><Key>a<!-- no -->b<![CDATA[<c>]]>d</Key></Object></Delete>"), "ab<c>d");
  EXPECT_EQ(key_of("<Delete><Object><Key><![CDATA[c]]></Key></Object></Delete>"), "c");
}

TEST(RequestXml, RefusesTheRest) {
  for (const std::string_view bad :
       {"", "text", "<Delete>", "<Remove/>", "<Delete/><Delete/>", "text<Delete/>", "<Delete/>text", "<Delete>text</Delete>", "<Delete><![CDATA[]]></Delete>",
        "<Delete><Objekt/></Delete>", "<Delete><Quiet>true</Quiet><Quiet>true</Quiet></Delete>", "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
        "<Delete><Object><Key>a</Key>b</Object></Delete>", "<Delete><Object><Key><b/></Key></Object></Delete>", "<Delete><Delete/></Delete>",
        "<Delete a=\"b\"/>", "<Delete xmlns=\"http://example.com/\"/>", "<Delete xmlns:a=\"http://example.com/\"/>", "<Delete><Quiet a=\"b\">true</Quiet></Delete>",
        "<a:Delete xmlns:a=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>", "<!DOCTYPE Delete><Delete/>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><Delete><Object><Key>&a;</Key></Object></Delete>", "<Delete><Object><Key>\xFF</Key></Object></Delete>"}) {
    EXPECT_EQ(key_of(bad), "refused") << bad;
  }
}

TEST(RequestXml, IsBounded) {
  const auto many = [](std::size_t count) {
    std::string xml = "<Delete>";
    for (std::size_t i = 0; i < count; ++i) xml += "<Object/>";
    return xml + "</Delete>";
  };
  EXPECT_EQ(key_of(many(10'000)), "");
  EXPECT_EQ(key_of(many(200'000)), "refused");
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "<Delete>";
  for (int i = 0; i < 50'000; ++i) deep += "</Delete>";
  EXPECT_EQ(key_of(deep), "refused");
}

}  // namespace
}  // namespace eyrie::api::s3
