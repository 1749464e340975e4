// Every way of creating an object fires its event exactly once: where the key begins or ends as the rule says, and only there.
#include <functional>

#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

class EventsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
    ASSERT_EQ(put("/images/source", "picture").status, 200);
    ASSERT_TRUE(store_->set_rules(
        "images",
        {{.bucket = "images", .function = "by-prefix", .events = {"ObjectCreated:*"}, .prefixes = {"up loads/"}},
         {.bucket = "images", .function = "by-suffix", .events = {"ObjectCreated:*"}, .suffixes = {".jpg"}}}));
  }

  // "by-prefix Put", in order.
  std::vector<std::string> events() {
    std::vector<std::string> fired;
    while (true) {
      const auto event = store_->events().lease(std::chrono::hours(1));
      EXPECT_TRUE(event);
      if (!event || !*event) break;
      const auto payload = parse_json((*event)->payload);
      const std::string name(payload->at("Records").at(0).at("eventName").as_string());
      EXPECT_TRUE(name.starts_with("ObjectCreated:")) << name;
      fired.push_back((*event)->function + " " + name.substr(14));
      EXPECT_TRUE(store_->events().acknowledge((*event)->id));
    }
    std::ranges::sort(fired);
    return fired;
  }

  static std::string path_of(const std::string& key) { return "/images/" + percent_encode(key, true); }

  Answer presigned(const std::string& key, const std::string& query, const std::string& headers_tags = "") {
    net::RequestHead head{.method = "PUT", .path = path_of(key), .query = query};
    head.headers.add("Host", "127.0.0.1:4566");
    if (!headers_tags.empty()) head.headers.add("x-amz-tagging", headers_tags);
    head.query = aws::presign_query(head, {.access_key = "KEY", .secret = "secret"},
                                    {.region = "us-east-1",
                                     .service = "s3",
                                     .time_ms = clock_.now_ms(),
                                     .payload_hash = std::string(aws::kUnsignedPayload)},
                                    60);
    head.content_length = 7;
    head.id = "presigned";
    return exchange(head, {.body = "picture"});
  }

  Answer form(const std::string& key) {
    const std::string credential = "KEY/20251124/us-east-1/s3/aws4_request";
    const std::string policy = base64_encode(as_bytes(
        std::string(R"({"expiration":"2025-11-24T17:00:00Z","conditions":[{"bucket":"images"},["starts-with","$key",""],)"
                    R"(["starts-with","$x-amz-algorithm",""],["starts-with","$x-amz-credential",""],["starts-with","$x-amz-date",""]]})")));
    const std::pair<std::string, std::string> fields[] = {
        {"key", key},
        {"policy", policy},
        {"x-amz-algorithm", "AWS4-HMAC-SHA256"},
        {"x-amz-credential", credential},
        {"x-amz-date", "20251124T160000Z"},
        {"x-amz-signature", aws::sign_string(aws::derive_signing_key("secret", "20251124", "us-east-1", "s3"), policy)},
        {"file", "picture"}};
    std::string body;
    for (const auto& [name, value] : fields)
      body += "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    return send({.method = "POST",
                 .path = "/images",
                 .headers = {{"Content-Type", "multipart/form-data; boundary=B"}},
                 .body = body + "--B--\r\n",
                 .is_signed = false});
  }

  Answer multipart(const std::string& key, bool by_copy) {
    const std::string path = path_of(key);
    const std::string id = send({.method = "POST", .path = path, .query = "uploads"}).element("UploadId");
    Call part{.method = "PUT", .path = path, .query = "partNumber=1&uploadId=" + id};
    if (by_copy) part.headers = {{"x-amz-copy-source", "images/source"}};
    if (!by_copy) part.body = "picture";
    const Answer stored = send(part);
    const std::string etag = by_copy ? stored.element("ETag") : stored.header("ETag");
    return send({.method = "POST",
                 .path = path,
                 .query = "uploadId=" + id,
                 .body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag +
                         "</ETag></Part></CompleteMultipartUpload>"});
  }
};

TEST_F(EventsTest, EveryWayOfCreatingFiresOnce) {
  struct Way {
    const char* name;
    const char* event;
    std::function<Answer(const std::string& key)> create;
  };
  const Way ways[] = {
      {"PUT", "Put", [&](const std::string& key) { return put(path_of(key), "picture"); }},
      {"PUT with tags", "Put",
       [&](const std::string& key) { return put(path_of(key), "picture", {{"x-amz-tagging", "a=1"}}); }},
      {"presigned PUT", "Put", [&](const std::string& key) { return presigned(key, ""); }},
      {"presigned PUT with extra query", "Put",
       [&](const std::string& key) { return presigned(key, "x-id=PutObject&extra=1"); }},
      {"presigned PUT with tags", "Put", [&](const std::string& key) { return presigned(key, "", "a=1"); }},
      {"POST form", "Post", [&](const std::string& key) { return form(key); }},
      {"copy", "Copy",
       [&](const std::string& key) {
         return send({.method = "PUT", .path = path_of(key), .headers = {{"x-amz-copy-source", "images/source"}}});
       }},
      {"multipart", "CompleteMultipartUpload", [&](const std::string& key) { return multipart(key, false); }},
      {"multipart by copy", "CompleteMultipartUpload", [&](const std::string& key) { return multipart(key, true); }}};
  for (const Way& way : ways) {
    SCOPED_TRACE(way.name);
    const std::string event = way.event, prefix = "by-prefix " + event, suffix = "by-suffix " + event;
    const std::pair<const char*, std::vector<std::string>> keys[] = {{"up loads/a+b.png", {prefix}},
                                                                     {"elsewhere/ü.jpg", {suffix}},
                                                                     {"up loads/c.jpg", {prefix, suffix}},
                                                                     {"elsewhere/d.png", {}}};
    for (const auto& [key, wanted] : keys) {
      const Answer made = way.create(key);
      EXPECT_TRUE(made.status == 200 || made.status == 204) << made.status << made.body;
      EXPECT_EQ(get(path_of(key)).body, "picture");
      EXPECT_EQ(events(), wanted) << key;
      EXPECT_EQ(way.create(key).status, made.status) << "over the one before";
      EXPECT_EQ(events(), wanted) << key << " again";
    }
  }
}

}  // namespace
}  // namespace eyrie::api::testing
