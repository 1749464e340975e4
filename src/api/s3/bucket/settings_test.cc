// What is set of buckets, through the gateway: tags, access, encryption, versioning.
#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BucketSettingsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  Answer set(const std::string& query, const std::string& body,
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    return send({.method = "PUT", .path = "/images", .query = query, .headers = std::move(headers), .body = body});
  }
  Answer unset(const std::string& query) { return send({.method = "DELETE", .path = "/images", .query = query}); }
};

TEST_F(BucketSettingsTest, Tags) {
  EXPECT_EQ(error(get("/images", "tagging")), "404 NoSuchTagSet");
  auto tags = [](int count) {
    std::string xml = "<Tagging><TagSet>";
    for (int i = 0; i < count; ++i) xml += "<Tag><Key>k" + std::to_string(i) + "</Key><Value>dark red</Value></Tag>";
    return xml + "</TagSet></Tagging>";
  };
  EXPECT_EQ(set("tagging", tags(50)).status, 204);
  EXPECT_THAT(get("/images", "tagging").body, HasSubstr("<Key>k49</Key><Value>dark red</Value>"));
  EXPECT_EQ(set("tagging", tags(51)).status, 400);
  EXPECT_EQ(error(set("tagging", "<Tagging/>")), "400 MalformedXML");
  const Answer wrong = set("tagging", "<Tagging><TagSet><Tag><Key>a*</Key><Value>v</Value></Tag></TagSet></Tagging>");
  EXPECT_EQ(error(wrong) + " " + wrong.element("Message"), "400 InvalidTag The TagKey you have provided is invalid");
  EXPECT_EQ(unset("tagging").status, 204);
  EXPECT_EQ(error(get("/images", "tagging")), "404 NoSuchTagSet");
}

TEST_F(BucketSettingsTest, GoWithTheBucket) {
  ASSERT_EQ(set("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value/></Tag></TagSet></Tagging>").status, 204);
  ASSERT_EQ(unset("").status, 204);
  make_bucket();
  EXPECT_EQ(error(get("/images", "tagging")), "404 NoSuchTagSet");
}

TEST_F(BucketSettingsTest, Access) {
  put("/images/a", "x");
  EXPECT_THAT(get("/images", "acl").body, HasSubstr("<Permission>FULL_CONTROL</Permission>"));
  EXPECT_THAT(get("/images/a", "acl").body, HasSubstr("xsi:type=\"CanonicalUser\""));
  EXPECT_EQ(error(get("/images/none", "acl")), "404 NoSuchKey");
  EXPECT_EQ(set("acl", "", {{"x-amz-acl", "private"}}).status, 200);
  EXPECT_EQ(error(set("acl", "", {{"x-amz-acl", "public-read"}})), "400 AccessControlListNotSupported");
  auto of_object = [&](const std::string& body) {
    return error(send({.method = "PUT", .path = "/images/a", .query = "acl", .body = body}));
  };
  EXPECT_EQ(of_object("<AccessControlPolicy/>"), "400 MalformedACLError");
  EXPECT_EQ(of_object(get("/images/a", "acl").body), "200 ") << "what is told may be set";
  const std::string owner = "<Owner><ID>000000000000</ID></Owner>";
  EXPECT_EQ(of_object("<AccessControlPolicy>" + owner +
                      "<AccessControlList><Grant><Grantee><ID>111111111111</ID></Grantee><Permission>READ</Permission></Grant>"
                      "</AccessControlList></AccessControlPolicy>"),
            "400 AccessControlListNotSupported");
  EXPECT_EQ(get("/images/a").body, "x") << "not overwritten";

  EXPECT_EQ(get("/images", "ownershipControls").element("ObjectOwnership"), "BucketOwnerEnforced");
  auto own = [&](const std::string& who) {
    return set("ownershipControls",
               "<OwnershipControls><Rule><ObjectOwnership>" + who + "</ObjectOwnership></Rule></OwnershipControls>");
  };
  EXPECT_EQ(own("ObjectWriter").status, 200);
  EXPECT_EQ(get("/images", "ownershipControls").element("ObjectOwnership"), "ObjectWriter");
  EXPECT_EQ(error(set("acl", "", {{"x-amz-acl", "public-read"}})), "403 AccessDenied") << "public ACLs are blocked";
  EXPECT_EQ(error(set("acl", "", {{"x-amz-acl", "aws-exec-read"}})), "501 NotImplemented");
  EXPECT_EQ(error(set("acl", "", {{"x-amz-acl", "anybody"}})), "400 InvalidArgument");
  EXPECT_EQ(error(own("Me")), "400 MalformedXML");
  EXPECT_EQ(unset("ownershipControls").status, 204);
  EXPECT_EQ(error(get("/images", "ownershipControls")), "404 OwnershipControlsNotFoundError");
  EXPECT_EQ(own("BucketOwnerEnforced").status, 200);
  EXPECT_EQ(get("/images", "ownershipControls").status, 200);

  EXPECT_EQ(get("/images", "publicAccessBlock").element("RestrictPublicBuckets"), "true");
  EXPECT_EQ(set("publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
                                     "</PublicAccessBlockConfiguration>")
                .status,
            200);
  EXPECT_EQ(get("/images", "publicAccessBlock").element("BlockPublicAcls"), "true");
  EXPECT_EQ(get("/images", "publicAccessBlock").element("BlockPublicPolicy"), "false");
  EXPECT_EQ(unset("publicAccessBlock").status, 204);
  EXPECT_EQ(error(get("/images", "publicAccessBlock")), "404 NoSuchPublicAccessBlockConfiguration");
}

TEST_F(BucketSettingsTest, Encryption) {
  auto encrypt = [&](const std::string& inner) {
    return set("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>" + inner +
                                 "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>");
  };
  EXPECT_EQ(get("/images", "encryption").element("SSEAlgorithm"), "AES256");
  EXPECT_EQ(encrypt("<SSEAlgorithm>AES256</SSEAlgorithm>").status, 200);
  EXPECT_EQ(encrypt("<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>alias/a</KMSMasterKeyID>").status, 200);
  EXPECT_EQ(get("/images", "encryption").element("KMSMasterKeyID"), "alias/a");
  EXPECT_EQ(error(encrypt("<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>")), "501 NotImplemented");
  EXPECT_EQ(get("/images", "encryption").element("SSEAlgorithm"), "aws:kms") << "what is refused changes nothing";
  EXPECT_EQ(error(encrypt("<SSEAlgorithm>ROT13</SSEAlgorithm>")), "400 MalformedXML");
  EXPECT_EQ(error(encrypt("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>a</KMSMasterKeyID>")),
            "400 InvalidArgument");
  EXPECT_EQ(unset("encryption").status, 204);
  EXPECT_EQ(get("/images", "encryption").element("SSEAlgorithm"), "AES256");
  EXPECT_EQ(error(get("/nowhere", "encryption")), "404 NoSuchBucket");
}

TEST_F(BucketSettingsTest, Versioning) {
  EXPECT_THAT(get("/images", "versioning").body, Not(HasSubstr("Status")));
  auto version = [&](const std::string& status) {
    return error(set("versioning", "<VersioningConfiguration><Status>" + status + "</Status></VersioningConfiguration>"));
  };
  EXPECT_EQ(version("Enabled"), "501 NotImplemented");
  EXPECT_EQ(version("Sometimes"), "400 MalformedXML");
  put("/images/a", "x");
  put("/images/b/c", "y");
  const Answer listed = get("/images", "versions&delimiter=/");
  EXPECT_THAT(listed.body, HasSubstr("<Version><Key>a</Key><VersionId>null</VersionId><IsLatest>true</IsLatest>"));
  EXPECT_THAT(listed.body, HasSubstr("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"));
  const Answer page = get("/images", "versions&max-keys=1");
  EXPECT_EQ(page.element("NextKeyMarker"), "a");
  EXPECT_THAT(get("/images", "versions&key-marker=a&version-id-marker=null").body, Not(HasSubstr("<Key>a</Key>")));
  EXPECT_EQ(get("/images/a", "versionId=null").body, "x");
  EXPECT_EQ(error(get("/images/a", "versionId=abc")), "400 InvalidArgument");
  const auto remove = [&](const std::string& id) {
    return send({.method = "POST",
                 .path = "/images",
                 .query = "delete",
                 .body = "<Delete><Object><Key>a</Key><VersionId>" + id + "</VersionId></Object></Delete>"});
  };
  EXPECT_THAT(remove("abc").body, HasSubstr("<Error><Key>a</Key><VersionId>abc</VersionId><Code>NoSuchVersion</Code>"));
  EXPECT_EQ(get("/images/a").status, 200);
  EXPECT_THAT(remove("null").body, HasSubstr("<Deleted><Key>a</Key><VersionId>null</VersionId></Deleted>"));
  EXPECT_EQ(error(get("/images/a")), "404 NoSuchKey");
}

}  // namespace
}  // namespace eyrie::api::testing
