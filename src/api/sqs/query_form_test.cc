// Forms as the objects that they mean, and answers as XML.
#include "api/sqs/query_form.h"

#include <gtest/gtest.h>

namespace eyrie::api::sqs {
namespace {

std::string object(const Parameters& parameters) {
  const auto made = object_of_form(parameters);
  return made ? write_json(json::value(*made)) : made.error().code;
}

TEST(QueryFormTest, ListsMapsAndEntries) {
  EXPECT_EQ(object({{"Attribute.1.Name", "DelaySeconds"}, {"Attribute.1.Value", "5"}, {"Attribute.10.Name", "b"}, {"Attribute.10.Value", "2"}, {"MaxResults", "3"}, {"Version", "x"}}),
            R"({"MaxResults":3,"Attributes":{"DelaySeconds":"5","b":"2"}})");
  // By number, not by text; gaps do not matter.
  EXPECT_EQ(object({{"AttributeName.10", "c"}, {"AttributeName.2", "b"}, {"AttributeName.x", "no"}}), R"({"AttributeNames":["b","c"]})");
  EXPECT_EQ(object({{"DeleteMessageBatchRequestEntry.1.Id", "a"}, {"DeleteMessageBatchRequestEntry.1.ReceiptHandle", "7"}}),
            R"({"Entries":[{"ReceiptHandle":"7","Id":"a"}]})");
  EXPECT_EQ(object({{"MessageAttribute.1.Name", "n"}, {"MessageAttribute.1.Value.DataType", "String"}, {"MessageAttribute.1.Value.StringValue", "v"}}),
            R"({"MessageAttributes":{"n":{"DataType":"String","StringValue":"v"}}})");
  EXPECT_EQ(object({{"VisibilityTimeout", "1x"}}), R"({"VisibilityTimeout":"1x"})");
  EXPECT_EQ(object({{"a.b.c.d.e.f.g.h.i", "x"}}), "MalformedInput");
}

TEST(QueryFormTest, AnswersAreFlattened) {
  XmlWriter xml("R", "urn:x");
  const auto answer = parse_json(R"({"QueueUrls":["u","v"],"Attributes":{"a":"<"},"Tags":{"k":"v"},"Successful":[{"Id":"1"}],"Failed":[{"Id":"2","SenderFault":true}],
                                     "Messages":[{"Body":"b","MessageAttributes":{"n":{"DataType":"String"}}}]})");
  write_answer("DeleteMessageBatch", answer->get_object(), xml);
  const std::string text = xml.finish();
  for (const char* part : {"<QueueUrl>u</QueueUrl><QueueUrl>v</QueueUrl>", "<Attribute><Name>a</Name><Value>&lt;</Value></Attribute>", "<Tag><Key>k</Key><Value>v</Value></Tag>",
                           "<DeleteMessageBatchResultEntry><Id>1</Id></DeleteMessageBatchResultEntry>",
                           "<BatchResultErrorEntry><Id>2</Id><SenderFault>true</SenderFault></BatchResultErrorEntry>",
                           "<Message><Body>b</Body><MessageAttribute><Name>n</Name><Value><DataType>String</DataType></Value></MessageAttribute></Message>"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

}  // namespace
}  // namespace eyrie::api::sqs
