#include "api/console/testing.h"
#include "api/s3/lifecycle/setting.h"
#include "functions/registry/testing.h"
#include "notify/topics/testing.h"

namespace eyrie::api::console {
namespace {

using iam::console::Role;
using testing::Browser;
using testing::Reply;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kReads = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";
constexpr const char* kRules = R"({"Rules":[{"ID":"old","Filter":{"Prefix":"uploads/"},"Status":"Enabled","Expiration":{"Days":365}}]})";
constexpr const char* kWrites = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}})";

class BuiltIn final : public functions::Function {
 public:
  const std::string& name() const override { return name_; }
  Status invoke(const store::Event& event) override {
    payloads.push_back(event.payload);
    return event.payload == "{}" ? fail(Code::kInvalidArgument, "no record") : Status();
  }
  Status give_up(const store::Event&, const Error&) override { return {}; }

  std::vector<std::string> payloads;

 private:
  const std::string name_ = "analyze-image";
};

class AdministrationTest : public testing::ConsoleServiceTest {
 protected:
  void SetUp() override {
    ConsoleServiceTest::SetUp();
    add("ann", Role::kAdmin);
    ann_ = signed_in("ann");
  }
  Backend backend() override {
    topics_ = *notify::topics::Topics::open(store_->records(), store_->outbox(), targets_, true, clock_);
    EXPECT_TRUE(topics_->create("detections", [](notify::topics::Topic&, bool) { return Status(); }));
    alerts_ = *notify::rules::AlertRules::open(store_->records(), *topics_, store_->faces(), {R"({"name":"fixed","when":{"label":"Cat"}})"});
    root_use_ = *iam::RootKeyUse::open(store_->records(), "AKIAROOT", clock_);
    administration_.emplace(Administration{.objects = objects(), .identities = *identities_, .root_key = "AKIAROOT", .root_key_created_ms = 1'700'000'000'000, .root_use = root_use_.get(), .topics = *topics_, .audit = audit_file("denied").parent_path(), .functions = functions(), .models = [this] { return models_; }, .settings = {.version = "1", .data = "/data", .file = "", .all = shown_settings({}, {}, {})}});
    Backend made = ConsoleServiceTest::backend();
    made.alerts = alerts_.get();
    made.administration = &*administration_;
    return made;
  }
  Functions functions() {
    registry_ = *functions::Registry::open(store_->records(), code_.path() / "code", clock_);
    logs_.emplace(code_.path() / "logs", clock_);
    auto invoke = [this](const functions::FunctionTarget& target, functions::Invocation invocation) -> Result<functions::DeployedFunctions::Invoked> {
      if (!registry_->find(target.name)) return fail(registry_->find(target.name).error());
      return functions::DeployedFunctions::Invoked{.outcome = {.failed = target.qualifier == "bad", .payload = invocation.payload, .log_tail = "said", .duration_ms = 12.34, .memory_mb = 50},
                                                   .version = target.qualifier.empty() ? "$LATEST" : target.qualifier};
    };
    return {.registry = *registry_, .logs = *logs_, .invoke = std::move(invoke), .built_in = {&built_in_}};
  }
  static std::string body_with(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    json::object object;
    for (const auto& [name, value] : members) object[name] = value;
    return write_json(object);
  }
  static std::vector<std::string> names(const json::object& object, std::string_view list) {
    std::vector<std::string> found;
    for (const json::value& one : object.at(list).as_array()) found.push_back(text_of(one.as_object(), "name"));
    return found;
  }

  std::vector<vision::ModelStatus> models_;
  const TemporaryDirectory code_;
  std::unique_ptr<functions::Registry> registry_;
  std::optional<functions::FunctionLogs> logs_;
  BuiltIn built_in_;
  const notify::topics::testing::NoTargets targets_;
  std::unique_ptr<notify::topics::Topics> topics_;
  std::unique_ptr<notify::rules::AlertRules> alerts_;
  std::unique_ptr<iam::RootKeyUse> root_use_;
  std::optional<Administration> administration_;
  Browser ann_;
};

TEST_F(AdministrationTest, KeysAreMadeSwitchedAndRemoved) {
  ASSERT_EQ(send(ann_, "POST", "identities", R"({"name":"camera@home"})").status, 201);
  EXPECT_EQ(send(ann_, "POST", "identities", R"({"name":"CAMERA@home"})").code(), "AlreadyExists");
  EXPECT_EQ(send(ann_, "POST", "identities", R"({"name":"no space"})").code(), "InvalidRequest");
  const Reply made = send(ann_, "POST", "identities/camera%40home/keys", "{}");
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string id = made.member("id"), secret = made.member("secret");
  EXPECT_EQ(secret.size(), 40U);
  EXPECT_EQ(identities_->credential(id)->secret, secret);

  const Reply listed = send(ann_, "GET", "identities");
  EXPECT_THAT(listed.text, Not(HasSubstr(secret))) << "told once";
  EXPECT_EQ(text_of(listed.body()["root"].as_object(), "key"), "AKIAROOT");
  EXPECT_THAT(names(listed.body(), "users"), ElementsAre("camera@home"));
  EXPECT_THAT(send(ann_, "GET", "identities/camera@home").text, Not(HasSubstr(secret)));
  EXPECT_TRUE(send(ann_, "GET", "identities/camera@home").body()["keys"].as_array()[0].as_object()["used"].is_null());
  identities_->note_use(id, "s3", "us-east-1");
  const json::object used = send(ann_, "GET", "identities/camera@home").body()["keys"].as_array()[0].as_object()["used"].as_object();
  EXPECT_EQ(text_of(used, "service"), "s3");
  EXPECT_EQ(text_of(used, "time"), format_iso8601(clock_.now_ms()));

  EXPECT_EQ(send(ann_, "PATCH", "keys/" + id, R"({"active":false})").body()["active"], json::value(false));
  EXPECT_FALSE(identities_->credential(id));
  EXPECT_EQ(send(ann_, "PATCH", "keys/" + id, "{}").code(), "InvalidRequest");
  EXPECT_EQ(send(ann_, "PATCH", "keys/" + id, R"({"active":true})").status, 200);
  EXPECT_TRUE(identities_->credential(id));
  EXPECT_EQ(send(ann_, "DELETE", "identities/camera@home").code(), "Conflict") << "its key is there";
  EXPECT_EQ(send(ann_, "DELETE", "keys/" + id).status, 204);
  EXPECT_EQ(send(ann_, "DELETE", "keys/" + id).code(), "NotFound");
  EXPECT_EQ(send(ann_, "DELETE", "keys/AKIAROOT").code(), "Conflict");
  EXPECT_EQ(send(ann_, "PATCH", "keys/AKIAROOT", R"({"active":false})").code(), "Conflict");
  EXPECT_EQ(send(ann_, "DELETE", "identities/camera@home").status, 204);
  EXPECT_EQ(send(ann_, "POST", "identities/camera@home/keys", "{}").code(), "NotFound");
  for (const char* action : {"iam:CreateUser", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey", "iam:DeleteUser"})
    EXPECT_THAT(audit("console"), HasSubstr(std::string("\"") + action + "\",\"resource\":\"arn:aws:iam::000000000000:user/camera@home\""));
  EXPECT_THAT(audit("console"), Not(HasSubstr(secret)));
}

TEST_F(AdministrationTest, TheRootsKeySaysSinceWhenAndWhen) {
  const auto root = [&] { return send(ann_, "GET", "identities").body()["root"].as_object(); };
  EXPECT_EQ(text_of(root(), "created"), "2023-11-14T22:13:20.000Z");
  EXPECT_TRUE(root()["used"].is_null());
  root_use_->note("dynamodb", "us-east-1");
  EXPECT_EQ(text_of(root()["used"].as_object(), "service"), "dynamodb");
  EXPECT_EQ(text_of(root()["used"].as_object(), "time"), format_iso8601(clock_.now_ms()));
}

TEST_F(AdministrationTest, AUserHasTwoKeysAtMost) {
  ASSERT_TRUE(identities_->create_user("camera", "/"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(send(ann_, "POST", "identities/camera/keys", "{}").status, 201);
  const Reply third = send(ann_, "POST", "identities/camera/keys", "{}");
  EXPECT_EQ(third.code(), "LimitExceeded");
  EXPECT_EQ(third.member("message"), "Cannot exceed quota for AccessKeysPerUser: 2");
}

TEST_F(AdministrationTest, PoliciesAreMadeChangedAttachedAndRemoved) {
  ASSERT_TRUE(identities_->create_user("camera", "/"));
  const auto allowed = [&] { return identities_->policies_of(identities_->user("camera")->principal()); };
  const Reply made = send(ann_, "POST", "policies", body_with({{"name", "pictures"}, {"description", "may read"}, {"document", kReads}}));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.member("document"), kReads);
  EXPECT_EQ(made.member("arn"), "arn:aws:iam::000000000000:policy/pictures");
  EXPECT_EQ(send(ann_, "POST", "identities/camera/attach", R"({"policy":"pictures"})").status, 200);
  ASSERT_EQ(allowed().size(), 1U);

  const Reply bad = send(ann_, "PUT", "policies/pictures", body_with({{"document", R"({"Version":"2012-10-17","Statement":{"Effect":"Perhaps"}})"}}));
  EXPECT_EQ(bad.code(), "InvalidRequest");
  const auto why = iam::PolicyDocument::parse(R"({"Version":"2012-10-17","Statement":{"Effect":"Perhaps"}})");
  ASSERT_FALSE(why);
  EXPECT_EQ(bad.member("message"), why.error().message) << "IAM's own words";
  const std::string sid = R"({"Version":"2012-10-17","Statement":{"Sid":"a b","Effect":"Allow","Action":"*","Resource":"*"}})";
  EXPECT_EQ(send(ann_, "PUT", "policies/pictures", body_with({{"document", sid}})).code(), "InvalidRequest");
  EXPECT_EQ(allowed()[0]->text(), kReads) << "what is refused changes nothing";

  const Reply changed = send(ann_, "PUT", "policies/pictures", body_with({{"document", kWrites}}));
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.member("version"), "v2");
  EXPECT_EQ(allowed()[0]->text(), kWrites) << "at once, for all that have it";
  EXPECT_EQ(number_of(send(ann_, "GET", "policies").body()["policies"].as_array()[0].as_object(), "attachments"), 1);
  EXPECT_EQ(send(ann_, "DELETE", "policies/pictures").code(), "Conflict");
  EXPECT_THAT(names(send(ann_, "GET", "identities/camera").body(), "attached"), ElementsAre("pictures"));
  EXPECT_THAT(names(send(ann_, "POST", "identities/camera/detach", R"({"policy":"pictures"})").body(), "attached"), ElementsAre());
  EXPECT_EQ(send(ann_, "POST", "identities/camera/detach", R"({"policy":"pictures"})").code(), "NotFound");
  EXPECT_EQ(send(ann_, "POST", "identities/camera/attach", R"({"policy":"others"})").code(), "NotFound");
  EXPECT_EQ(send(ann_, "DELETE", "policies/pictures").status, 204);
  EXPECT_EQ(send(ann_, "GET", "policies/pictures").code(), "NotFound");
  EXPECT_EQ(send(ann_, "PUT", "policies/pictures", body_with({{"document", kReads}})).code(), "NotFound");
}

TEST_F(AdministrationTest, APolicyMayBeAsLongAsIamAllows) {
  const std::string longest = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:)" + std::string(6000, 'a') + R"(","Resource":"*"}})";
  EXPECT_EQ(send(ann_, "POST", "policies", body_with({{"name", "long"}, {"document", longest + std::string(20'000, ' ')}})).status, 201);
  EXPECT_EQ(send(ann_, "PUT", "policies/long", body_with({{"document", longest + std::string(70'000, ' ')}})).code(), "TooLarge");
  EXPECT_EQ(send(ann_, "PUT", "policies/long", body_with({{"document", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:)" + std::string(6144, 'a') + R"(","Resource":"*"}})"}})).code(),
            "LimitExceeded");
}

TEST_F(AdministrationTest, AlertRulesArePublishedToTopicsThatAreListed) {
  ASSERT_TRUE(topics_->subscribe({.topic = "detections", .protocol = "https", .endpoint = "https://ann:secret@example.com/hook"}));
  const json::object topic = send(ann_, "GET", "topics").body()["topics"].as_array()[0].as_object();
  EXPECT_EQ(text_of(topic, "name"), "detections");
  EXPECT_EQ(number_of(topic, "pending"), 1);
  const json::object subscription = topic.at("subscriptions").as_array()[0].as_object();
  EXPECT_EQ(text_of(subscription, "protocol"), "https");
  EXPECT_THAT(text_of(subscription, "endpoint"), Not(HasSubstr("secret"))) << "a password in a URL is not shown";
  EXPECT_FALSE(flag_of(subscription, "confirmed"));

  EXPECT_EQ(send(ann_, "PUT", "alerts/dogs", R"({"when":{"label":"Dog"},"topic":"nowhere"})").code(), "NotFound");
  EXPECT_EQ(send(ann_, "PUT", "alerts/dogs", R"({"when":{"text":{"matches":"("}}})").code(), "InvalidRequest");
  EXPECT_EQ(send(ann_, "PUT", "alerts/dogs", R"({"when":{"label":"Dog"},"enabled":false})").status, 200);
  EXPECT_FALSE(alerts_->rule("dogs")->enabled);
  EXPECT_EQ(send(ann_, "POST", "alerts/dogs/test").status, 204);
  EXPECT_EQ(send(ann_, "POST", "alerts/none/test").code(), "NotFound");
  EXPECT_EQ(send(ann_, "PUT", "alerts/fixed", R"({"when":{"label":"Dog"}})").code(), "Conflict") << "one of the settings";
  EXPECT_EQ(send(ann_, "DELETE", "alerts/fixed").code(), "Conflict");
  EXPECT_EQ(send(ann_, "DELETE", "alerts/dogs").status, 204);
  EXPECT_EQ(send(ann_, "GET", "alerts").body()["alerts"].as_array().size(), 1U);
}

TEST_F(AdministrationTest, TheAuditLogIsReadByPagesAndAsCsv) {
  for (int i = 0; i < 5; ++i) {
    denied_->add({.request_id = "r" + std::to_string(i), .source_ip = "192.0.2.7", .principal = "arn:aws:iam::000000000000:user/eve", .access_key = "AKIA", .action = "s3:GetObject", .resource = "=HYPERLINK(\"x\")", .reason = "no, \"never\""});
    clock_.advance_ms(1000);
  }
  const auto requests = [](const json::object& page) {
    std::vector<std::string> found;
    for (const json::value& entry : page.at("entries").as_array()) found.push_back(text_of(entry.as_object(), "request"));
    return found;
  };
  const json::object first = send(ann_, "GET", "audit?limit=2").body();
  EXPECT_THAT(requests(first), ElementsAre("r4", "r3"));
  const json::object second = send(ann_, "GET", "audit?limit=2&q=EVE&after=" + text_of(first, "next")).body();
  EXPECT_THAT(requests(second), ElementsAre("r2", "r1"));
  const std::string from = format_iso8601(clock_.now_ms() - 2000), to = format_iso8601(clock_.now_ms() - 2000);
  EXPECT_THAT(requests(send(ann_, "GET", "audit?from=" + from + "&to=" + to).body()), ElementsAre("r3"));
  EXPECT_THAT(requests(send(ann_, "GET", "audit?log=unknown").body()), ElementsAre());
  EXPECT_THAT(send(ann_, "GET", "audit?log=console&q=SignIn").text, HasSubstr("console:SignIn"));
  for (const char* query : {"log=other", "log=..", "limit=0", "limit=501", "limit=x", "from=today", "to=", "after=x", "who=ann", "q=%zz"})
    EXPECT_EQ(send(ann_, "GET", std::string("audit?") + query).code(), "InvalidRequest") << query;

  const Reply csv = send(ann_, "GET", "audit/csv?q=GetObject&from=" + from);
  EXPECT_EQ(csv.headers.get("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_EQ(csv.text, "time,request,source_ip,principal,access_key,action,resource,reason\r\n" + format_iso8601(clock_.now_ms() - 1000) +
                          ",\"r4\",\"192.0.2.7\",\"arn:aws:iam::000000000000:user/eve\",\"AKIA\",\"s3:GetObject\",\"'=HYPERLINK(\"\"x\"\")\",\"no, \"\"never\"\"\"\r\n" + from +
                          ",\"r3\",\"192.0.2.7\",\"arn:aws:iam::000000000000:user/eve\",\"AKIA\",\"s3:GetObject\",\"'=HYPERLINK(\"\"x\"\")\",\"no, \"\"never\"\"\"\r\n");
  EXPECT_THAT(audit("console"), HasSubstr("console:ExportAuditLog"));
}

TEST_F(AdministrationTest, FunctionsAreShownWithoutTheirSecrets) {
  functions::FunctionVersion version{.description = "counts", .runtime = "python3.11", .handler = "a.b", .role = "arn:aws:iam::000000000000:role/r", .environment = {{"TOKEN", "very-secret"}}};
  ASSERT_TRUE(registry_->create("count_it", version, {}, functions::testing::stored_zip("a.py", "x"), true));
  ASSERT_TRUE(registry_->change("count_it", [](functions::FunctionRecord& record) {
    record.aliases["live"] = {.name = "live", .version = "1", .description = "", .weights = {{"2", 0.25}}, .revision_id = "r"};
    return Status();
  }));
  EXPECT_THAT(names(send(ann_, "GET", "functions").body(), "functions"), ElementsAre("analyze-image", "count_it"));
  const Reply shown = send(ann_, "GET", "functions/count_it");
  ASSERT_EQ(shown.status, 200) << shown.text;
  EXPECT_THAT(shown.text, Not(HasSubstr("very-secret")));
  const json::object function = shown.body();
  EXPECT_EQ(function.at("variables"), (json::array{"TOKEN"}));
  EXPECT_EQ(text_of(function, "runtime"), "python3.11");
  ASSERT_EQ(function.at("versions").as_array().size(), 2U);
  EXPECT_EQ(text_of(function.at("versions").as_array()[1].as_object(), "version"), "1");
  const json::object alias = function.at("aliases").as_array()[0].as_object();
  EXPECT_EQ(text_of(alias, "version"), "1");
  EXPECT_EQ(alias.at("weights"), (json::object{{"2", 0.25}}));
  EXPECT_EQ(flag_of(send(ann_, "GET", "functions/analyze-image").body(), "built_in"), true);
  EXPECT_EQ(send(ann_, "GET", "functions/none").code(), "NotFound");

  EXPECT_EQ(send(ann_, "GET", "functions/count_it/log").body().at("lines"), json::array());
  logs_->write("count_it", "one");
  logs_->write("count_it", "\xFFtwo");
  const json::array lines = send(ann_, "GET", "functions/count_it/log").body().at("lines").as_array();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(std::string(lines[0].as_string()), ::testing::EndsWith(" one"));
  EXPECT_THAT(std::string(lines[1].as_string()), ::testing::EndsWith(" ?two"));
  EXPECT_EQ(send(ann_, "GET", "functions/none/log").code(), "NotFound");
}

TEST_F(AdministrationTest, ModelsSayWhatNeedsThemAndHowFastTheyWere) {
  models_ = {{.id = "lite", .role = "detector", .licence = "Apache-2.0", .bytes = 1000, .installed = true, .loaded = true, .selected = true, .runs = 4, .run_ms = 10},
             {.id = "idle", .role = "face-pose", .licence = "MIT", .bytes = 5, .installed = true}};
  const json::array models = send(ann_, "GET", "models").body().at("models").as_array();
  ASSERT_EQ(models.size(), 2U);
  const json::object lite = models[0].as_object(), idle = models[1].as_object();
  EXPECT_EQ(text_of(lite, "licence"), "Apache-2.0");
  EXPECT_THAT(text_of(lite, "needed_by"), HasSubstr("DetectLabels"));
  EXPECT_EQ(lite.at("mean_ms"), json::value(2.5));
  EXPECT_EQ(text_of(idle, "needed_by"), "") << "a role that nothing asks";
  EXPECT_TRUE(idle.at("mean_ms").is_null());
}

TEST_F(AdministrationTest, SettingsAreShownButSecrets) {
  Config config;
  config.mail_password = "very secret";
  administration_->settings.all = shown_settings(config, config, config);
  const Reply shown = send(ann_, "GET", "settings");
  EXPECT_THAT(shown.text, Not(HasSubstr("very secret")));
  EXPECT_EQ(text_of(shown.body(), "data"), "/data");
  for (const json::value& setting : shown.body().at("settings").as_array()) {
    const json::object& one = setting.as_object();
    if (text_of(one, "name") != "mail.password") continue;
    EXPECT_TRUE(one.at("value").is_null());
    EXPECT_TRUE(flag_of(one, "set"));
    EXPECT_EQ(text_of(one, "from"), "file");
  }
}

TEST_F(AdministrationTest, LifecycleRulesAreThoseOfS3) {
  ASSERT_TRUE(objects().create_bucket("images.of-ours"));
  const auto kept = [&] { return *objects().bucket_setting("images.of-ours", s3::kLifecycleSetting); };
  const std::string path = "buckets/images.of-ours/lifecycle";
  EXPECT_TRUE(send(ann_, "GET", path).body().at("document").is_null());
  EXPECT_EQ(send(ann_, "GET", "buckets/none/lifecycle").code(), "NotFound");
  const Reply made = send(ann_, "PUT", path, write_json(json::object{{"document", kRules}, {"small", true}}));
  ASSERT_EQ(made.status, 200) << made.text;
  EXPECT_EQ(made.body().at("document"), *parse_json(kRules));
  const auto rules = s3::read_lifecycle(kept().value_or(""));
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->rules[0].expiration->days, 365);
  EXPECT_TRUE(rules->moves_small_objects);
  EXPECT_EQ(number_of(send(ann_, "GET", "buckets").body().at("buckets").as_array()[0].as_object(), "rules"), 1);
  const Reply bad = send(ann_, "PUT", path, body_with({{"document", R"({"Rules":[{"ID":"old","Filter":{},"Status":"Enabled","Expiration":{"Days":0}}]})"}}));
  EXPECT_EQ(bad.code(), "InvalidRequest");
  EXPECT_THAT(bad.member("message"), HasSubstr("'Days' for Expiration action must be a positive integer"));
  EXPECT_EQ(send(ann_, "PUT", path, body_with({{"document", "{"}})).code(), "InvalidRequest");
  EXPECT_EQ(send(ann_, "PUT", "buckets/none/lifecycle", body_with({{"document", kRules}})).code(), "NotFound");
  EXPECT_EQ(*s3::read_lifecycle(kept().value_or("")), *rules) << "what is refused changes nothing";
  EXPECT_EQ(send(ann_, "DELETE", path).status, 204);
  EXPECT_EQ(kept(), std::nullopt);
  EXPECT_THAT(audit("console"), HasSubstr(R"("s3:PutLifecycleConfiguration","resource":"arn:aws:s3:::images.of-ours")"));
}

TEST_F(AdministrationTest, FunctionsAreTried) {
  ASSERT_TRUE(registry_->create("count", {.runtime = "python3.11", .handler = "a.b", .role = "r"}, {}, functions::testing::stored_zip("a.py", "x"), false));
  const json::object good = send(ann_, "POST", "functions/count/test", body_with({{"event", R"({"a":1})"}})).body();
  EXPECT_FALSE(flag_of(good, "failed"));
  EXPECT_EQ(text_of(good, "payload"), R"({"a":1})");
  EXPECT_EQ(text_of(good, "log"), "said");
  EXPECT_EQ(text_of(good, "version"), "$LATEST");
  EXPECT_TRUE(flag_of(send(ann_, "POST", "functions/count/test", body_with({{"event", "1"}, {"qualifier", "bad"}})).body(), "failed"));
  EXPECT_EQ(send(ann_, "POST", "functions/count/test", body_with({{"event", "{"}})).code(), "InvalidRequest");
  EXPECT_EQ(send(ann_, "POST", "functions/none/test", body_with({{"event", "1"}})).code(), "NotFound");
  EXPECT_FALSE(flag_of(send(ann_, "POST", "functions/analyze-image/test", body_with({{"event", "1"}})).body(), "failed"));
  const json::object bad = send(ann_, "POST", "functions/analyze-image/test", body_with({{"event", "{}"}})).body();
  EXPECT_TRUE(flag_of(bad, "failed"));
  EXPECT_THAT(text_of(bad, "payload"), HasSubstr("no record"));
  EXPECT_THAT(audit("console"), HasSubstr(R"("console:TestFunction","resource":"arn:aws:lambda:us-east-1:000000000000:function:count")"));
}

TEST_F(AdministrationTest, OnlyAdminsAndOnlyFromThePages) {
  ASSERT_TRUE(identities_->create_user("camera", "/"));
  const std::string id = identities_->create_key("camera")->key.id;
  ASSERT_EQ(send(ann_, "POST", "policies", body_with({{"name", "pictures"}, {"document", kReads}})).status, 201);
  const std::vector<std::tuple<std::string, std::string, std::string>> all{
      {"GET", "identities", ""},
      {"POST", "identities", R"({"name":"x"})"},
      {"GET", "identities/camera", ""},
      {"DELETE", "identities/camera", ""},
      {"POST", "identities/camera/keys", "{}"},
      {"POST", "identities/camera/attach", R"({"policy":"pictures"})"},
      {"POST", "identities/camera/detach", R"({"policy":"pictures"})"},
      {"PATCH", "keys/" + id, R"({"active":false})"},
      {"DELETE", "keys/" + id, ""},
      {"GET", "policies", ""},
      {"POST", "policies", body_with({{"name", "mine"}, {"document", kReads}})},
      {"GET", "policies/pictures", ""},
      {"PUT", "policies/pictures", body_with({{"document", kWrites}})},
      {"DELETE", "policies/pictures", ""},
      {"PUT", "alerts/dogs", R"({"when":{"label":"Dog"}})"},
      {"DELETE", "alerts/fixed", ""},
      {"POST", "alerts/fixed/test", ""},
      {"GET", "topics", ""},
      {"GET", "models", ""},
      {"GET", "buckets", ""},
      {"GET", "buckets/images/lifecycle", ""},
      {"PUT", "buckets/images/lifecycle", body_with({{"document", kRules}})},
      {"DELETE", "buckets/images/lifecycle", ""},
      {"GET", "settings", ""},
      {"GET", "functions", ""},
      {"GET", "functions/analyze-image", ""},
      {"GET", "functions/analyze-image/log", ""},
      {"POST", "functions/analyze-image/test", R"({"event":"{}"})"},
      {"GET", "audit", ""},
      {"GET", "audit/csv", ""},
  };
  for (const Role role : {Role::kAnalyst, Role::kUploader}) {
    const std::string name = role == Role::kAnalyst ? "bob" : "eve";
    add(name, role);
    Browser browser = signed_in(name);
    for (const auto& [method, path, body] : all) EXPECT_EQ(send(browser, method, path, body).code(), "AccessDenied") << name << " " << method << " " << path;
  }
  for (const auto& [method, path, body] : all) {
    Browser nobody, forged{.cookie = ann_.cookie, .csrf = "x"};
    EXPECT_EQ(send(nobody, method, path, body).code(), "NotSignedIn") << method << " " << path;
    if (method != "GET") EXPECT_EQ(send(forged, method, path, body).code(), "CsrfRefused") << method << " " << path;
  }
  EXPECT_THAT(built_in_.payloads, ElementsAre());
  EXPECT_TRUE(identities_->credential(id));
  EXPECT_EQ(identities_->users().size(), 1U);
  EXPECT_EQ(identities_->policy_named("pictures")->document->text(), kReads);
}

TEST_F(AdministrationTest, NamesOfPathsAreNames) {
  for (const char* path : {"identities/a%2Fb", "identities/a%00b", "identities/%zz", "identities/a%20b", "policies/%2E%2E%2F", "keys/a:b"})
    EXPECT_EQ(send(ann_, "GET", path).status, 404) << path;
  EXPECT_EQ(send(ann_, "GET", "identities/" + std::string(129, 'a')).status, 404);
}

}  // namespace
}  // namespace eyrie::api::console
