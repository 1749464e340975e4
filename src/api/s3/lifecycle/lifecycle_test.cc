// Rules, what answers tell of them, the sweeper, restoring: through the gateway, by a clock of the test's own.
#include "api/s3/lifecycle/lifecycle.h"

#include "api/s3/lifecycle/sweeper.h"
#include "api/testing.h"

namespace eyrie::api::s3 {
namespace {

using testing::Answer;

class LifecycleTest : public api::testing::ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  Answer set(const std::string& rules) {
    return send({.method = "PUT",
                 .path = "/images",
                 .query = "lifecycle",
                 .body = "<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>"});
  }
  static std::string rule(const std::string& actions, const std::string& filter = "<Filter/>") {
    return "<Rule><ID>the rule</ID>" + filter + "<Status>Enabled</Status>" + actions + "</Rule>";
  }
  Answer restore(const std::string& key, const std::string& body) {
    return send({.method = "POST", .path = "/images/" + key, .query = "restore", .body = body});
  }
  Swept sweep() { return LifecycleSweeper(objects(), clock_, {}).sweep(); }
  void pass_days(int days) { clock_.advance_ms(days * kDayMs); }
};

TEST_F(LifecycleTest, IsSetShownAndRemoved) {
  EXPECT_EQ(get("/images", "lifecycle").element("Code"), "NoSuchLifecycleConfiguration");
  const Answer done = set(rule("<Expiration><Days>3</Days></Expiration>"));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.header("x-amz-transition-default-minimum-object-size"), "all_storage_classes_128K");
  EXPECT_EQ(get("/images", "lifecycle").element("Days"), "3");
  EXPECT_EQ(send({.method = "DELETE", .path = "/images", .query = "lifecycle"}).status, 204);
  EXPECT_EQ(get("/images", "lifecycle").status, 404);
  EXPECT_EQ(get("/nowhere", "lifecycle").element("Code"), "NoSuchBucket");
}

TEST_F(LifecycleTest, RefusesAsS3Does) {
  const std::string ia = "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>";
  const auto glacier = [](int days) {
    return "<Transition><Days>" + std::to_string(days) + "</Days><StorageClass>GLACIER</StorageClass></Transition>";
  };
  const std::string expire = "<Expiration><Days>365</Days></Expiration>";
  const std::string abort =
      "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
  const std::string tag = "<Tag><Key>a</Key><Value>1</Value></Tag>";
  const std::pair<std::string, const char*> refused[] = {
      {"", "MalformedXML"},
      {rule(""), "InvalidRequest"},
      {rule(expire, ""), "MalformedXML"},
      {rule(expire, "<Filter/><Prefix/>"), "MalformedXML"},
      {rule(expire, "<Filter><Prefix>a</Prefix>" + tag + "</Filter>"), "MalformedXML"},
      {rule(expire, "<Filter><And>" + tag + "</And></Filter>"), "MalformedXML"},
      {rule(expire, "<Filter><And>" + tag + tag + "</And></Filter>"), "InvalidRequest"},
      {rule(expire, "<Filter><Tag><Key>a</Key></Tag></Filter>"), "MalformedXML"},
      {rule(expire, "<Filter><And><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>5"
                    "</ObjectSizeLessThan></And></Filter>"), "InvalidRequest"},
      {rule(expire, "<Filter><ObjectSizeGreaterThan>x</ObjectSizeGreaterThan></Filter>"), "MalformedXML"},
      {rule(expire) + rule(expire), "InvalidArgument"},
      {"<Rule><Filter/><Status>enabled</Status>" + expire + "</Rule>", "MalformedXML"},
      {"<Rule><ID>" + std::string(256, 'x') + "</ID><Filter/><Status>Enabled</Status>" + expire + "</Rule>", "InvalidArgument"},
      {rule("<Expiration><Days>0</Days></Expiration>"), "InvalidArgument"},
      {rule("<Expiration><Days>-1</Days></Expiration>"), "InvalidArgument"},
      {rule("<Expiration><Days>1.5</Days></Expiration>"), "MalformedXML"},
      {rule("<Expiration/>"), "MalformedXML"},
      {rule("<Expiration><Days>1</Days><Date>2027-01-01</Date></Expiration>"), "MalformedXML"},
      {rule("<Expiration><Date>2027-01-01T10:00:00Z</Date></Expiration>"), "InvalidArgument"},
      {rule("<Expiration><Date>soon</Date></Expiration>"), "MalformedXML"},
      {rule("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker><Days>1</Days></Expiration>"), "MalformedXML"},
      {rule("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
            "<Filter>" + tag + "</Filter>"), "InvalidRequest"},
      {rule("<Transition><Days>29</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"), "InvalidArgument"},
      {rule("<Transition><Days>-1</Days><StorageClass>GLACIER</StorageClass></Transition>"), "InvalidArgument"},
      {rule("<Transition><Days>1</Days><StorageClass>STANDARD</StorageClass></Transition>"), "MalformedXML"},
      {rule("<Transition><Days>1</Days><StorageClass>ICE</StorageClass></Transition>"), "MalformedXML"},
      {rule("<Transition><StorageClass>GLACIER</StorageClass></Transition>"), "MalformedXML"},
      {rule(ia + glacier(59)), "InvalidArgument"},
      {rule(glacier(5) + glacier(9)), "InvalidRequest"},
      {rule(glacier(400) + expire), "InvalidArgument"},
      {rule(glacier(5) + "<Expiration><Date>2027-01-01</Date></Expiration>"), "InvalidRequest"},
      {rule(abort, "<Filter>" + tag + "</Filter>"), "InvalidRequest"},
      {rule("<AbortIncompleteMultipartUpload><DaysAfterInitiation>0</DaysAfterInitiation></AbortIncompleteMultipartUpload>"),
       "InvalidArgument"},
      {rule("<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>"), "InvalidArgument"},
  };
  for (const auto& [rules, code] : refused) EXPECT_EQ(set(rules).element("Code"), code) << rules;
  std::string many;
  for (int i = 0; i < 1001; ++i)
    many += "<Rule><ID>" + std::to_string(i) + "</ID><Filter/><Status>Enabled</Status>" + expire + "</Rule>";
  EXPECT_EQ(set(many).element("Code"), "MalformedXML");
  EXPECT_EQ(set(rule(ia + glacier(60) + expire)).status, 200);
  EXPECT_EQ(get("/images", "lifecycle").status, 200);
}

TEST_F(LifecycleTest, ExpiresWhenTheDayIsOverAndSaysSoBefore) {
  ASSERT_EQ(set(rule("<Expiration><Days>1</Days></Expiration>", "<Filter><Prefix>tmp/</Prefix></Filter>")).status, 200);
  const Answer stored = put("/images/tmp/a", "content");
  EXPECT_TRUE(stored.header("x-amz-expiration").starts_with("expiry-date=\"")) << stored.header("x-amz-expiration");
  EXPECT_TRUE(stored.header("x-amz-expiration").ends_with(" 00:00:00 GMT\", rule-id=\"the%20rule\""));
  ASSERT_EQ(put("/images/kept", "content").header("x-amz-expiration"), "");
  EXPECT_EQ(get("/images/tmp/a").header("x-amz-expiration"), stored.header("x-amz-expiration"));
  EXPECT_EQ(sweep().expired, 0U);
  pass_days(2);
  EXPECT_EQ(sweep().expired, 1U);
  EXPECT_EQ(get("/images/tmp/a").status, 404);
  EXPECT_EQ(get("/images/kept").status, 200);
  EXPECT_EQ(sweep().expired, 0U);
}

TEST_F(LifecycleTest, MovesToColderClassesAndBackOnRequest) {
  ASSERT_EQ(set(rule("<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
                     "<Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition>")).status, 200);
  const std::string content(300'000, 'x');
  ASSERT_EQ(put("/images/a", content).status, 200);
  EXPECT_EQ(get("/images/a").header("x-amz-storage-class"), "");
  pass_days(31);
  EXPECT_EQ(sweep().moved, 1U);
  EXPECT_EQ(get("/images/a").header("x-amz-storage-class"), "STANDARD_IA");
  EXPECT_EQ(get("/images/a").body, content);
  EXPECT_EQ(restore("a", "<RestoreRequest><Days>1</Days></RestoreRequest>").element("Code"), "InvalidObjectState");
  pass_days(60);
  EXPECT_EQ(sweep().moved, 1U);
  EXPECT_EQ(get("/images", "list-type=2").element("StorageClass"), "GLACIER");
  const Answer refused = get("/images/a");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.element("Code"), "InvalidObjectState");
  EXPECT_EQ(refused.element("StorageClass"), "GLACIER");
  EXPECT_EQ(send({.method = "HEAD", .path = "/images/a"}).status, 200);
  EXPECT_EQ(put("/images/b", "", {{"x-amz-copy-source", "/images/a"}}).element("Code"), "ObjectNotInActiveTierError");

  EXPECT_EQ(restore("a", "<RestoreRequest><Days>2</Days><GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters>"
                         "</RestoreRequest>").status, 202);
  EXPECT_EQ(send({.method = "HEAD", .path = "/images/a"}).header("x-amz-restore"), "ongoing-request=\"true\"");
  EXPECT_EQ(restore("a", "<RestoreRequest><Days>2</Days></RestoreRequest>").element("Code"), "RestoreAlreadyInProgress");
  sweep();
  const Answer restored = get("/images/a");
  EXPECT_EQ(restored.body, content);
  EXPECT_TRUE(restored.header("x-amz-restore").starts_with("ongoing-request=\"false\", expiry-date=\""));
  EXPECT_EQ(restored.header("x-amz-storage-class"), "GLACIER");
  EXPECT_EQ(restore("a", "<RestoreRequest><Days>3</Days></RestoreRequest>").status, 200);
  EXPECT_EQ(put("/images/b", "", {{"x-amz-copy-source", "/images/a"}}).status, 200);
  EXPECT_EQ(send({.method = "HEAD", .path = "/images/b"}).header("x-amz-storage-class"), "") << "copies are STANDARD";
  pass_days(5);
  EXPECT_EQ(get("/images/a").status, 403);
  EXPECT_EQ(send({.method = "HEAD", .path = "/images/a"}).header("x-amz-restore"), "");
}

TEST_F(LifecycleTest, ListingsTellRestoresWhereAsked) {
  for (const char* key : {"a", "b"}) ASSERT_EQ(put("/images/" + std::string(key), "content", {{"x-amz-storage-class", "GLACIER"}}).status, 200);
  ASSERT_EQ(put("/images/c", "content").status, 200);
  const auto listed = [&](const std::string& query, const std::string& asked = "RestoreStatus") {
    return send({.method = "GET", .path = "/images", .query = query, .headers = {{"x-amz-optional-object-attributes", asked}}});
  };
  const std::string queries[] = {"", "list-type=2", "versions"};
  const auto count = [](const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  };
  for (const std::string& query : queries) EXPECT_EQ(count(listed(query).body, "<RestoreStatus>"), 0U) << query << ": nothing is restored";

  ASSERT_EQ(restore("a", "<RestoreRequest><Days>2</Days></RestoreRequest>").status, 202);
  for (const std::string& query : queries) {
    const std::string body = listed(query).body;
    EXPECT_EQ(count(body, "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus>"), 1U) << body;
    EXPECT_EQ(count(body, "<RestoreStatus>"), 1U) << body;
    EXPECT_EQ(count(get("/images", query).body, "RestoreStatus"), 0U) << "not asked for";
  }
  sweep();
  const auto until = parse_http_date([&] {
    const std::string told = send({.method = "HEAD", .path = "/images/a"}).header("x-amz-restore");
    const std::size_t begin = told.find("expiry-date=\"") + 13;
    return told.substr(begin, told.size() - 1 - begin);
  }());
  ASSERT_TRUE(until);
  for (const std::string& query : queries) {
    const std::string body = listed(query).body;
    const std::string status = "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>" + format_iso8601(*until) + "</RestoreExpiryDate></RestoreStatus>";
    EXPECT_EQ(count(body, status), 1U) << body;
    EXPECT_LT(body.find(status), body.find("<Key>b</Key>")) << body;
    for (const char* wrong : {"restorestatus", "RestoreStatus,Owner", "Owner"}) EXPECT_EQ(listed(query, wrong).element("Code"), "InvalidArgument") << wrong;
  }
  pass_days(5);
  for (const std::string& query : queries) EXPECT_EQ(count(listed(query).body, "<RestoreStatus>"), 0U) << query << ": the copy is over";
}

TEST_F(LifecycleTest, RestoreRefusesNonsense) {
  ASSERT_EQ(put("/images/a", "content", {{"x-amz-storage-class", "DEEP_ARCHIVE"}}).status, 200);
  EXPECT_EQ(restore("a", "nonsense").element("Code"), "MalformedXML");
  EXPECT_EQ(restore("a", "<RestoreRequest/>").element("Code"), "MalformedXML");
  EXPECT_EQ(restore("a", "<RestoreRequest><Days>0</Days></RestoreRequest>").element("Code"), "InvalidArgument");
  EXPECT_EQ(restore("a", "<RestoreRequest><Days>1</Days><Tier>Now</Tier></RestoreRequest>").element("Code"), "MalformedXML");
  EXPECT_EQ(restore("a", "<RestoreRequest><Days>1</Days><Tier>Expedited</Tier></RestoreRequest>").element("Code"), "InvalidArgument");
  EXPECT_EQ(restore("b", "<RestoreRequest><Days>1</Days></RestoreRequest>").element("Code"), "NoSuchKey");
}

TEST_F(LifecycleTest, StorageClassesOfUploads) {
  for (const char* name : {"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"}) {
    ASSERT_EQ(put("/images/a", "content", {{"x-amz-storage-class", name}}).status, 200) << name;
    EXPECT_EQ(get("/images", "list-type=2").element("StorageClass"), name);
    EXPECT_EQ(get("/images/a").body, "content");
  }
  for (const char* name : {"standard", "ICE", "OUTPOSTS", "EXPRESS_ONEZONE"})
    EXPECT_EQ(put("/images/a", "content", {{"x-amz-storage-class", name}}).element("Code"), "InvalidStorageClass") << name;
  // An upload in parts is of the class that its beginning told.
  const std::string id = send({.method = "POST", .path = "/images/m", .query = "uploads", .headers = {{"x-amz-storage-class", "GLACIER"}}})
                             .element("UploadId");
  const Answer part = send({.method = "PUT", .path = "/images/m", .query = "partNumber=1&uploadId=" + id, .body = "content"});
  ASSERT_EQ(part.status, 200) << part.body;
  EXPECT_EQ(get("/images/m", "uploadId=" + id).element("StorageClass"), "GLACIER");
  const Answer completed = send({.method = "POST", .path = "/images/m", .query = "uploadId=" + id,
                                 .body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + part.header("ETag") +
                                         "</ETag></Part></CompleteMultipartUpload>"});
  ASSERT_EQ(completed.status, 200) << completed.body;
  EXPECT_EQ(get("/images/m").element("Code"), "InvalidObjectState");
}

TEST_F(LifecycleTest, StaleUploadsAreAborted) {
  ASSERT_EQ(set(rule("<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
                     "</AbortIncompleteMultipartUpload>", "<Filter><Prefix>up/</Prefix></Filter>")).status, 200);
  const auto begin = [this](const std::string& path) { return send({.method = "POST", .path = path, .query = "uploads"}); };
  const Answer begun = begin("/images/up/a");
  EXPECT_FALSE(begun.header("x-amz-abort-date").empty());
  EXPECT_EQ(begun.header("x-amz-abort-rule-id"), "the%20rule");
  EXPECT_EQ(begin("/images/other").header("x-amz-abort-date"), "");
  const std::string id = begun.element("UploadId");
  ASSERT_EQ(send({.method = "PUT", .path = "/images/up/a", .query = "partNumber=1&uploadId=" + id, .body = "x"}).status, 200);
  pass_days(6);
  EXPECT_EQ(sweep().aborted, 0U);
  EXPECT_EQ(get("/images/up/a", "uploadId=" + id).header("x-amz-abort-date"), begun.header("x-amz-abort-date"));
  pass_days(3);
  EXPECT_EQ(sweep().aborted, 1U);
  EXPECT_EQ(get("/images/up/a", "uploadId=" + id).element("Code"), "NoSuchUpload");
  EXPECT_EQ(get("/images", "uploads").element("Key"), "other");
}

}  // namespace
}  // namespace eyrie::api::s3
