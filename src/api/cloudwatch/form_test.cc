// Forms as the objects that they mean, answers as XML, and members read out of either.
#include "api/cloudwatch/form.h"

#include <gtest/gtest.h>

#include "api/cloudwatch/members.h"

namespace eyrie::api::cloudwatch {
namespace {

std::string object(const Parameters& parameters) {
  const auto made = object_of_form(parameters);
  return made ? write_json(json::value(*made)) : made.error().code;
}

TEST(CloudWatchFormTest, ListsAndStructures) {
  EXPECT_EQ(object({{"Namespace", "n"}, {"MetricData.member.2.MetricName", "b"}, {"MetricData.member.10.MetricName", "c"}, {"MetricData.member.2.Dimensions.member.1.Name", "d"}}),
            R"({"MetricData":[{"Dimensions":[{"Name":"d"}],"MetricName":"b"},{"MetricName":"c"}],"Namespace":"n"})");
  EXPECT_EQ(object({{"Statistics.member.1", "Sum"}}), R"({"Statistics":["Sum"]})");
  EXPECT_EQ(object({{"", "x"}}), "{}");
  EXPECT_EQ(object({{"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", "x"}}), "MalformedInput");
}

TEST(CloudWatchFormTest, AnswersHaveTimesAsTextsAndMapsAsEntries) {
  XmlWriter xml("R", "urn:x");
  const auto answer = parse_json(R"({"Datapoints":[{"Timestamp":1795948800.5,"Average":2.5,"ExtendedStatistics":{"p90":3}}],"Timestamps":[1795948800],"ReturnData":false,"None":null,"Text":"<"})");
  write_answer(answer->get_object(), xml);
  const std::string text = xml.finish();
  for (const char* part : {"<Datapoints><member><Timestamp>2026-11-29T10:40:00Z</Timestamp><Average>2.5</Average>", "<ExtendedStatistics><entry><key>p90</key><value>3</value></entry></ExtendedStatistics>",
                           "<Timestamps><member>2026-11-29T10:40:00Z</member></Timestamps>", "<ReturnData>false</ReturnData>", "<Text>&lt;</Text>"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  EXPECT_EQ(text.find("None"), std::string::npos);
}

TEST(CloudWatchMembersTest, TimesComeAsNumbersAndAsTexts) {
  const auto time = [](json::value value) {
    const auto read = time_member({{"t", std::move(value)}}, "t");
    return read ? read->value_or(-2) : -1;
  };
  EXPECT_EQ(time(1795948800), 1795948800000);
  EXPECT_EQ(time(1795948800.25), 1795948800250);
  EXPECT_EQ(time("2026-11-29T10:40:00Z"), 1795948800000);
  EXPECT_EQ(time("2026-11-29T10:40:00"), 1795948800000);
  EXPECT_EQ(time("2026-11-29T10:40:00.123456Z"), 1795948800123);
  EXPECT_EQ(time("2026-11-29T12:40:00.5+02:00"), 1795948800500);
  EXPECT_EQ(time(nullptr), -2);
  for (const json::value& none : {json::value("yesterday"), json::value("2026-13-29T10:40:00Z"), json::value("2026-11-29T10:40:00+2"), json::value(-1), json::value(1e300), json::value(true), json::value(""), json::value("2026-11-29T10:40:00.Zx")}) EXPECT_EQ(time(none), -1) << write_json(none);
}

TEST(CloudWatchMembersTest, NumbersMayBeTexts) {
  EXPECT_EQ(**real_member({{"n", "2.5"}}, "n"), 2.5);
  EXPECT_EQ(**whole_member({{"n", "60"}}, "n", 1, 100), 60);
  for (const json::value& none : {json::value("x"), json::value("1.5"), json::value("0"), json::value(101), json::value("")}) EXPECT_FALSE(whole_member({{"n", none}}, "n", 1, 100)) << write_json(none);
  EXPECT_EQ(reals_member({{"n", json::array{"1", 2}}}, "n", 2)->size(), 2U);
  EXPECT_FALSE(reals_member({{"n", json::array{1, 2, 3}}}, "n", 2));
  EXPECT_EQ(query_code("InvalidParameterValueException"), "InvalidParameterValue");
  EXPECT_EQ(query_code("ResourceNotFound"), "ResourceNotFound");
}

}  // namespace
}  // namespace eyrie::api::cloudwatch
