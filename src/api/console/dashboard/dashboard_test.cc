#include "api/console/dashboard/dashboard.h"

#include "api/console/pictures/testing.h"

namespace eyrie::api::console {
namespace {

using iam::console::Role;
using testing::Browser;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Reply;

class NoActions final : public monitor::AlarmActions {
 public:
  bool takes(const std::string&) const override { return true; }
  Status act(const std::string&, const monitor::AlarmNotice&, const std::string&) override { return {}; }
};

class DashboardTest : public testing::GalleryTest {
 protected:
  void SetUp() override {
    GalleryTest::SetUp();
    add("bob", Role::kAnalyst);
    bob_ = signed_in("bob");
  }
  Backend backend() override {
    Backend made = GalleryTest::backend();
    series_ = *monitor::TimeSeries::open(folder_.path() / "metrics.db", store_->records());
    alarms_ = *monitor::Alarms::open(store_->records(), *series_, actions_, clock_);
    monitoring_.emplace(
        Monitoring{.series = *series_,
                   .alarms = *alarms_,
                   .memory_mb = [](const std::string& name) { return name == "resize" ? 512 : 0; },
                   .clock = clock_});
    made.monitoring = &*monitoring_;
    return made;
  }
  void note(const std::string& name_space, const std::string& name, monitor::Dimensions dimensions,
            double value, std::int64_t age_s = 1) {
    series_->recorder().add(
        {.metric = {.name_space = name_space, .name = name, .dimensions = std::move(dimensions)},
         .unit = "None"},
        value, clock_.now_ms() / 1000 - age_s);
  }
  static json::object named(const json::value& list, std::string_view member, std::string_view name) {
    for (const json::value& one : list.as_array()) {
      if (text_of(one.as_object(), member) == name) return one.as_object();
    }
    ADD_FAILURE() << "no " << name;
    return {};
  }
  static std::vector<double> values(const json::object& answer, std::string_view chart,
                                    std::string_view series) {
    std::vector<double> found;
    for (const json::value& point :
         named(named(answer.at("charts"), "name", chart).at("series"), "name", series)
             .at("points")
             .as_array())
      found.push_back(point.as_array()[1].to_number<double>());
    return found;
  }
  json::object dashboard(const std::string& query = "") {
    const Reply reply = send(bob_, "GET", "dashboard" + query);
    EXPECT_EQ(reply.status, 200) << reply.text;
    return reply.body();
  }

  const TemporaryDirectory folder_;
  NoActions actions_;
  std::unique_ptr<monitor::TimeSeries> series_;
  std::unique_ptr<monitor::Alarms> alarms_;
  std::optional<Monitoring> monitoring_;
  Browser bob_;
};

TEST_F(DashboardTest, ShowsWhatFunctionsDidAndWhatWaits) {
  for (int i = 1; i <= 4; ++i) {
    note("AWS/Lambda", "Invocations", {}, 1);
    note("AWS/Lambda", "Errors", {}, i == 1 ? 1 : 0);
    note("AWS/Lambda", "Duration", {}, 100.0 * i);
  }
  note("AWS/Lambda", "Invocations", {}, 1, 3600);
  note("Eyrie", "EventsReady", {}, 3);
  note("Eyrie", "EventsReady", {}, 7);
  note("Eyrie", "OldestEventAge", {}, 1500);
  ASSERT_TRUE(series_->flush());
  note("AWS/Lambda", "Invocations", {}, 1, 3600);  // waits to be written
  const json::object answer = dashboard();
  EXPECT_EQ(answer.at("period"), json::value(300));
  EXPECT_THAT(values(answer, "invocations", "invocations"), ElementsAre(2, 4));
  EXPECT_THAT(values(answer, "errors", "errors"), ElementsAre(1));
  EXPECT_THAT(values(answer, "error-rate", "error-rate"), ElementsAre(25))
      << "of the four of whom it was told";
  EXPECT_NEAR(values(answer, "duration", "p50").at(0), 200, 4);
  EXPECT_NEAR(values(answer, "duration", "p99").at(0), 400, 8);
  EXPECT_NEAR(answer.at("durations").as_object().at("p95").to_number<double>(), 400, 8);
  EXPECT_THAT(values(answer, "queue", "ready"), ElementsAre(7)) << "at its highest";
  EXPECT_THAT(values(answer, "queue-age", "oldest"), ElementsAre(1500));
  EXPECT_THAT(values(answer, "queue", "dead"), IsEmpty());

  const std::string hour = "?from=" + format_iso8601(clock_.now_ms() - 1'800'000) +
                           "&to=" + format_iso8601(clock_.now_ms() + 60'000);
  EXPECT_THAT(values(dashboard(hour), "invocations", "invocations"), ElementsAre(4));
}

TEST_F(DashboardTest, HasAlarmsWithTheirStates) {
  ASSERT_TRUE(alarms_->put(
      {.name = "=slow",
       .description = "d",
       .stat = monitor::MetricStat{.metric = {.name_space = "A", .name = "m"}, .statistic = "Sum"}}));
  ASSERT_TRUE(alarms_->set_state("=slow", monitor::AlarmState::kAlarm, "because", ""));
  const json::object answer = dashboard();
  const json::object alarm = named(answer.at("alarms"), "name", "=slow");
  EXPECT_EQ(text_of(alarm, "state"), "ALARM");
  EXPECT_EQ(text_of(alarm, "reason"), "because");
  EXPECT_EQ(text_of(alarm, "updated"), format_iso8601(clock_.now_ms()));
  const Reply csv = send(bob_, "GET", "dashboard/csv");
  EXPECT_EQ(csv.headers.get("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_THAT(csv.text, HasSubstr("\"alarm\",\"'=slow\"," + format_iso8601(clock_.now_ms()) +
                                  ",\"ALARM\",\"\",\"because\"\r\n"))
      << "no formula";
}

TEST_F(DashboardTest, CountsWhatItWouldHaveCost) {
  for (int i = 0; i < 10; ++i) note("Eyrie", "DetectedLabels", {}, 12);
  for (int i = 0; i < 4; ++i) note("Eyrie", "Detections", {{"Label", "Person"}}, 1);
  for (int i = 0; i < 5; ++i)
    note("AWS/Rekognition", "SuccessfulRequestCount", {{"Operation", "DetectText"}}, 1);
  note("AWS/Rekognition", "SuccessfulRequestCount", {{"Operation", "SearchFaces"}}, 1);
  note("AWS/Rekognition", "SuccessfulRequestCount", {{"Operation", "ListFaces"}}, 1);  // costs nothing
  for (int i = 0; i < 14; ++i) note("AWS/Lambda", "Invocations", {}, 1);
  note("AWS/Lambda", "Duration", {{"FunctionName", "resize"}}, 2000);
  note("AWS/Lambda", "Duration", {{"FunctionName", "resize"}, {"Resource", "resize"}},
       2000);  // the same once more
  note("AWS/Lambda", "Duration", {{"FunctionName", "gone"}}, 8000);
  note("AWS/S3", "PutRequests", {{"BucketName", "images"}, {"FilterId", "EntireBucket"}}, 1);
  note("AWS/S3", "GetRequests", {{"BucketName", "images"}, {"FilterId", "EntireBucket"}}, 1);
  // 30 GB for an hour.
  note("AWS/S3", "BucketSizeBytes", {{"BucketName", "images"}, {"StorageType", "StandardStorage"}},
       30.0 * (1 << 30), 3 * 3600);
  ASSERT_TRUE(series_->flush());
  const json::object cost = dashboard().at("cost").as_object();
  EXPECT_EQ(text_of(cost, "region"), "us-east-1");
  const auto line = [&](std::string_view price) { return named(cost.at("lines"), "price", price); };
  const auto usd = [&](std::string_view price) { return line(price).at("usd").to_number<double>(); };
  EXPECT_DOUBLE_EQ(line("rekognition-group-2").at("units").to_number<double>(), 3 * 10 + 4 + 5);
  EXPECT_DOUBLE_EQ(usd("rekognition-group-2"), 0.039);
  EXPECT_DOUBLE_EQ(usd("rekognition-image-properties"), 0.0075);
  EXPECT_DOUBLE_EQ(usd("rekognition-group-1"), 0.001);
  EXPECT_DOUBLE_EQ(usd("lambda-requests"), 14 * 0.0000002);
  EXPECT_DOUBLE_EQ(line("lambda-duration").at("units").to_number<double>(), 2 * 0.5 + 8 * 0.125)
      << "one whose memory nobody knows has the least";
  EXPECT_NEAR(usd("lambda-duration"), 2 * 0.0000166667, 1e-8);
  EXPECT_DOUBLE_EQ(usd("s3-put"), 11 * 0.000005);
  EXPECT_DOUBLE_EQ(usd("s3-get"), 0.0000004);
  EXPECT_NEAR(line("s3-storage").at("units").to_number<double>(), 30.0 / 720, 1e-6)
      << "November has 720 hours";
  EXPECT_DOUBLE_EQ(usd("dynamodb-write"), 20 * 0.000000625);
  double sum = 0;
  for (const json::value& one : cost.at("lines").as_array())
    sum += one.as_object().at("usd").to_number<double>();
  EXPECT_NEAR(cost.at("usd").to_number<double>(), sum, 1e-7);
  EXPECT_THAT(send(bob_, "GET", "dashboard/csv").text,
              HasSubstr("\"list-price-us-east-1\",\"rekognition-group-2\",,0.039,\"USD\",\"39 x 0.001, as of "
                        "2026-10-07\"\r\n"));

  const std::string before = "?from=" + format_iso8601(clock_.now_ms() - 86'400'000) +
                             "&to=" + format_iso8601(clock_.now_ms() - 43'200'000);
  EXPECT_THAT(dashboard(before).at("cost").as_object().at("lines").as_array(), IsEmpty());
}

TEST_F(DashboardTest, HasTheLabelsOfEachWeek) {
  // Now is a Monday, 16:00 UTC.
  add_picture("a", 3600, {{"Labels", labels({{"Dog", 99}, {"Cat", 79}})}});
  add_picture("b", 17 * 3600, {{"Labels", labels({{"Dog", 85}, {"Ball", 90}})}});
  add_picture("c", 18 * 3600, {{"Labels", labels({{"Dog", 85}})}});
  add_picture("old", 40 * 86'400, {{"Labels", labels({{"Cat", 99}})}});
  const json::object answer = dashboard("?from=" + format_iso8601(clock_.now_ms() - 30LL * 86'400'000));
  const json::array& weeks = answer.at("weeks").as_array();
  ASSERT_EQ(weeks.size(), 2U) << write_json(answer.at("weeks"));
  EXPECT_EQ(text_of(weeks[0].as_object(), "begin"), "2025-11-17T00:00:00.000Z");
  EXPECT_EQ(weeks[0].as_object().at("labels"),
            json::value(json::array{json::object{{"name", "Dog"}, {"count", 2}},
                                    json::object{{"name", "Ball"}, {"count", 1}}}));
  EXPECT_EQ(weeks[1].as_object().at("labels"),
            json::value(json::array{json::object{{"name", "Dog"}, {"count", 1}}}))
      << "79 percent are not sure enough";
  EXPECT_EQ(week_begin(4 * 86'400), 4 * 86'400);
  EXPECT_EQ(week_begin(4 * 86'400 - 1), -3 * 86'400);
}

TEST_F(DashboardTest, PutsPlacesTogetherThatAreClose) {
  add_picture("a", 30, {{"Exif", taken_at(48.20, 16.37)}, {"Labels", labels({{"Dog", 99}})}});
  add_picture("b", 20, {{"Exif", taken_at(48.22, 16.35)}, {"Labels", labels({{"Dog", 99}, {"Cat", 90}})}});
  add_picture("lima", 10, {{"Exif", taken_at(-12.05, -77.04)}});
  add_picture("put-away", 10, {{"Exif", taken_at(0, 0)}, {"Archived", true}});
  add_picture("nowhere", 10);
  const std::string range = "?from=" + format_iso8601(clock_.now_ms() - 3'600'000) +
                            "&to=" + format_iso8601(clock_.now_ms() + 60'000);
  const auto places = [&](const std::string& more) {
    return send(bob_, "GET", "places" + range + more).body();
  };
  const json::object world = places("");
  EXPECT_EQ(world.at("pictures"), json::value(3));
  EXPECT_EQ(world.at("without"), json::value(1));
  ASSERT_EQ(world.at("places").as_array().size(), 2U);
  const json::object vienna = world.at("places").as_array()[0].as_object();
  EXPECT_EQ(vienna.at("pictures"), json::value(2)) << "the most first";
  EXPECT_NEAR(vienna.at("latitude").to_number<double>(), 48.21, 1e-4);
  EXPECT_EQ(text_of(vienna, "newest"), "b");
  EXPECT_EQ(vienna.at("labels"), json::value(json::array{json::object{{"name", "Dog"}, {"count", 2}},
                                                         json::object{{"name", "Cat"}, {"count", 1}}}));
  // What it is bounded by finds the same pictures in the gallery.
  std::string within;
  for (const json::value& side : vienna.at("within").as_array())
    within += (within.empty() ? "" : ",") + write_json(side);
  EXPECT_EQ(send(bob_, "GET", "pictures?within=" + within).body().at("total"), json::value(2));

  EXPECT_EQ(places("&within=16.3,48.1,16.5,48.3").at("places").as_array().size(), 2U)
      << "closer, they are two";
  EXPECT_EQ(places("&within=0,-10,10,10").at("pictures"), json::value(0));
}

TEST_F(DashboardTest, PlacesOverThe180thMeridianStayTogether) {
  add_picture("a", 30, {{"Exif", taken_at(-17, 179.9)}});
  add_picture("b", 20, {{"Exif", taken_at(-17, -179.9)}});
  const analysis::Area around{.west = 170, .south = -30, .east = -170, .north = 0};
  const std::int64_t now_s = clock_.now_ms() / 1000;
  const Places places = places_of(
      *index_, {.start_s = now_s - 60, .end_s = now_s + 60, .period_s = 60, .now_s = now_s}, around);
  EXPECT_EQ(places.pictures, 2U);
  for (const Cluster& cluster : places.clusters) EXPECT_GT(std::abs(cluster.longitude), 179);
}

TEST_F(DashboardTest, PlacesAreBounded) {
  for (int i = 0; i < 900; ++i)
    add_picture("p" + std::to_string(i), 30,
                {{"Exif", taken_at(-89 + (i / 30) * 5.9, -179 + (i % 30) * 11.9)}});
  const std::int64_t now_s = clock_.now_ms() / 1000;
  const Places places =
      places_of(*index_, {.start_s = now_s - 60, .end_s = now_s + 60, .period_s = 60, .now_s = now_s}, {});
  EXPECT_EQ(places.pictures, 900U);
  EXPECT_EQ(places.clusters.size(), kMostPlaces);
  EXPECT_GT(places.left_out, 0U);
}

TEST_F(DashboardTest, RolesDecide) {
  add("eve", Role::kUploader);
  Browser eve = signed_in("eve"), nobody;
  for (const char* path : {"dashboard", "dashboard/csv"}) {
    EXPECT_EQ(send(eve, "GET", path).code(), "AccessDenied") << path;
    EXPECT_EQ(send(nobody, "GET", path).code(), "NotSignedIn") << path;
  }
  EXPECT_EQ(send(eve, "GET", "places?from=2025-11-01T00:00:00Z&to=2025-11-02T00:00:00Z").status, 200)
      << "an uploader sees the records";
}

TEST_F(DashboardTest, OnlyRangesThatAreOnes) {
  for (const char* query : {"from=x", "to=", "from=2025-11-24T16:00:00Z", "from=1990-01-01T00:00:00Z",
                            "days=3", "within=0,0,1,1"})
    EXPECT_EQ(send(bob_, "GET", std::string("dashboard?") + query).code(), "InvalidRequest") << query;
  EXPECT_THAT(send(bob_, "GET", "dashboard/csv").text, Not(IsEmpty()));
}

}  // namespace
}  // namespace eyrie::api::console
