// Notification configurations through the gateway, and that events follow them.
#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

const std::string kFunction = "arn:aws:lambda:us-east-1:000000000000:function:analyze-image";

std::string rule(const std::string& name, const std::string& value) {
  return "<FilterRule><Name>" + name + "</Name><Value>" + value + "</Value></FilterRule>";
}
std::string configuration(const std::string& event, const std::string& filter = "", const std::string& id = "",
                          const std::string& target = "<CloudFunction>" + kFunction + "</CloudFunction>",
                          const std::string& kind = "CloudFunctionConfiguration") {
  return "<" + kind + ">" + (id.empty() ? "" : "<Id>" + id + "</Id>") + target + "<Event>" + event + "</Event>" +
         (filter.empty() ? "" : "<Filter><S3Key>" + filter + "</S3Key></Filter>") + "</" + kind + ">";
}

class NotificationTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  Answer configure(const std::string& configurations) {
    return send({.method = "PUT",
                 .path = "/images",
                 .query = "notification",
                 .body = "<NotificationConfiguration>" + configurations + "</NotificationConfiguration>"});
  }
  // Names of events waiting, with their configuration's id.
  std::vector<std::string> events() {
    std::vector<std::string> fired;
    while (true) {
      const auto event = store_->events().lease(std::chrono::hours(1));
      EXPECT_TRUE(event);
      if (!event || !*event) return fired;
      const auto record = parse_json((*event)->payload)->at("Records").at(0);
      fired.push_back((*event)->function + " " + std::string(record.at("eventName").as_string()) + " " +
                      std::string(record.at("s3").at("configurationId").as_string()));
      EXPECT_TRUE(store_->events().acknowledge((*event)->id));
    }
  }
};

TEST_F(NotificationTest, EventsFollow) {
  EXPECT_THAT(get("/images", "notification").body, HasSubstr("<NotificationConfiguration xmlns="));
  ASSERT_EQ(configure(configuration("s3:ObjectCreated:Put", rule("Prefix", "up/") + rule("suffix", ".jpg"), "pictures") +
                      configuration("s3:ObjectRemoved:*", "", "gone"))
                .status,
            200);
  const std::string shown = get("/images", "notification").body;
  EXPECT_THAT(shown, HasSubstr("<Id>pictures</Id><CloudFunction>" + kFunction + "</CloudFunction>"
                               "<Event>s3:ObjectCreated:Put</Event><Filter><S3Key>" + rule("Prefix", "up/") +
                               rule("Suffix", ".jpg") + "</S3Key></Filter>"));
  put("/images/up/a.jpg", "x");
  put("/images/up/a.png", "x");
  put("/images/a.jpg", "x");
  send({.method = "PUT", .path = "/images/up/copy.jpg", .headers = {{"x-amz-copy-source", "images/a.jpg"}}});
  EXPECT_EQ(events(), std::vector<std::string>{"analyze-image ObjectCreated:Put pictures"});
  send({.method = "DELETE", .path = "/images/a.jpg"});
  EXPECT_EQ(events(), std::vector<std::string>{"analyze-image ObjectRemoved:Delete gone"});
  // One that is refused changes nothing; an empty one ends all.
  EXPECT_EQ(configure(configuration("s3:Nonsense")).status, 400);
  EXPECT_EQ(get("/images", "notification").body, shown);
  ASSERT_EQ(configure("").status, 200);
  put("/images/up/a.jpg", "x");
  EXPECT_EQ(events(), std::vector<std::string>{});
}

TEST_F(NotificationTest, TargetsThatAreNotThere) {
  auto refused = [&](const std::string& kind, const std::string& element, const std::string& arn) {
    return configure(configuration("s3:ObjectCreated:*", "", "", "<" + element + ">" + arn + "</" + element + ">", kind));
  };
  for (const auto& [kind, element, arn] :
       {std::tuple("CloudFunctionConfiguration", "CloudFunction", "arn:aws:lambda:us-east-1:000000000000:function:other"),
        std::tuple("QueueConfiguration", "Queue", "arn:aws:sqs:us-east-1:000000000000:jobs"),
        std::tuple("TopicConfiguration", "Topic", "arn:aws:sns:us-east-1:000000000000:news")}) {
    const Answer answer = refused(kind, element, arn);
    EXPECT_EQ(error(answer), "400 InvalidArgument") << kind;
    EXPECT_EQ(answer.element("Message"), "Unable to validate the following destination configurations");
  }
  EXPECT_EQ(refused("CloudFunctionConfiguration", "CloudFunction", "analyze-image").element("Message"),
            "The ARN could not be parsed");
  EXPECT_EQ(error(configure("<EventBridgeConfiguration/>")), "501 NotImplemented");
}

TEST_F(NotificationTest, Overlaps) {
  auto two = [&](const std::string& event_a, const std::string& filter_a, const std::string& event_b,
                 const std::string& filter_b) {
    return error(configure(configuration(event_a, filter_a) + configuration(event_b, filter_b)));
  };
  const std::string created = "s3:ObjectCreated:*", put = "s3:ObjectCreated:Put", removed = "s3:ObjectRemoved:*";
  EXPECT_EQ(two(created, "", put, ""), "400 InvalidArgument");
  EXPECT_EQ(two(created, rule("prefix", "a"), put, rule("prefix", "ab")), "400 InvalidArgument");
  EXPECT_EQ(two(created, rule("suffix", "jpg"), put, rule("suffix", ".jpg")), "400 InvalidArgument");
  EXPECT_EQ(two(created, rule("prefix", "a"), created, rule("suffix", ".jpg")), "400 InvalidArgument");
  EXPECT_EQ(two(created, "", created, rule("prefix", "a")), "400 InvalidArgument");
  EXPECT_EQ(two(created, "", removed, ""), "200 ");
  EXPECT_EQ(two("s3:ObjectCreated:Copy", "", put, ""), "200 ");
  EXPECT_EQ(two(created, rule("prefix", "a/"), created, rule("prefix", "b/")), "200 ");
  EXPECT_EQ(two(created, rule("prefix", "a/") + rule("suffix", ".jpg"), created,
                rule("prefix", "a/") + rule("suffix", ".png")),
            "200 ");
  EXPECT_EQ(error(configure(configuration(removed, "", "same") + configuration(created, "", "same"))),
            "400 InvalidArgument");
}

TEST_F(NotificationTest, Malformed) {
  const std::string event = "s3:ObjectCreated:*";
  EXPECT_EQ(error(configure(configuration(event, rule("infix", "a")))), "400 InvalidArgument");
  EXPECT_EQ(error(configure(configuration(event, rule("prefix", "a") + rule("Prefix", "b")))), "400 InvalidArgument");
  EXPECT_EQ(error(configure(configuration(event, rule("prefix", std::string(1025, 'x'))))), "400 InvalidArgument");
  for (const char* name : {"", "ObjectCreated:*", "s3:ObjectCreated:", "s3:ObjectCreated:P", "s3:*", "s3:ObjectCreated:* Put"}) {
    EXPECT_EQ(error(configure(configuration(name))), "400 InvalidArgument") << name;
  }
  EXPECT_EQ(error(configure("<CloudFunctionConfiguration><CloudFunction>" + kFunction +
                            "</CloudFunction></CloudFunctionConfiguration>")),
            "400 MalformedXML");
  EXPECT_EQ(error(configure("<Other/>")), "400 MalformedXML");
  EXPECT_EQ(error(send({.method = "PUT", .path = "/images", .query = "notification", .body = "<a"})), "400 MalformedXML");
  EXPECT_EQ(error(send({.method = "PUT",
                        .path = "/nowhere",
                        .query = "notification",
                        .body = "<NotificationConfiguration/>"})),
            "404 NoSuchBucket");
}

// A rule made at the first start says more than a configuration can; it is shown as several that say the same.
TEST_F(NotificationTest, RulesOfTheStoresOwn) {
  ASSERT_TRUE(store_->set_rules("images", {{.bucket = "images",
                                            .function = "analyze-image",
                                            .events = {"ObjectCreated:*"},
                                            .prefixes = {"a/", "b/"},
                                            .suffixes = {".jpg", ".png"},
                                            .ignore_case = true}}));
  const std::string shown = get("/images", "notification").body;
  EXPECT_THAT(shown, HasSubstr("<Id>eyrie-4</Id>"));
  EXPECT_EQ(send({.method = "PUT", .path = "/images", .query = "notification", .body = shown}).status, 200);
  EXPECT_EQ(get("/images", "notification").body, shown);
}

}  // namespace
}  // namespace eyrie::api::testing
