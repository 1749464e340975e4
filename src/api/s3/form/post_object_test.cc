// POST forms through the gateway: signature, policy, fields, answers.
#include "api/testing.h"
#include "base/time/clock.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class PostObjectTest : public ApiTest {
 protected:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }

  // A form whose policy has `conditions` beside those of the signature's fields.
  struct Form {
    std::string conditions = R"({"bucket":"images"},["starts-with","$key","uploads/"])";
    Fields fields = {{"key", "uploads/a.txt"}};
    std::string content = "hello";
    std::string filename = "a.txt";
    std::string expiration = "2025-11-24T17:00:00.000Z";
    std::string policy = {};  // instead of one made of the above
    std::string secret = "secret", key = "KEY", date = "20251124T160000Z", day = "20251124";
    std::string omitted = {};  // field of the signature that is left out
    std::size_t piece = 1 << 16;
  };
  Answer post(const Form& form) {
    const std::string credential = form.key + "/" + form.day + "/us-east-1/s3/aws4_request";
    const std::string json = R"({"expiration":")" + form.expiration + R"(","conditions":[)" + form.conditions +
                             R"(,{"x-amz-algorithm":"AWS4-HMAC-SHA256"},{"x-amz-credential":")" + credential +
                             R"("},{"x-amz-date":")" + form.date + R"("}]})";
    const std::string policy = base64_encode(as_bytes(form.policy.empty() ? json : form.policy));
    const auto key = aws::derive_signing_key(form.secret, form.day, "us-east-1", "s3");
    Fields all = form.fields;
    for (const auto& [name, value] : Fields{{"policy", policy},
                                            {"x-amz-algorithm", "AWS4-HMAC-SHA256"},
                                            {"x-amz-credential", credential},
                                            {"x-amz-date", form.date},
                                            {"x-amz-signature", aws::sign_string(key, policy)}}) {
      if (name != form.omitted) all.emplace_back(name, value);
    }
    std::string body;
    for (const auto& [name, value] : all)
      body += "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    body += "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + form.filename + "\"\r\n\r\n" +
            form.content + "\r\n--B--\r\n";
    return send({.method = "POST",
                 .path = "/images",
                 .headers = {{"Content-Type", "multipart/form-data; boundary=B"}},
                 .body = body,
                 .is_signed = false,
                 .piece = form.piece});
  }
};

TEST_F(PostObjectTest, StoresWhatTheFormSays) {
  Form form{.conditions = R"({"bucket":"images"},["eq","$key","uploads/${filename}"],["starts-with","$Content-Type","image/"],)"
                          R"({"x-amz-meta-Colour":"red"},{"tagging":"<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"})",
            .fields = {{"key", "uploads/${filename}"},
                       {"Content-Type", "image/png"},
                       {"x-amz-meta-colour", "red"},
                       {"tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"},
                       {"x-ignore-me", "1"}},
            .content = std::string(200'000, 'x'),
            .filename = "b c.png",
            .piece = 777};
  EXPECT_EQ(error(post(form)), "403 AccessDenied") << "conditions are of the name as it will be";
  form.conditions.replace(form.conditions.find(R"(["eq","$key","uploads/${filename}"])"), 35, R"(["starts-with","$key","uploads/"])");
  const Answer stored = post(form);
  ASSERT_EQ(stored.status, 204) << stored.body;
  EXPECT_EQ(stored.header("Location"), "http://127.0.0.1:4566/images/uploads%2Fb%20c.png");
  const Answer got = get("/images/uploads/b%20c.png");
  EXPECT_EQ(got.body, form.content);
  EXPECT_EQ(got.header("Content-Type"), "image/png");
  EXPECT_EQ(got.header("x-amz-meta-colour"), "red");
  EXPECT_EQ(got.header("x-amz-tagging-count"), "1");
  EXPECT_EQ(stored.header("ETag"), got.header("ETag"));
}

TEST_F(PostObjectTest, Answers) {
  auto ask = [&](const std::string& name, const std::string& value) {
    Form form;
    form.conditions += R"(,["starts-with","$)" + name + R"(",""])";
    form.fields.emplace_back(name, value);
    return post(form);
  };
  const Answer created = ask("success_action_status", "201");
  EXPECT_EQ(created.status, 201);
  EXPECT_THAT(created.body, HasSubstr("<PostResponse><Location>")) << "without a namespace, as AWS answers";
  EXPECT_EQ(created.element("Location"), "http://127.0.0.1:4566/images/uploads%2Fa.txt");
  EXPECT_EQ(created.element("Bucket"), "images");
  EXPECT_EQ(created.element("Key"), "uploads/a.txt");
  EXPECT_EQ(created.element("ETag"), "&quot;5d41402abc4b2a76b9719d911017c592&quot;");
  EXPECT_EQ(ask("success_action_status", "200").status, 200);
  EXPECT_EQ(ask("success_action_status", "404").status, 204);
  for (const char* field : {"success_action_redirect", "redirect"}) {
    const Answer sent = ask(field, "https://example.com/done?a=1");
    EXPECT_EQ(sent.status, 303);
    EXPECT_EQ(sent.header("Location"),
              "https://example.com/done?a=1&bucket=images&key=uploads%2Fa.txt&etag=%225d41402abc4b2a76b9719d911017c592%22");
  }
  EXPECT_EQ(ask("success_action_redirect", "javascript:alert(1)").status, 204);
  EXPECT_EQ(ask("success_action_redirect", "https://a/\r\nX-Evil: 1").status, 204);
}

TEST_F(PostObjectTest, SignaturesThatAreNone) {
  EXPECT_EQ(post({}).status, 204);
  EXPECT_EQ(error(post({.secret = "other"})), "403 SignatureDoesNotMatch");
  EXPECT_EQ(error(post({.key = "NOBODY"})), "403 InvalidAccessKeyId");
  EXPECT_EQ(error(post({.day = "20251123"})), "400 AuthorizationQueryParametersError");
  EXPECT_EQ(error(post({.date = "today"})), "400 AuthorizationQueryParametersError");
  EXPECT_EQ(error(post({.date = "20251110T160000Z", .day = "20251110"})), "403 AccessDenied");
  for (const char* field : {"policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}) {
    const Answer answer = post({.omitted = field});
    EXPECT_EQ(error(answer), "400 InvalidArgument") << field;
    const std::string shown = answer.element("ArgumentName");
    EXPECT_TRUE(net::equals_ignore_case(shown, field)) << shown;
    EXPECT_EQ(answer.element("Message"),
              "Bucket POST must contain a field named '" + shown + "'.  If it is specified, please check the order of the fields.");
  }
  EXPECT_EQ(post({.omitted = "x-amz-signature"}).element("ArgumentName"), "X-Amz-Signature");
  Form old;
  old.fields.emplace_back("signature", "abc");
  old.omitted = "x-amz-signature";
  EXPECT_EQ(error(post(old)), "400 InvalidArgument") << "one of version 2, beside fields of version 4";
}

TEST_F(PostObjectTest, Policies) {
  auto with = [&](const std::string& conditions, Fields more = {}, const std::string& content = "hello") {
    Form form{.conditions = conditions, .content = content};
    for (auto& field : more) form.fields.push_back(field);
    return error(post(form));
  };
  const std::string bucket = R"({"BuCkEt":"images"},)", key = R"(["StArTs-WiTh","$KeY","uploads/"])";
  EXPECT_EQ(with(bucket + key), "204 ");
  EXPECT_EQ(with(R"({"bucket":"other"},)" + key), "403 AccessDenied");
  EXPECT_EQ(with(key), "403 AccessDenied") << "the bucket is not named";
  EXPECT_EQ(with(bucket + R"(["eq","$key","uploads/b.txt"])"), "403 AccessDenied");
  EXPECT_EQ(with(bucket + R"(["eq","$key","uploads/a.txt"])"), "204 ");
  EXPECT_EQ(with(bucket + R"(["starts-with","$key","raw/"])"), "403 AccessDenied");
  EXPECT_EQ(with(bucket + key, {{"x-amz-meta-a", "1"}}), "403 AccessDenied") << "a field that no condition names";
  EXPECT_EQ(with(bucket + key + R"(,{"x-amz-meta-a":"1"})"), "403 AccessDenied") << "a condition without its field";
  EXPECT_EQ(with(bucket + key + R"(,["starts-with","$x-amz-meta-a",""])"), "204 ") << "anything, nothing too";
  EXPECT_EQ(with(bucket + key + R"(,["starts-with","$content-type","image/"])", {{"Content-Type", "image/a, image/b"}}),
            "204 ");
  EXPECT_EQ(with(bucket + key + R"(,["starts-with","$content-type","image/"])", {{"Content-Type", "image/a,text/b"}}),
            "403 AccessDenied");
  const std::string range = R"(,["content-length-range",3,"5"])";
  EXPECT_EQ(with(bucket + key + range, {}, "hello"), "204 ");
  EXPECT_EQ(with(bucket + key + range, {}, "hello!"), "400 EntityTooLarge");
  const Answer large = post({.conditions = bucket + key + range, .content = "hello!"});
  EXPECT_EQ(large.element("ProposedSize") + " of " + large.element("MaxSizeAllowed"), "6 of 5");
  EXPECT_EQ(with(bucket + key + range, {}, "he"), "400 EntityTooSmall");
  for (const char* bad : {R"(["content-length-range",5,3])", R"(["content-length-range",-1,3])", R"(["contains","$key","a"])",
                          R"(["eq","$key"])", R"({"key":1})", R"({"a":"1","b":"2"})", "7"}) {
    EXPECT_EQ(with(bucket + key + "," + bad), "400 InvalidPolicyDocument") << bad;
  }
  for (const char* never : {R"(["eq", "key", "uploads/a.txt"])", R"(["starts-with", "key", ""])", R"(["content-length-range", "few", "10"])"}) {
    const Answer answer = post({.conditions = bucket + key + "," + never});
    EXPECT_EQ(error(answer), "403 AccessDenied") << never;
    EXPECT_THAT(answer.element("Message"), HasSubstr("Invalid according to Policy: Policy Condition failed: ["));
  }
  for (const char* policy : {"{", "[]", R"({"conditions":[]})", R"({"expiration":"2025-11-24T17:00:00Z"})",
                             R"({"expiration":"tomorrow","conditions":[]})",
                             R"({"EXPIRATION":"2025-11-24T17:00:00Z","conditions":[["starts-with","$key",""]]})",
                             R"({"expiration":"2025-11-24T17:00:00Z","CONDITIONS":[["starts-with","$key",""]]})",
                             R"({"expiration":"2025-11-24T17:00:00Z","Conditions":[]})"}) {
    EXPECT_EQ(error(post({.policy = policy})), "400 InvalidPolicyDocument") << policy;
  }
  EXPECT_EQ(error(post({.expiration = "2025-11-24T16:00:00Z"})), "403 AccessDenied") << "expired";
  EXPECT_EQ(error(post({.expiration = "2025-11-24T16:00:01Z"})), "204 ");
}

TEST_F(PostObjectTest, DenialsAreNotedOnce) {
  Form extra, elsewhere;
  extra.fields.emplace_back("x-amz-meta-a", "1");
  elsewhere.fields.emplace_back("bucket", "other");
  int lines = 0;
  for (const Form& form : {Form{.conditions = R"({"bucket":"images"},["eq","$key","uploads/b.txt"])"}, Form{.expiration = "2025-11-24T16:00:00Z"}, extra, elsewhere}) {
    const Answer answer = post(form);
    EXPECT_EQ(error(answer), "403 AccessDenied");
    EXPECT_EQ(std::ranges::count(audit(), '\n'), ++lines) << answer.body;
    EXPECT_THAT(audit(), HasSubstr("\"request\":\"" + answer.header("x-amz-request-id") + "\""));
  }
  EXPECT_THAT(audit(), HasSubstr(R"("principal":"arn:aws:iam::000000000000:root","access_key":"KEY","action":"s3:PutObject","resource":"arn:aws:s3:::images/uploads/a.txt")"));
  EXPECT_THAT(audit(), HasSubstr("Policy expired"));
  // Asked and denied: that is in the log already.
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  const auto key = identities_->create_key("ann");
  ASSERT_TRUE(key);
  EXPECT_EQ(error(post({.secret = key->secret, .key = key->key.id})), "403 AccessDenied");
  EXPECT_EQ(std::ranges::count(audit(), '\n'), ++lines) << audit();
  EXPECT_EQ(audit("unknown.jsonl"), "");
}

TEST_F(PostObjectTest, Fields) {
  Form form;
  form.fields = {};
  EXPECT_EQ(error(post(form)), "400 InvalidArgument") << "no key";
  form = {};
  form.fields.emplace_back("KEY", "uploads/b");
  EXPECT_EQ(error(post(form)), "400 InvalidArgument") << "twice";
  form = {.conditions = R"({"bucket":"images"},["starts-with","$key",""],["starts-with","$x-amz-meta-a",""])"};
  form.fields.emplace_back("x-amz-meta-a", "1\r\nX-Evil: 1");
  EXPECT_EQ(error(post(form)), "400 InvalidArgument");
  form.fields = {{"key", std::string(1025, 'k')}};
  EXPECT_EQ(error(post(form)), "400 KeyTooLongError");
  form.fields = {{"key", ""}};
  EXPECT_EQ(error(post(form)), "400 InvalidArgument");
  form = {.conditions = R"({"bucket":"images"},["starts-with","$key",""],["starts-with","$x-amz-checksum-crc32",""])"};
  form.fields.emplace_back("x-amz-checksum-crc32", "NhCmhg==");
  EXPECT_EQ(post(form).header("x-amz-checksum-crc32"), "NhCmhg==");
  form.content = "other";
  EXPECT_EQ(error(post(form)), "400 BadDigest");
  form = {};
  form.fields.emplace_back("x-ignore-much", std::string(30'000, 'x'));
  EXPECT_EQ(error(post(form)), "400 MaxPostPreDataLengthExceeded");
}

TEST_F(PostObjectTest, NamesOfFiles) {
  const auto body = [](const std::string& more) {
    return "--B\r\nContent-Disposition: form-data; name=key\r\n\r\nuploads/${filename}\r\n--B\r\nContent-Disposition: form-data; name=file" + more +
           "\r\n\r\nx\r\n--B--";
  };
  ASSERT_TRUE(objects().set_bucket_setting("images", "policy", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
                                                              R"("Action":"s3:PutObject","Resource":"arn:aws:s3:::images/*"}]})"));
  ASSERT_TRUE(objects().set_bucket_setting("images", "public_access_block", "removed"));
  for (const auto& [more, key] : {std::pair{"", "uploads/${filename}"}, {"; filename=\"\"", "uploads/"}, {"; filename=\"a\"", "uploads/a"}}) {
    const Answer answer = send({.method = "POST", .path = "/images", .headers = {{"Content-Type", "multipart/form-data; boundary=B"}}, .body = body(more), .is_signed = false});
    EXPECT_EQ(answer.status, 204) << answer.body;
    EXPECT_TRUE(objects().head("images", key)) << key;
  }
}

TEST_F(PostObjectTest, NoForms) {
  auto raw = [&](const std::string& type, const std::string& body) {
    return error(send({.method = "POST", .path = "/images", .headers = {{"Content-Type", type}}, .body = body, .is_signed = false}));
  };
  EXPECT_EQ(raw("multipart/form-data", ""), "400 MalformedPOSTRequest");
  EXPECT_EQ(raw("multipart/form-data; boundary=B", ""), "400 MalformedPOSTRequest");
  EXPECT_EQ(raw("multipart/form-data; boundary=B", "--B--"), "400 InvalidArgument");
  EXPECT_EQ(raw("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--B--"),
            "400 InvalidArgument")
      << "without a key";
  EXPECT_EQ(raw("text/plain", "x"), "412 PreconditionFailed");
  EXPECT_EQ(raw("multipart/form-data-too; boundary=B", "x"), "412 PreconditionFailed");
  EXPECT_EQ(raw("", "x"), "412 PreconditionFailed");
  for (const char* elsewhere : {"/images/key", "/"}) {
    const Answer answer = send({.method = "POST", .path = elsewhere, .headers = {{"Content-Type", "multipart/form-data; boundary=B"}}, .is_signed = false});
    EXPECT_EQ(error(answer), "405 MethodNotAllowed") << elsewhere;
  }
  EXPECT_EQ(error(send({.method = "POST", .path = "/images/key"})), "405 MethodNotAllowed") << "signed too";
}

}  // namespace
}  // namespace eyrie::api::testing
