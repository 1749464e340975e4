// Who may do what, asked through the gateway with users' own keys.
#include <atomic>
#include <thread>

#include "api/testing.h"
#include "aws/chunked.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccessTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
    make_bucket("other");
    for (const char* path : {"/images/a.txt", "/images/home/ann/x", "/other/a.txt"}) ASSERT_EQ(put(path, "text").status, 200);
    ASSERT_TRUE(identities_->create_user("ann", "/"));
    const auto key = identities_->create_key("ann");
    ASSERT_TRUE(key);
    key_ = key->key.id;
    secret_ = key->secret;
  }

  void grant(std::string statements) {
    for (char& c : statements) c = c == '\'' ? '"' : c;
    auto policy = iam::PolicyDocument::parse(R"({"Version":"2012-10-17","Statement":)" + statements + "}");
    ASSERT_TRUE(policy) << policy.error().message;
    ASSERT_TRUE(identities_->put_user_policy("ann", "p", std::make_shared<const iam::PolicyDocument>(std::move(*policy))));
  }
  void allow(const std::string& actions, const std::string& resources) {
    grant("{'Effect':'Allow','Action':" + actions + ",'Resource':" + resources + "}");
  }
  Answer ann(Call call) {
    call.key = key_;
    call.secret = secret_;
    return send(call);
  }
  Answer ann(const std::string& method, const std::string& path, const std::string& query = "", std::string body = "",
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    return ann({.method = method, .path = path, .query = query, .headers = std::move(headers), .body = std::move(body)});
  }
  Answer ann_json(const std::string& service, const std::string& operation, std::string body) {
    const bool dynamo = service == "dynamodb";
    return ann({.method = "POST",
                .headers = {{"X-Amz-Target", (dynamo ? "DynamoDB_20120810." : "RekognitionService.") + operation}},
                .body = std::move(body),
                .service = service});
  }

  std::string key_, secret_;
};

TEST_F(AccessTest, RequestsAreLookedAtOnlyWhereAConditionAsks) {
  int told = 0;
  const auto caller = [&](const iam::Principal& principal) {
    iam::Caller::Facts facts{.principal = principal, .access_key = "", .request_id = "", .source_ip = "", .values = {}};
    facts.values.add_lazily("", [&told] {
      ++told;
      iam::ConditionValues values;
      values.add("aws:SourceIp", "10.0.0.1");
      return values;
    });
    return iam::Caller(*access_, std::move(facts));
  };
  const std::string object = iam::object_arn("images", "a.txt");
  EXPECT_TRUE(caller(iam::Principal::root()).may("s3:GetObject", object));
  allow("'s3:GetObject'", "'*'");
  const iam::Principal user = identities_->user("ann")->principal();
  EXPECT_TRUE(caller(user).may("s3:GetObject", object));
  grant("{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${aws:username}/*'}");
  EXPECT_TRUE(caller(user).may("s3:GetObject", iam::object_arn("ann", "x"))) << "who it is, is known without";
  EXPECT_EQ(told, 0);
  grant("{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}}");
  const iam::Caller asked = caller(user);
  EXPECT_TRUE(asked.may("s3:GetObject", object));
  EXPECT_TRUE(asked.may("s3:PutObject", object));
  EXPECT_EQ(told, 1);
  ASSERT_TRUE(objects().set_bucket_setting("images", iam::kBucketPolicySetting,
                                           R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",)"
                                           R"("Resource":"arn:aws:s3:::images/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.1"}}}]})"));
  EXPECT_FALSE(caller(iam::Principal::root()).may("s3:GetObject", object));
  EXPECT_EQ(told, 2);
}

TEST_F(AccessTest, VersionsOfTlsAndPlacesOfBuckets) {
  grant("[{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
        "{'Effect':'Deny','Action':'s3:GetObject','Resource':'*','Condition':{'NumericLessThan':{'s3:TlsVersion':'1.3'}}},"
        "{'Effect':'Deny','Action':'s3:CreateBucket','Resource':'*','Condition':{'StringLike':{'s3:LocationConstraint':'eu-*'}}}]");
  const auto got = [&](std::string_view version) {
    Call call{.path = "/images/a.txt", .key = key_};
    call.secret = secret_;
    net::RequestHead head = head_of(call);
    head.secure = !version.empty();
    head.tls_version = version;
    return exchange(head, call).status;
  };
  EXPECT_EQ(got("1.2"), 403);
  EXPECT_EQ(got("1.3"), 200);
  EXPECT_EQ(got(""), 200) << "without TLS there is no such key, as with AWS";
  const auto configuration = [](const std::string& region) {
    return "<CreateBucketConfiguration><LocationConstraint>" + region + "</LocationConstraint></CreateBucketConfiguration>";
  };
  EXPECT_EQ(ann("PUT", "/new-one", "", configuration("us-east-1")).status, 200);
  EXPECT_EQ(ann("PUT", "/new-two", "", configuration("eu-west-1")).element("Code"), "AccessDenied");
  EXPECT_EQ(ann("PUT", "/new-three").status, 200);
}

TEST_F(AccessTest, WithoutAPolicyNothingIsAllowed) {
  const Answer answer = ann("GET", "/images/a.txt");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.element("Code"), "AccessDenied");
  EXPECT_EQ(answer.element("Message"),
            "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: s3:GetObject on resource: "
            "\"arn:aws:s3:::images/a.txt\" because no identity-based policy allows the s3:GetObject action");
  for (const auto& [method, path, query] :
       {std::tuple{"GET", "/", ""}, {"PUT", "/new-bucket", ""}, {"HEAD", "/images", ""}, {"DELETE", "/images", ""},
        {"GET", "/images", "list-type=2"}, {"GET", "/images", "policy"}, {"PUT", "/images/b", ""}, {"PUT", "/images", "policy"},
        {"DELETE", "/images/a.txt", ""}, {"HEAD", "/images/a.txt", ""}, {"GET", "/images/absent", ""}, {"POST", "/images/b", "uploads"},
        {"GET", "/images/a.txt", "tagging"}, {"PUT", "/images", "notification"}, {"GET", "/images/a.txt", "attributes"}}) {
    EXPECT_EQ(ann(method, path, query).status, 403) << method << " " << path << "?" << query;
  }
  EXPECT_EQ(ann_json("dynamodb", "ListTables", "{}").type(), "AccessDeniedException");
  EXPECT_EQ(ann_json("rekognition", "ListCollections", "{}").type(), "AccessDeniedException");
  EXPECT_EQ(get("/images/a.txt").status, 200) << "the root may";
}

TEST_F(AccessTest, AllowedIsWhatThePolicySaysAndAtOnce) {
  allow("['s3:GetObject','s3:PutObject']", "'arn:aws:s3:::images/home/${aws:username}/*'");
  EXPECT_EQ(ann("GET", "/images/home/ann/x").body, "text");
  EXPECT_EQ(ann("PUT", "/images/home/ann/y", "", "new").status, 200);
  EXPECT_EQ(ann("GET", "/images/home/bob/x").status, 403);
  EXPECT_EQ(ann("DELETE", "/images/home/ann/x").status, 403);
  EXPECT_EQ(ann("PUT", "/images/home/ann/../../a.txt", "", "new").status, 200) << "a key is no path";
  EXPECT_EQ(get("/images/a.txt").body, "text");
  ASSERT_TRUE(identities_->delete_user_policy("ann", "p"));
  EXPECT_EQ(ann("GET", "/images/home/ann/x").status, 403);
}

TEST_F(AccessTest, InactiveKeysAndTheirSecretsAreNothing) {
  allow("'*'", "'*'");
  EXPECT_EQ(ann("GET", "/images/a.txt").status, 200);
  ASSERT_TRUE(identities_->set_key_active("ann", key_, false));
  EXPECT_EQ(ann("GET", "/images/a.txt").element("Code"), "InvalidAccessKeyId");
  EXPECT_EQ(ann_json("dynamodb", "ListTables", "{}").type(), "UnrecognizedClientException");
}

TEST_F(AccessTest, ExplicitDenyWins) {
  grant("[{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'s3:Get*','Resource':'arn:aws:s3:::images/*'}]");
  EXPECT_THAT(ann("GET", "/images/a.txt").body, HasSubstr("with an explicit deny in an identity-based policy"));
  EXPECT_EQ(ann("GET", "/other/a.txt").status, 200);
}

TEST_F(AccessTest, CopiesNeedTheSource) {
  allow("'s3:*'", "['arn:aws:s3:::images','arn:aws:s3:::images/*']");
  const Answer denied = ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "/other/a.txt"}});
  EXPECT_THAT(denied.body, HasSubstr("s3:GetObject on resource: \"arn:aws:s3:::other/a.txt"));
  EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "/images/a.txt"}}).status, 200);
  const std::string upload = ann("POST", "/images/parts", "uploads").element("UploadId");
  ASSERT_FALSE(upload.empty());
  const std::string part = "partNumber=1&uploadId=" + upload;
  EXPECT_EQ(ann("PUT", "/images/parts", part, "", {{"x-amz-copy-source", "/other/a.txt"}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/parts", part, "", {{"x-amz-copy-source", "/images/a.txt"}}).status, 200);
}

TEST_F(AccessTest, TagsOfACopyNeedRightsOfTheirOwn) {
  ASSERT_EQ(put("/images/tagged", "x", {{"x-amz-tagging", "a=1"}}).status, 200);
  allow("['s3:GetObject','s3:PutObject']", "'*'");
  EXPECT_EQ(ann("PUT", "/images/t2", "", "x", {{"x-amz-tagging", "a=1"}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/t2", "", "", {{"x-amz-copy-source", "/images/tagged"}}).status, 403);
  allow("['s3:GetObject','s3:PutObject','s3:*Tagging']", "'*'");
  EXPECT_EQ(ann("PUT", "/images/t2", "", "", {{"x-amz-copy-source", "/images/tagged"}}).status, 200);
}

TEST_F(AccessTest, DeleteObjectsIsAskedKeyByKey) {
  allow("'s3:DeleteObject'", "'arn:aws:s3:::images/home/*'");
  const std::string body = "<Delete><Object><Key>a.txt</Key></Object><Object><Key>home/ann/x</Key></Object></Delete>";
  const Answer deleted =
      ann("POST", "/images", "delete", body, {{"Content-MD5", base64_encode(crypto::md5(as_bytes(body)))}});
  EXPECT_EQ(deleted.status, 200);
  EXPECT_THAT(deleted.body, HasSubstr("<Deleted><Key>home/ann/x</Key></Deleted>"));
  EXPECT_THAT(deleted.body, HasSubstr("<Error><Key>a.txt</Key><Code>AccessDenied</Code>"));
  EXPECT_EQ(get("/images/a.txt").status, 200);
  EXPECT_EQ(get("/images/home/ann/x").status, 404);
}

TEST_F(AccessTest, AbsenceIsToldOnlyToThoseWhoMayList) {
  allow("'s3:GetObject'", "'arn:aws:s3:::images/*'");
  EXPECT_EQ(ann("GET", "/images/absent").element("Code"), "AccessDenied");
  EXPECT_EQ(ann("HEAD", "/images/absent").status, 403);
  allow("['s3:GetObject','s3:ListBucket']", "['arn:aws:s3:::images','arn:aws:s3:::images/*']");
  EXPECT_EQ(ann("GET", "/images/absent").element("Code"), "NoSuchKey");
  EXPECT_EQ(ann("HEAD", "/images/absent").status, 404);
}

TEST_F(AccessTest, ConditionsOfListings) {
  grant("{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:s3:::images','Condition':{'StringLike':{'s3:prefix':"
        "'home/${aws:username}/*'},'NumericLessThanEquals':{'s3:max-keys':'10'}}}");
  EXPECT_EQ(ann("GET", "/images", "list-type=2&max-keys=10&prefix=home%2Fann%2F").status, 200);
  EXPECT_EQ(ann("GET", "/images", "list-type=2&max-keys=11&prefix=home%2Fann%2F").status, 403);
  EXPECT_EQ(ann("GET", "/images", "list-type=2&max-keys=10&prefix=home%2Fbob%2F").status, 403);
  EXPECT_EQ(ann("GET", "/images", "list-type=2&max-keys=10").status, 403);
}

TEST_F(AccessTest, ConditionsOfTheRequest) {
  auto with = [&](const std::string& condition) {
    grant("{'Effect':'Allow','Action':'s3:GetObject','Resource':'*','Condition':{" + condition + "}}");
    return ann("GET", "/images/a.txt", "", "", {{"User-Agent", "test/1"}}).status;
  };
  EXPECT_EQ(with("'IpAddress':{'aws:SourceIp':'127.0.0.0/8'}"), 200);
  EXPECT_EQ(with("'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}"), 403);
  EXPECT_EQ(with("'Bool':{'aws:SecureTransport':'true'}"), 403);
  EXPECT_EQ(with("'StringLike':{'aws:UserAgent':'test/*'}"), 200);
  EXPECT_EQ(with("'DateLessThan':{'aws:CurrentTime':'2025-11-25T00:00:00Z'}"), 200);
  EXPECT_EQ(with("'DateLessThan':{'aws:CurrentTime':'2025-11-24T00:00:00Z'}"), 403);
  EXPECT_EQ(with("'StringEquals':{'s3:authType':'REST-HEADER'},'NumericLessThan':{'s3:signatureAge':'600000'}"), 200);
  EXPECT_EQ(with("'StringEquals':{'s3:authType':'REST-QUERY-STRING'}"), 403);
  EXPECT_EQ(with("'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::000000000000:user/ann'}"), 200);
  grant("{'Effect':'Allow','Action':'s3:PutObject','Resource':'*','Condition':{'StringEquals':{'s3:x-amz-server-side-encryption':'AES256'}}}");
  EXPECT_EQ(ann("PUT", "/images/b", "", "x").status, 403);
  EXPECT_EQ(ann("PUT", "/images/b", "", "x", {{"x-amz-server-side-encryption", "AES256"}}).status, 200);
}

TEST_F(AccessTest, BucketPolicies) {
  auto policy = [&](std::string statement) {
    for (char& c : statement) c = c == '\'' ? '"' : c;
    return send({.method = "PUT", .path = "/images", .query = "policy", .body = R"({"Version":"2012-10-17","Statement":)" + statement + "}"});
  };
  const std::string ann_only = "'Principal':{'AWS':'arn:aws:iam::000000000000:user/ann'}";
  EXPECT_EQ(get("/images", "policy").element("Code"), "NoSuchBucketPolicy");
  ASSERT_EQ(policy("{'Effect':'Allow'," + ann_only + ",'Action':'s3:GetObject','Resource':'arn:aws:s3:::images/*'}").status, 204);
  EXPECT_EQ(ann("GET", "/images/a.txt").status, 200);
  EXPECT_EQ(ann("GET", "/other/a.txt").status, 403);
  allow("'*'", "'*'");
  ASSERT_EQ(policy("{'Effect':'Deny','Principal':'*','Action':'s3:Get*','Resource':'arn:aws:s3:::images/*'}").status, 204);
  EXPECT_THAT(ann("GET", "/images/a.txt").body, HasSubstr("explicit deny in a resource-based policy"));
  EXPECT_EQ(get("/images/a.txt").status, 403) << "the root too";
  EXPECT_THAT(get("/images", "policyStatus").body, HasSubstr("<IsPublic>false</IsPublic>"));
  EXPECT_THAT(get("/images", "policy").body, HasSubstr("\"Deny\""));
  EXPECT_EQ(send({.method = "DELETE", .path = "/images", .query = "policy"}).status, 204);
  EXPECT_EQ(ann("GET", "/images/a.txt").status, 200);

  const std::string public_one = "{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::images/*'}";
  EXPECT_THAT(policy(public_one).body, HasSubstr("BlockPublicPolicy"));
  for (const char* open : {"${aws:userid}", "*", "a?c", "x${aws:username}"}) {
    const std::string narrowed = public_one.substr(0, public_one.size() - 1) + R"(,'Condition':{'StringLike':{'aws:userid':")" + open + "\"}}}";
    EXPECT_THAT(policy(narrowed).body, HasSubstr("BlockPublicPolicy")) << open;
  }
  ASSERT_EQ(send({.method = "DELETE", .path = "/images", .query = "publicAccessBlock"}).status, 204);
  ASSERT_EQ(policy(public_one).status, 204);
  EXPECT_THAT(get("/images", "policyStatus").body, HasSubstr("<IsPublic>true</IsPublic>"));
  EXPECT_EQ(send({.path = "/images/a.txt", .is_signed = false}).status, 200) << "anonymous";
  const std::pair<std::string, std::string> malformed[] = {
      {"{'Effect':'Allow'," + ann_only + ",'Action':'s3:*','Resource':'arn:aws:s3:::other/*'}", "Policy has invalid resource"},
      {"{'Effect':'Allow'," + ann_only + ",'Action':'iam:*','Resource':'arn:aws:s3:::images/*'}", "Policy has invalid action"},
      {"{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::images/*'}", "Missing required field Principal"},
      {"{'Effect':'Deny','Effect':'Allow'," + ann_only + ",'Action':'s3:*','Resource':'arn:aws:s3:::images/*'}", "Policies must be valid JSON"},
      {"[", "Policies must be valid JSON"}};
  for (const auto& [statement, message] : malformed) {
    const Answer answer = policy(statement);
    EXPECT_EQ(answer.element("Code"), "MalformedPolicy");
    EXPECT_THAT(answer.element("Message"), HasSubstr(message));
  }
}

TEST_F(AccessTest, TheRootIsBoundByDeniesOfBucketsPolicies) {
  const auto policy = [&](std::string statement) {
    for (char& c : statement) c = c == '\'' ? '"' : c;
    return send({.method = "PUT", .path = "/images", .query = "policy", .body = R"({"Version":"2012-10-17","Statement":)" + statement + "}"}).status;
  };
  const std::string everything = "'Resource':['arn:aws:s3:::images','arn:aws:s3:::images/*']";
  ASSERT_EQ(policy("{'Effect':'Deny','Principal':'*','Action':'s3:*'," + everything + "}"), 204);
  const Answer denied = get("/images/a.txt");
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.element("Message"),
            "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::images/a.txt\" with an explicit "
            "deny in a resource-based policy");
  EXPECT_EQ(put("/images/b.txt", "x").status, 403);
  EXPECT_EQ(get("/images", "list-type=2").status, 403);
  EXPECT_EQ(get("/images", "policyStatus").status, 403);
  EXPECT_EQ(get("/other/a.txt").status, 200);
  EXPECT_EQ(get("/images", "policy").status, 200) << "nobody is locked out";
  ASSERT_EQ(policy("{'Effect':'Deny','Principal':{'AWS':'arn:aws:iam::000000000000:user/ann'},'Action':'s3:*'," + everything + "}"), 204);
  EXPECT_EQ(get("/images/a.txt").status, 200) << "it names somebody else";
  ASSERT_EQ(policy("{'Effect':'Deny','NotPrincipal':{'AWS':'arn:aws:iam::000000000000:root'},'Action':'s3:*'," + everything + "}"), 204);
  EXPECT_EQ(get("/images/a.txt").status, 200) << "it leaves the root out";
  ASSERT_EQ(policy("{'Effect':'Deny','Principal':'*','Action':'s3:*'," + everything + ",'Condition':{'Bool':{'aws:SecureTransport':'false'}}}"), 204);
  EXPECT_EQ(get("/images/a.txt").status, 403) << "conditions are judged";
  ASSERT_EQ(policy("{'Effect':'Deny','Principal':'*','Action':'s3:*'," + everything + ",'Condition':{'ArnNotEquals':{'aws:PrincipalArn':'arn:aws:iam::000000000000:root'}}}"), 204);
  EXPECT_EQ(get("/images/a.txt").status, 200);
  EXPECT_EQ(send({.method = "DELETE", .path = "/images", .query = "policy"}).status, 204);
  EXPECT_EQ(get("/images", "policyStatus").element("Code"), "NoSuchBucketPolicy");
}

TEST_F(AccessTest, TagsThatAnObjectHas) {
  ASSERT_EQ(put("/images/open", "x", {{"x-amz-tagging", "class=open&Team=a%20b"}}).status, 200);
  ASSERT_EQ(put("/images/secret", "x", {{"x-amz-tagging", "class=secret"}}).status, 200);
  grant("{'Effect':'Allow','Action':['s3:GetObject*','s3:PutObjectTagging','s3:DeleteObjectTagging'],'Resource':'arn:aws:s3:::images/*',"
        "'Condition':{'StringEquals':{'s3:ExistingObjectTag/class':'open'}}}");
  for (const char* query : {"", "tagging", "acl", "attributes", "versionId=null"}) {
    const std::vector<std::pair<std::string, std::string>> headers = {{"x-amz-object-attributes", "ETag"}};
    EXPECT_EQ(ann("GET", "/images/open", query, "", headers).status, 200) << query;
    EXPECT_EQ(ann("GET", "/images/secret", query, "", headers).status, 403) << query;
    EXPECT_EQ(ann("GET", "/images/a.txt", query, "", headers).status, 403) << query << ", no tags";
    EXPECT_EQ(ann("GET", "/images/absent", query, "", headers).status, 403) << query;
  }
  const std::string none = "<Tagging><TagSet/></Tagging>";
  EXPECT_EQ(ann("PUT", "/images/secret", "tagging", none).status, 403);
  EXPECT_EQ(ann("DELETE", "/images/secret", "tagging").status, 403);
  EXPECT_EQ(ann("DELETE", "/images/open", "tagging").status, 204);
  EXPECT_EQ(ann("GET", "/images/open").status, 403) << "it is asked anew each time";
  grant("[{'Effect':'Allow','Action':'s3:*','Resource':'*'},{'Effect':'Deny','Action':'s3:*','Resource':'*','Condition':{'StringEquals':{'s3:ExistingObjectTag/class':'secret'}}}]");
  EXPECT_EQ(ann("GET", "/images/open").status, 200);
  EXPECT_EQ(ann("GET", "/images/secret").status, 403);
  EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "/images/secret"}}).status, 403) << "the source's tags";
  EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "/images/open"}}).status, 200);
  EXPECT_EQ(ann("PUT", "/images/secret", "", "new").status, 200) << "as with AWS, replacing knows no tags of before";
}

TEST_F(AccessTest, TagsOfTheBucketsPolicyAndOfVariables) {
  ASSERT_EQ(put("/images/hers", "x", {{"x-amz-tagging", "owner=ann"}}).status, 200);
  ASSERT_EQ(put("/images/his", "x", {{"x-amz-tagging", "owner=bob"}}).status, 200);
  const std::string policy = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ann"},"Action":"s3:GetObject",)"
                             R"("Resource":"arn:aws:s3:::images/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/owner":"${aws:username}"}}}})";
  ASSERT_EQ(send({.method = "PUT", .path = "/images", .query = "policy", .body = policy}).status, 204);
  EXPECT_EQ(ann("GET", "/images/hers").status, 200);
  EXPECT_EQ(ann("GET", "/images/his").status, 403);
}

TEST_F(AccessTest, TagsOfAnObjectThatIsReplacedMeanwhile) {
  grant("{'Effect':'Allow','Action':['s3:GetObject','s3:GetObjectTagging'],'Resource':'*','Condition':{'StringEquals':{'s3:ExistingObjectTag/class':'open'}}}");
  const auto replace = [&](const std::string& name) {
    auto writer = objects().begin_put("images", "swapped");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(as_bytes(name)));
    ASSERT_TRUE((*writer)->commit({.tags = {{"class", name}}}));
  };
  replace("open");
  std::atomic<bool> stop = false;
  std::jthread swapping([&] {
    for (int i = 0; !stop; ++i) replace(i % 2 == 0 ? "secret" : "open");
  });
  int seen = 0, denied = 0;
  for (int i = 0; i < 1000 || (i < 20000 && (seen == 0 || denied == 0)); ++i) {
    const Answer got = i % 4 == 0 ? ann("GET", "/images/swapped", "tagging") : ann("GET", "/images/swapped");
    EXPECT_THAT(got.body, Not(HasSubstr("secret</Value>")));
    EXPECT_NE(got.body, "secret");
    ++(got.status == 200 ? seen : denied);
    if (HasFailure()) break;
  }
  stop = true;
  EXPECT_GT(seen, 0);
  EXPECT_GT(denied, 0);
}

TEST_F(AccessTest, TagsThatAreAskedFor) {
  ASSERT_EQ(put("/images/tagged", "x", {{"x-amz-tagging", "class=open"}}).status, 200);
  ASSERT_EQ(put("/images/secret", "x", {{"x-amz-tagging", "class=secret"}}).status, 200);
  grant("[{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
        "{'Effect':'Deny','Action':['s3:PutObject','s3:PutObjectTagging'],'Resource':'*','Condition':{'StringNotEquals':{'s3:RequestObjectTag/class':'open'}}},"
        "{'Effect':'Deny','Action':'s3:PutObject*','Resource':'*','Condition':{'ForAnyValue:StringNotEquals':{'s3:RequestObjectTagKeys':['class','team']}}}]");
  const auto tagging = [](const std::string& tag, const std::string& value) {
    return "<Tagging><TagSet><Tag><Key>" + tag + "</Key><Value>" + value + "</Value></Tag></TagSet></Tagging>";
  };
  EXPECT_EQ(ann("PUT", "/images/b", "", "x").status, 403);
  EXPECT_EQ(ann("PUT", "/images/b", "", "x", {{"x-amz-tagging", "class=secret"}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/b", "", "x", {{"x-amz-tagging", "class=open&other=1"}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/b", "", "x", {{"x-amz-tagging", "class=open&team=1"}}).status, 200);
  EXPECT_EQ(ann("PUT", "/images/b", "tagging", tagging("class", "secret")).status, 403);
  EXPECT_EQ(ann("PUT", "/images/b", "tagging", tagging("class", "open")).status, 200);
  EXPECT_EQ(ann("PUT", "/images/b", "tagging", tagging("class", "secret"), {{"x-amz-tagging", "class=open"}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/b", "tagging", tagging("team", "x"), {{"x-amz-tagging", "class=open"}}).status, 403) << "its header sets no tags";
  EXPECT_EQ(ann("POST", "/images/parts", "uploads").status, 403);
  EXPECT_EQ(ann("POST", "/images/parts", "uploads", "", {{"x-amz-tagging", "class=open"}}).status, 200);
  const auto copy = [&](const std::string& source, std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers.emplace_back("x-amz-copy-source", source);
    return ann("PUT", "/images/copy", "", "", headers).status;
  };
  EXPECT_EQ(copy("/images/tagged"), 200);
  EXPECT_EQ(copy("/images/secret"), 403);
  EXPECT_EQ(copy("/images/a.txt"), 403) << "it has none";
  EXPECT_EQ(copy("/images/secret", {{"x-amz-tagging-directive", "REPLACE"}, {"x-amz-tagging", "class=open"}}), 200);
  EXPECT_EQ(copy("/images/tagged", {{"x-amz-tagging-directive", "REPLACE"}, {"x-amz-tagging", "class=secret"}}), 403);
  EXPECT_EQ(copy("/images/secret", {{"x-amz-tagging", "class=open"}}), 403) << "of no effect without the directive";
}

TEST_F(AccessTest, WritesTellTheirConditions) {
  grant("[{'Effect':'Allow','Action':'s3:*','Resource':'*'},{'Effect':'Deny','Action':'s3:PutObject','Resource':'*','Condition':{'Null':{'s3:if-none-match':'true'},'Bool':{'s3:ObjectCreationOperation':'true'}}}]");
  EXPECT_EQ(ann("PUT", "/images/new", "", "x").status, 403);
  EXPECT_EQ(ann("PUT", "/images/new", "", "x", {{"If-None-Match", "*"}}).status, 200);
  const std::string upload = ann("POST", "/images/parts", "uploads").element("UploadId");
  ASSERT_FALSE(upload.empty());
  EXPECT_EQ(ann("PUT", "/images/parts", "partNumber=1&uploadId=" + upload, "x").status, 200);
}

// What a policy is shown and what the operation takes is one and the same.
TEST_F(AccessTest, HeadersThatComeTwiceOrEmptyOpenNothing) {
  grant("[{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
        "{'Effect':'Deny','Action':'s3:PutObject','Resource':'*','Condition':{'StringNotEqualsIfExists':{'s3:x-amz-storage-class':'STANDARD_IA'}}},"
        "{'Effect':'Deny','Action':'s3:PutObject','Resource':'*','Condition':{'Null':{'s3:x-amz-server-side-encryption':'true'}}}]");
  const std::pair<std::string, std::string> sealed{"x-amz-server-side-encryption", "AES256"}, cold{"x-amz-storage-class", "GLACIER"}, cool{"x-amz-storage-class", "STANDARD_IA"};
  EXPECT_EQ(ann("PUT", "/images/n", "", "x", {sealed, cool}).status, 200);
  EXPECT_EQ(ann("PUT", "/images/n", "", "x", {sealed, cold}).status, 403);
  for (const auto& twice : {std::pair{cold, cool}, std::pair{cool, cold}}) {
    const Answer answer = ann("PUT", "/images/n", "", "x", {sealed, twice.first, twice.second});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.element("Code"), "InvalidArgument");
  }
  EXPECT_EQ(ann("PUT", "/images/n", "", "x", {cool}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/n", "", "x", {{"x-amz-server-side-encryption", ""}, cool}).status, 400);
  EXPECT_EQ(ann("PUT", "/images/n", "", "x", {sealed, {"x-amz-storage-class", ""}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/n", "", "x", {sealed, cool, {"x-amz-meta-a", "1"}, {"x-amz-meta-a", "2"}}).status, 200) << "users' own may";
}

TEST_F(AccessTest, ASourceIsJudgedAsItIsMeant) {
  for (const char* spelling : {"", "/"}) {
    grant("[{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
          "{'Effect':'Deny','Action':'s3:PutObject','Resource':'*','Condition':{'StringLike':{'s3:x-amz-copy-source':'" + std::string(spelling) + "images/home/*'}}}]");
    for (const char* source : {"images/home/ann/x", "/images/home/ann/x", "images%2Fhome%2Fann%2Fx", "images/%68ome/ann/x", "images/home/ann/x?versionId=null"})
      EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", source}}).status, 403) << spelling << " " << source;
    EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "images/a.txt"}}).status, 200);
  }
  grant("[{'Effect':'Allow','Action':['s3:GetObject','s3:GetObjectTagging','s3:PutObjectTagging'],'Resource':'*'},"
        "{'Effect':'Allow','Action':'s3:PutObject','Resource':'*','Condition':{'StringLike':{'s3:x-amz-copy-source':'images/home/*'}}}]");
  EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "/images/home%2Fann/x"}}).status, 200);
  EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "images/a.txt"}}).status, 403);
  EXPECT_EQ(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "images/a.txt"}, {"x-amz-copy-source", "images/home/ann/x"}}).status, 400);
}

TEST_F(AccessTest, TokensBelongToSessions) {
  const Answer root = send({.path = "/images/a.txt", .headers = {{"x-amz-security-token", "made up"}}});
  EXPECT_EQ(root.status, 400);
  EXPECT_EQ(root.element("Code"), "InvalidToken");
  EXPECT_EQ(ann("GET", "/images/a.txt", "", "", {{"x-amz-security-token", "made up"}}).element("Code"), "InvalidToken");
}

TEST_F(AccessTest, WhatMakesAVersionNamesNone) {
  for (const char* query : {"versionId=null", "uploads=&versionId=null"}) {
    const Answer answer = send({.method = std::string(query).starts_with("uploads") ? "POST" : "PUT", .path = "/images/v", .query = query});
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_THAT(answer.body, HasSubstr("This operation does not accept a version-id."));
  }
}

TEST_F(AccessTest, VersionsOfACopysSource) {
  allow("['s3:PutObject','s3:GetObject']", "'*'");
  const auto copy = [&](const std::string& source) { return ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", source}}); };
  EXPECT_EQ(copy("/images/a.txt").status, 200);
  EXPECT_THAT(copy("/images/a.txt?versionId=null").body, HasSubstr("s3:GetObjectVersion on resource"));
  allow("['s3:PutObject','s3:GetObjectVersion']", "'*'");
  EXPECT_EQ(copy("/images/a.txt").status, 403);
  EXPECT_EQ(copy("/images/a.txt?versionId=null").status, 200);
  grant("{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'StringEqualsIfExists':{'s3:VersionId':'other'}}}");
  EXPECT_EQ(ann("GET", "/images/a.txt", "versionId=null").status, 403);
  EXPECT_EQ(ann("GET", "/images/a.txt").status, 200);
}

TEST_F(AccessTest, TablesAndCollections) {
  const std::string table =
      R"({"TableName":"one","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
      R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})";
  ASSERT_EQ(json_call("dynamodb", "CreateTable", table).status, 200);
  allow("'dynamodb:*Item'", "'arn:aws:dynamodb:us-east-1:000000000000:table/one'");
  const std::string item = R"({"TableName":"one","Item":{"p":{"S":"x"}}})";
  EXPECT_EQ(ann_json("dynamodb", "PutItem", item).status, 200);
  EXPECT_EQ(ann_json("dynamodb", "Scan", R"({"TableName":"one"})").type(), "AccessDeniedException");
  EXPECT_EQ(ann_json("dynamodb", "PutItem", R"({"TableName":"two","Item":{"p":{"S":"x"}}})").type(), "AccessDeniedException");
  // Denied is denied by whatever name.
  grant("[{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'*','Resource':'arn:aws:dynamodb:us-east-1:000000000000:table/one'}]");
  for (const char* name : {"one", "arn:aws:dynamodb:us-east-1:000000000000:table/one", "arn:aws:dynamodb:eu-west-1:999999999999:table/one"}) {
    EXPECT_EQ(ann_json("dynamodb", "Scan", R"({"TableName":")" + std::string(name) + "\"}").type(), "AccessDeniedException") << name;
  }
  allow("'rekognition:*'", "'arn:aws:rekognition:us-east-1:000000000000:collection/mine'");
  EXPECT_EQ(ann_json("rekognition", "CreateCollection", R"({"CollectionId":"mine"})").status, 200);
  const Answer denied = ann_json("rekognition", "CreateCollection", R"({"CollectionId":"yours"})");
  EXPECT_EQ(denied.status, 400);
  EXPECT_THAT(denied.body, HasSubstr("is not authorized to perform: rekognition:CreateCollection on resource: "
                                     "arn:aws:rekognition:us-east-1:000000000000:collection/yours because"));
}

TEST_F(AccessTest, RekognitionReadsWithTheRightsOfWhoAsks) {
  ASSERT_EQ(put("/images/cat.jpg", jpeg(100, 100)).status, 200);
  const std::string request = R"({"Image":{"S3Object":{"Bucket":"images","Name":"cat.jpg"}}})";
  allow("'rekognition:DetectLabels'", "'*'");
  EXPECT_EQ(ann_json("rekognition", "DetectLabels", request).type(), "InvalidS3ObjectException");
  EXPECT_THAT(audit(), HasSubstr("arn:aws:s3:::images/cat.jpg"));
  allow("['rekognition:DetectLabels','s3:GetObject']", "'*'");
  EXPECT_EQ(ann_json("rekognition", "DetectLabels", request).status, 200);
}

TEST_F(AccessTest, DenialsAreNotedWithWhoWhatAndWhere) {
  ann("GET", "/images/a.txt");
  const auto line = parse_json(audit().substr(0, audit().find('\n')));
  ASSERT_TRUE(line) << audit();
  EXPECT_EQ(*find_string(*line, "principal"), "arn:aws:iam::000000000000:user/ann");
  EXPECT_EQ(*find_string(*line, "access_key"), key_);
  EXPECT_EQ(*find_string(*line, "action"), "s3:GetObject");
  EXPECT_EQ(*find_string(*line, "resource"), "arn:aws:s3:::images/a.txt");
  EXPECT_EQ(*find_string(*line, "source_ip"), "127.0.0.1");
  EXPECT_THAT(std::string(*find_string(*line, "request")), HasSubstr("request-"));
  EXPECT_EQ(audit("unknown.jsonl"), "");
  send({.path = "/images/a.txt", .secret = "wrong"});
  send({.path = "/images/a.txt", .key = "NOBODY"});
  send({.path = "/images/a.txt", .is_signed = false});
  EXPECT_EQ(std::ranges::count(audit("unknown.jsonl"), '\n'), 3);
  EXPECT_THAT(audit("unknown.jsonl"), Not(HasSubstr("wrong")));
  EXPECT_EQ(std::ranges::count(audit(), '\n'), 1);
}

TEST_F(AccessTest, DenialsThatNoPolicyMakesAreNotedToo) {
  allow("['s3:GetObject','s3:PutObject','s3:PutBucketPolicy']", "'*'");
  auto expect_note = [&, lines = 0](const Answer& answer, const std::string& code, const std::string& action, const std::string& resource) mutable {
    if (!answer.body.empty()) EXPECT_EQ(answer.element("Code"), code);
    const std::string text = audit();
    ASSERT_EQ(std::ranges::count(text, '\n'), ++lines) << action << "\n" << text;
    const std::size_t before = text.rfind('\n', text.size() - 2);
    const auto line = parse_json(text.substr(before == std::string::npos ? 0 : before + 1));
    ASSERT_TRUE(line) << text;
    EXPECT_EQ(*find_string(*line, "request"), answer.header("x-amz-request-id"));
    EXPECT_EQ(*find_string(*line, "principal"), "arn:aws:iam::000000000000:user/ann");
    EXPECT_EQ(*find_string(*line, "source_ip"), "127.0.0.1");
    EXPECT_EQ(*find_string(*line, "action"), action);
    EXPECT_EQ(*find_string(*line, "resource"), "arn:aws:s3:::" + resource);
    if (!answer.body.empty() && !answer.body.contains("&quot;")) EXPECT_EQ(*find_string(*line, "reason"), answer.element("Message"));
  };
  // Who may not list the bucket is not told what is not there.
  expect_note(ann("GET", "/images/absent"), "AccessDenied", "s3:GetObject", "images/absent");
  expect_note(ann("HEAD", "/images/absent"), "AccessDenied", "s3:GetObject", "images/absent");
  expect_note(ann("DELETE", "/images/a.txt"), "AccessDenied", "s3:DeleteObject", "images/a.txt");  // once, as before
  expect_note(ann("GET", "/images/a.txt", "", "", {{"x-amz-expected-bucket-owner", "123456789012"}}), "AccessDenied", "s3:GetObject", "images/a.txt");
  expect_note(ann("PUT", "/images/copy", "", "", {{"x-amz-copy-source", "/images/a.txt"}, {"x-amz-source-expected-bucket-owner", "123456789012"}}),
              "AccessDenied", "s3:PutObject", "images/copy");
  expect_note(ann({.method = "PUT", .path = "/images/b", .body = "text", .payload_hash = hex_encode(crypto::sha256(as_bytes("other")))}),
              "XAmzContentSHA256Mismatch", "s3:PutObject", "images/b");
  expect_note(ann("PUT", "/images", "policy",
                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::images/*"}]})"),
              "AccessDenied", "s3:PutBucketPolicy", "images");

  const auto customer_key = [](char c) {
    const std::string key(32, c), prefix = "x-amz-server-side-encryption-customer-";
    return std::vector<std::pair<std::string, std::string>>{
        {prefix + "algorithm", "AES256"}, {prefix + "key", base64_encode(as_bytes(key))}, {prefix + "key-MD5", base64_encode(crypto::md5(as_bytes(key)))}};
  };
  ASSERT_EQ(put("/images/locked", "text", customer_key('a')).status, 200);
  expect_note(ann("GET", "/images/locked", "", "", customer_key('b')), "AccessDenied", "s3:GetObject", "images/locked");

  Call chunked{.method = "PUT",
               .path = "/images/chunked",
               .headers = {{"Content-Encoding", "aws-chunked"}, {"x-amz-decoded-content-length", "5"}},
               .key = key_,
               .payload_hash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"};
  chunked.secret = secret_;
  net::RequestHead head = head_of(chunked);
  chunked.body = aws::encode_chunked(as_bytes("hello"), 65536, {.mode = aws::PayloadMode::kSignedChunks, .seed = seed_}, {});
  chunked.body.replace(chunked.body.find("hello"), 5, "jello");
  head.content_length = chunked.body.size();
  expect_note(exchange(head, chunked), "SignatureDoesNotMatch", "s3:PutObject", "images/chunked");

  EXPECT_EQ(audit("unknown.jsonl"), "");
  EXPECT_EQ(send({.method = "POST", .path = "/images", .query = "delete", .is_signed = false}).status, 403);
  EXPECT_THAT(audit("unknown.jsonl"), HasSubstr(R"("action":"s3:DeleteObjects","resource":"arn:aws:s3:::images")"));
  EXPECT_EQ(send({.method = "PUT", .path = "/images/c", .headers = {{"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}}, .is_signed = false}).status, 403);
  EXPECT_EQ(std::ranges::count(audit("unknown.jsonl"), '\n'), 2);
}

}  // namespace
}  // namespace eyrie::api::testing
