// Topics and their deliveries, with the clock in the test's hands and endpoints that say what it wants.
#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/encoding.h"
#include "base/killing.h"
#include "notify/topics/deliverer.h"
#include "store/testing.h"

namespace eyrie::notify::topics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Whether the signature is the certificate's over the text.
bool verifies(const std::string& certificate, const std::string& version, const std::string& text, const std::string& signature) {
  BIO* const memory = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
  X509* const parsed = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  if (parsed == nullptr) return false;
  EVP_PKEY* const key = X509_get_pubkey(parsed);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const auto bytes = base64_decode(signature);
  const bool good = bytes && EVP_DigestVerifyInit(context, nullptr, version == "2" ? EVP_sha256() : EVP_sha1(), nullptr, key) == 1 &&
                    EVP_DigestVerify(context, bytes->data(), bytes->size(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  X509_free(parsed);
  return good;
}

// Answers at once, as `answer` says.
class FakeClient final : public net::HttpClient {
 public:
  void send(net::ClientRequest request, std::function<void(Result<net::ClientResponse>)> done) override {
    requests.push_back(std::move(request));
    if (hold) return held.push_back(std::move(done));
    done(answer);
  }
  void send_mail(const net::MailServer& server, net::Mail mail, std::function<void(Status)> done) override {
    servers.push_back(server.url);
    mails.push_back(std::move(mail));
    done(mail_answer);
  }

  Result<net::ClientResponse> answer = net::ClientResponse{.status = 200, .body = ""};
  Status mail_answer;
  bool hold = false;
  std::vector<net::ClientRequest> requests;
  std::vector<std::string> servers;
  std::vector<net::Mail> mails;
  std::vector<std::function<void(Result<net::ClientResponse>)>> held;
};

class FakeTargets final : public Targets {
 public:
  Status check_queue(const std::string& arn) const override { return arn == kQueue ? Status() : fail(Code::kNotFound, "no such queue"); }
  Status check_function(const std::string& arn) const override { return arn == kFunction ? Status() : fail(Code::kNotFound, "no such function"); }
  Status send(const std::string& arn, const std::string& body, const Attributes& attributes, const Sender& sender) const override {
    if (answer) sent.push_back({arn, body, attributes, sender.trace});
    return answer;
  }
  Status invoke(const std::string& arn, const std::string& event, const std::string&, const Sender& sender) const override {
    if (answer) sent.push_back({arn, event, {}, sender.trace});
    return answer;
  }

  static constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:waiting";
  static constexpr const char* kFunction = "arn:aws:lambda:us-east-1:000000000000:function:listener";
  struct Sent {
    std::string arn, body;
    Attributes attributes;
    std::string trace;
  };
  mutable std::vector<Sent> sent;
  Status answer;
};

class TopicsTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    start();
    make("news");
  }
  // As after a restart.
  void restart() {
    deliverer_.reset();
    topics_.reset();
    reopen();
    start();
  }
  void start() {
    auto signer = Signer::open(store_->records());
    ASSERT_TRUE(signer) << signer.error().message;
    signer_ = std::move(*signer);
    auto topics = Topics::open(store_->records(), store_->outbox(), targets_, true, clock_, limits_);
    ASSERT_TRUE(topics) << topics.error().message;
    topics_ = std::move(*topics);
    deliverer_ = std::make_unique<Deliverer>(Deliverer::Parts{.topics = *topics_,
                                                             .outbox = store_->outbox(),
                                                             .targets = targets_,
                                                             .client = client_,
                                                             .signer = *signer_,
                                                             .metrics = metrics_,
                                                             .mail = {.url = "smtp://mail", .from = "eyrie@example.com"},
                                                             .clock = clock_});
    ASSERT_TRUE(deliverer_->prepare({.base = "http://here:1"}));
  }
  void make(const std::string& name) {
    ASSERT_TRUE(topics_->create(name, [](Topic&, bool) { return Status(); }));
  }
  // Until nothing is to do at this time.
  void deliver() {
    for (int i = 0; i < 100; ++i) {
      if (deliverer_->step().count() > 0 && i > 2) return;
    }
  }
  SubscriptionPtr subscribe(Subscription wanted) {
    wanted.topic = "news";
    const auto made = topics_->subscribe(std::move(wanted));
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->subscription : nullptr;
  }
  SubscriptionPtr confirmed(Subscription wanted) {
    const SubscriptionPtr made = subscribe(std::move(wanted));
    deliver();
    client_.requests.clear();
    client_.mails.clear();
    const auto done = topics_->confirm("news", made->token, false);
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }
  std::vector<std::string> publish(const std::string& text, Attributes attributes = {}) {
    const auto ids = topics_->publish("news", {{.subject = "S", .texts = {{"default", text}}, .attributes = std::move(attributes)}});
    EXPECT_TRUE(ids) << ids.error().message;
    return ids.value_or(std::vector<std::string>());
  }
  std::uint64_t pending() { return store_->outbox().pending().value(); }
  json::object last_body() {
    const auto parsed = parse_json(client_.requests.back().body);
    return parsed && parsed->is_object() ? parsed->get_object() : json::object();
  }
  static std::string header(const net::ClientRequest& request, const std::string& name) {
    for (const auto& [key, value] : request.headers) {
      if (key == name) return value;
    }
    return "(none)";
  }

  TopicLimits limits_;
  FakeTargets targets_;
  FakeClient client_;
  monitor::Metrics metrics_;
  std::unique_ptr<Signer> signer_;
  std::unique_ptr<Topics> topics_;
  std::unique_ptr<Deliverer> deliverer_;
};

Subscription hook(const std::string& url = "http://hook/") { return {.protocol = "http", .endpoint = url}; }

TEST_F(TopicsTest, ASubscriptionIsConfirmedByItsToken) {
  const SubscriptionPtr made = subscribe(hook());
  publish("before it is confirmed");
  deliver();
  ASSERT_EQ(client_.requests.size(), 1U);
  const json::object body = last_body();
  EXPECT_EQ(text_of(body, "Type"), "SubscriptionConfirmation");
  EXPECT_EQ(text_of(body, "Token"), made->token);
  EXPECT_EQ(text_of(body, "SubscribeURL"), "http://here:1/_eyrie/sns/?Action=ConfirmSubscription&TopicArn=" + topic_arn("news") + "&Token=" + made->token);
  EXPECT_EQ(header(client_.requests[0], "x-amz-sns-message-type"), "SubscriptionConfirmation");
  EXPECT_EQ(header(client_.requests[0], "x-amz-sns-subscription-arn"), "(none)");
  std::string text;
  for (const char* name : {"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}) text += std::string(name) + "\n" + text_of(body, name) + "\n";
  EXPECT_TRUE(verifies(signer_->certificate(), "1", text, text_of(body, "Signature")));
  EXPECT_FALSE(verifies(signer_->certificate(), "2", text, text_of(body, "Signature")));

  EXPECT_EQ(topics_->confirm("news", "nonsense", false).error().message, "Invalid token");
  EXPECT_EQ(topics_->confirm("news", "", false).error().message, "Invalid token");
  ASSERT_TRUE(topics_->confirm("news", made->token, false));
  restart();
  EXPECT_TRUE(topics_->subscription(made->id).value()->confirmed());
  publish("after");
  deliver();
  EXPECT_EQ(text_of(last_body(), "Message"), "after");
  EXPECT_EQ(pending(), 0U);
}

TEST_F(TopicsTest, TokensEndAfterTwoDays) {
  const SubscriptionPtr made = subscribe(hook());
  clock_.advance_ms(Topics::kTokenLifeMs + 1);
  EXPECT_EQ(topics_->confirm("news", made->token, false).error().message, "Invalid token");
  deliver();
  EXPECT_FALSE(topics_->subscription(made->id));
  restart();
  EXPECT_FALSE(topics_->subscription(made->id));
}

TEST_F(TopicsTest, NotificationsAreSignedInBothVersions) {
  const SubscriptionPtr made = confirmed(hook());
  for (const std::string version : {"1", "2"}) {
    ASSERT_TRUE(topics_->change("news", [&](Topic& topic) {
      topic.signature_version = version;
      return Status();
    }));
    publish("hello", {{"n", {.type = "Number", .value = "5"}}});
    deliver();
    const json::object body = last_body();
    std::string text;
    for (const char* name : {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}) text += std::string(name) + "\n" + text_of(body, name) + "\n";
    EXPECT_EQ(text_of(body, "SignatureVersion"), version);
    EXPECT_TRUE(verifies(signer_->certificate(), version, text, text_of(body, "Signature"))) << version;
    EXPECT_FALSE(verifies(signer_->certificate(), version, text + "x", text_of(body, "Signature")));
    EXPECT_EQ(text_of(body, "SigningCertURL"), "http://here:1/_eyrie/sns/" + signer_->certificate_file());
    EXPECT_EQ(text_of(body, "UnsubscribeURL"), "http://here:1/_eyrie/sns/?Action=Unsubscribe&SubscriptionArn=" + made->arn());
    EXPECT_EQ(write_json(*body.if_contains("MessageAttributes")), R"({"n":{"Type":"Number","Value":"5"}})");
    EXPECT_EQ(header(client_.requests.back(), "x-amz-sns-subscription-arn"), made->arn());
    EXPECT_EQ(header(client_.requests.back(), "Content-Type"), "text/plain; charset=UTF-8");
  }
  const std::string before = signer_->certificate();
  restart();
  EXPECT_EQ(signer_->certificate(), before);
}

TEST_F(TopicsTest, AnEndpointThatIsDownIsTriedAgainAsThePolicySays) {
  confirmed(hook());
  client_.answer = net::ClientResponse{.status = 503, .body = ""};
  publish("through the night");
  deliver();
  EXPECT_EQ(client_.requests.size(), 1U);
  clock_.advance_ms(19'000);
  deliver();
  EXPECT_EQ(client_.requests.size(), 1U);
  clock_.advance_ms(1'000);
  client_.answer = fail(Code::kUnavailable, "no connection");
  deliver();
  EXPECT_EQ(client_.requests.size(), 2U);
  restart();  // what waits is not forgotten
  clock_.advance_ms(20'000);
  client_.answer = net::ClientResponse{.status = 200, .body = ""};
  deliver();
  EXPECT_EQ(client_.requests.size(), 3U);
  EXPECT_EQ(pending(), 0U);
}

TEST_F(TopicsTest, AfterTheLastTryItGoesToTheDeadLetters) {
  Subscription wanted = hook();
  ASSERT_TRUE(set_redrive(wanted, std::string(R"({"deadLetterTargetArn": ")") + FakeTargets::kQueue + "\"}"));
  confirmed(wanted);
  client_.answer = net::ClientResponse{.status = 500, .body = ""};
  publish("lost");
  for (int i = 0; i < 10; ++i) {
    deliver();
    clock_.advance_ms(20'000);
  }
  EXPECT_EQ(client_.requests.size(), 4U);
  ASSERT_EQ(targets_.sent.size(), 1U);
  EXPECT_EQ(targets_.sent[0].arn, FakeTargets::kQueue);
  EXPECT_TRUE(targets_.sent[0].body.contains("\"lost\""));
  EXPECT_EQ(pending(), 0U);
  // What the endpoint refuses for good goes there at once; a redirection is not followed.
  for (const int status : {404, 301}) {
    client_.requests.clear();
    client_.answer = net::ClientResponse{.status = status, .body = ""};
    publish("refused");
    deliver();
    EXPECT_EQ(client_.requests.size(), 1U);
    EXPECT_EQ(pending(), 0U);
  }
  EXPECT_EQ(targets_.sent.size(), 3U);
  // Where the queue cannot take it now, it is kept.
  targets_.answer = fail(Code::kUnavailable, "the disk is full");
  publish("kept");
  deliver();
  EXPECT_EQ(pending(), 1U);
  targets_.answer = {};
  clock_.advance_ms(20'000);
  deliver();
  EXPECT_EQ(targets_.sent.size(), 4U);
  EXPECT_EQ(pending(), 0U);
}

TEST_F(TopicsTest, OneThatIsSlowHoldsUpNobodyElse) {
  confirmed(hook("http://slow/"));
  client_.hold = true;
  for (int i = 0; i < 150; ++i) publish("x");
  deliver();
  EXPECT_EQ(client_.requests.size(), 10U);
  client_.hold = false;
  const SubscriptionPtr other = subscribe({.protocol = "sqs", .endpoint = FakeTargets::kQueue});
  publish("for both");
  deliver();
  EXPECT_EQ(targets_.sent.size(), 1U);
  for (auto& done : client_.held) done(client_.answer);
  for (int i = 0; i < 30; ++i) deliver();
  EXPECT_EQ(client_.requests.size(), 151U);
  EXPECT_EQ(pending(), 0U);
}

TEST_F(TopicsTest, EndpointsThatHangStallNobodyElse) {
  for (int i = 0; i < 12; ++i) confirmed(hook("http://hangs/" + std::to_string(i)));
  client_.hold = true;
  for (int i = 0; i < 12; ++i) publish("x");
  deliver();
  EXPECT_EQ(client_.requests.size(), 120U);
  client_.hold = false;
  subscribe({.protocol = "sqs", .endpoint = FakeTargets::kQueue});
  confirmed(hook("http://sound/"));
  publish("for all");
  deliver();
  EXPECT_EQ(targets_.sent.size(), 1U);
  ASSERT_EQ(client_.requests.size(), 1U);
  EXPECT_EQ(client_.requests[0].url, "http://sound/");
  // Who did not answer is asked one at a time, until it does.
  for (int round = 0; round < 2; ++round) {
    client_.hold = true;
    client_.requests.clear();
    for (auto& done : std::exchange(client_.held, {})) done(fail(Code::kDeadlineExceeded, "Timeout was reached"));
    deliver();
    EXPECT_EQ(client_.requests.size(), 12U);
  }
  client_.hold = false;
  for (auto& done : std::exchange(client_.held, {})) done(client_.answer);
  clock_.advance_ms(20'000);
  for (int i = 0; i < 30; ++i) deliver();
  EXPECT_EQ(pending(), 0U);
}

// So many that they would take every place: those that are not known to hang have theirs, and inside none is needed.
TEST_F(TopicsTest, WhoHangsHasPlacesApart) {
  for (int i = 0; i < 100; ++i) confirmed(hook("http://hangs/" + std::to_string(i)));
  client_.answer = fail(Code::kDeadlineExceeded, "Timeout was reached");
  publish("x");
  deliver();
  client_.answer = net::ClientResponse{.status = 200, .body = ""};
  client_.requests.clear();
  client_.hold = true;
  clock_.advance_ms(20'000);
  deliver();
  EXPECT_EQ(client_.requests.size(), 64U);
  subscribe({.protocol = "sqs", .endpoint = FakeTargets::kQueue});
  client_.hold = false;
  confirmed(hook("http://sound/"));
  for (int i = 0; i < 10; ++i) publish("for all");
  deliver();
  EXPECT_EQ(targets_.sent.size(), 10U);
  EXPECT_EQ(std::ranges::count(client_.requests, std::string("http://sound/"), &net::ClientRequest::url), 10);
  for (auto& done : std::exchange(client_.held, {})) done(client_.answer);
  for (int i = 0; i < 30; ++i) deliver();
  EXPECT_EQ(pending(), 0U);
}

TEST_F(TopicsTest, NoMoreASecondThanAskedFor) {
  Subscription wanted = hook();
  ASSERT_TRUE(set_delivery(wanted, R"({"throttlePolicy": {"maxReceivesPerSecond": 2}})"));
  confirmed(wanted);
  clock_.advance_ms(1000);
  for (int i = 0; i < 5; ++i) publish("x");
  deliver();
  EXPECT_EQ(client_.requests.size(), 1U);
  clock_.advance_ms(500);
  deliver();
  EXPECT_EQ(client_.requests.size(), 2U);
}

TEST_F(TopicsTest, RawMessagesQueuesAndFunctions) {
  Subscription raw = hook();
  raw.raw = true;
  confirmed(raw);
  Subscription to_queue{.protocol = "sqs", .endpoint = FakeTargets::kQueue};
  to_queue.raw = true;
  const auto queue = subscribe(to_queue);
  EXPECT_TRUE(queue->confirmed());
  const auto function = subscribe({.protocol = "lambda", .endpoint = FakeTargets::kFunction});
  ASSERT_TRUE(topics_->publish("news", {{.subject = "S", .texts = {{"default", "general"}, {"lambda", "for functions"}}, .attributes = {{"a", {.type = "String", .value = "v"}}}}}));
  deliver();
  EXPECT_EQ(client_.requests.back().body, "general");
  EXPECT_EQ(header(client_.requests.back(), "x-amz-sns-rawdelivery"), "true");
  ASSERT_EQ(targets_.sent.size(), 2U);
  const auto of = [&](const char* arn) { return *std::ranges::find(targets_.sent, arn, &FakeTargets::Sent::arn); };
  EXPECT_EQ(of(FakeTargets::kQueue).body, "general");
  EXPECT_EQ(of(FakeTargets::kQueue).attributes.at(0).first, "a");
  const json::value event = *parse_json(of(FakeTargets::kFunction).body);
  const json::object& record = event.at("Records").at(0).get_object();
  EXPECT_EQ(text_of(record, "EventSource"), "aws:sns");
  EXPECT_EQ(text_of(record, "EventSubscriptionArn"), function->arn());
  EXPECT_EQ(text_of(record.at("Sns").get_object(), "Message"), "for functions");
  EXPECT_EQ(text_of(record.at("Sns").get_object(), "Subject"), "S");
}

TEST_F(TopicsTest, WhatItCameOfIsToldToQueuesAndFunctions) {
  subscribe({.protocol = "sqs", .endpoint = FakeTargets::kQueue});
  subscribe({.protocol = "lambda", .endpoint = FakeTargets::kFunction});
  const std::string cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 - 1764000000500 request s3:PutObject";
  ASSERT_TRUE(topics_->publish("news", {{.texts = {{"default", "traced"}}, .trace = cause}}));
  restart();
  deliver();
  ASSERT_EQ(targets_.sent.size(), 2U);
  for (const FakeTargets::Sent& sent : targets_.sent) EXPECT_EQ(sent.trace, cause) << sent.arn;
}

TEST_F(TopicsTest, MailAsksForItsConfirmationAndHasALinkToEndIt) {
  const SubscriptionPtr made = subscribe({.protocol = "email", .endpoint = "ana@example.com"});
  deliver();
  ASSERT_EQ(client_.mails.size(), 1U);
  EXPECT_EQ(client_.mails[0].to, "ana@example.com");
  const auto body_of = [](const net::Mail& mail) {
    std::string encoded;
    for (const char c : mail.message.substr(mail.message.find("\r\n\r\n") + 4)) encoded += c == '\r' || c == '\n' ? "" : std::string(1, c);
    const auto decoded = base64_decode(encoded);
    return decoded ? std::string(as_text(*decoded)) : "";
  };
  EXPECT_TRUE(body_of(client_.mails[0]).contains("Token=" + made->token));
  ASSERT_TRUE(topics_->confirm("news", made->token, false));
  ASSERT_TRUE(topics_->publish("news", {{.subject = "Größe\xe2\x82\xac", .texts = {{"default", "text"}}}}));
  deliver();
  ASSERT_EQ(client_.mails.size(), 2U);
  EXPECT_TRUE(client_.mails[1].message.contains("Subject: =?UTF-8?B?" + base64_encode(as_bytes("Größe\xe2\x82\xac")) + "?=\r\n"));
  EXPECT_TRUE(body_of(client_.mails[1]).starts_with("text\n"));
  EXPECT_TRUE(body_of(client_.mails[1]).contains("Action=Unsubscribe&SubscriptionArn=" + made->arn()));
  for (const char* wrong : {"ana", "ana@", "a\r\nBcc: x@y", "a<b>@c"}) EXPECT_FALSE(topics_->subscribe({.topic = "news", .protocol = "email", .endpoint = wrong})) << wrong;
}

TEST_F(TopicsTest, WhoLeavesByTheLinkCanComeBack) {
  const SubscriptionPtr made = confirmed(hook());
  ASSERT_TRUE(topics_->unsubscribe(made->id, true));
  EXPECT_FALSE(topics_->subscription(made->id));
  EXPECT_THAT(topics_->subscriptions("news", "", 10), IsEmpty());
  publish("unheard");
  deliver();
  ASSERT_EQ(client_.requests.size(), 1U);
  EXPECT_EQ(text_of(last_body(), "Type"), "UnsubscribeConfirmation");
  ASSERT_TRUE(topics_->confirm("news", text_of(last_body(), "Token"), true));
  EXPECT_TRUE(topics_->subscription(made->id));
  EXPECT_EQ(topics_->unsubscribe(made->id, true).error().code, Code::kPermissionDenied);
  ASSERT_TRUE(topics_->unsubscribe(made->id, false));
  EXPECT_FALSE(topics_->subscription(made->id));
}

TEST_F(TopicsTest, TheSameAgainIsTheSame) {
  const SubscriptionPtr made = subscribe(hook());
  const SubscriptionPtr again = subscribe(hook());
  EXPECT_EQ(again->id, made->id);
  EXPECT_NE(again->token, made->token);
  Subscription other = hook();
  other.topic = "news";
  other.raw = true;
  EXPECT_EQ(topics_->subscribe(other).error().message, "Attributes Reason: Subscription already exists with different attributes");
  const auto refused = [&](const char* protocol, const char* endpoint) { return topics_->subscribe({.topic = "news", .protocol = protocol, .endpoint = endpoint}).error().message; };
  EXPECT_EQ(refused("https", "http://x/"), "Endpoint must match the specified protocol");
  EXPECT_EQ(refused("http", "http:///x"), "Endpoint");
  EXPECT_EQ(refused("http", "http://a b/"), "Endpoint");
  EXPECT_EQ(refused("sqs", "arn:aws:sqs:us-east-1:000000000000:none"), "SQS endpoint ARN");
  EXPECT_EQ(refused("carrier-pigeon", "x"), "Does not support this protocol string: carrier-pigeon");
}

TEST_F(TopicsTest, ATopicGoesWithAllThatIsItsOwn) {
  const SubscriptionPtr made = confirmed(hook());
  client_.answer = net::ClientResponse{.status = 500, .body = ""};
  publish("never");
  deliver();
  EXPECT_EQ(pending(), 1U);
  ASSERT_TRUE(topics_->remove("news"));
  EXPECT_EQ(pending(), 0U);
  EXPECT_FALSE(topics_->subscription(made->id));
  EXPECT_EQ(topics_->publish("news", {{.texts = {{"default", "x"}}}}).error().code, Code::kNotFound);
  restart();
  EXPECT_FALSE(topics_->topic("news"));
}

TEST_F(TopicsTest, FiltersAndQuotas) {
  Subscription wanted = hook();
  ASSERT_TRUE(set_filter(wanted, R"({"kind": ["cat"]})", FilterScope::kAttributes));
  confirmed(wanted);
  publish("dog", {{"kind", {.type = "String", .value = "dog"}}});
  publish("cat", {{"kind", {.type = "String", .value = "cat"}}});
  deliver();
  ASSERT_EQ(client_.requests.size(), 1U);
  EXPECT_EQ(text_of(last_body(), "Message"), "cat");
  limits_ = {.topics = 1, .subscriptions = 5, .filters_of_topic = 1};
  restart();
  EXPECT_EQ(topics_->create("more", [](Topic&, bool) { return Status(); }).error().code, Code::kTooLarge);
  Subscription second = hook("http://second/");
  second.topic = "news";
  ASSERT_TRUE(set_filter(second, R"({"kind": ["cat"]})", FilterScope::kBody));
  EXPECT_EQ(topics_->subscribe(second).error().message, "Filter policy limit exceeded");
}

TEST(DeliveryPolicyTest, Waits) {
  const auto seconds = [](const RetryPolicy& policy) {
    std::vector<int> waits;
    for (int failures = 1; auto wait = policy.wait(failures); ++failures) {
      waits.push_back(static_cast<int>(wait->count() / 1000));
      if (waits.size() == 18) break;
    }
    return waits;
  };
  EXPECT_THAT(seconds(RetryPolicy::http()), ElementsAre(20, 20, 20));
  EXPECT_THAT(seconds(RetryPolicy::inside()), ElementsAre(0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 10, 20, 20, 20, 20));
  const auto phases = DeliveryPolicy::of_subscription(R"({"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 9, "numRetries": 9,
      "numNoDelayRetries": 1, "numMinDelayRetries": 2, "numMaxDelayRetries": 1, "backoffFunction": "linear"}})");
  ASSERT_TRUE(phases) << phases.error().message;
  EXPECT_THAT(seconds(*phases->retry), ElementsAre(0, 1, 1, 1, 3, 5, 7, 9, 9));
  RetryPolicy curve{.min_delay_s = 1, .max_delay_s = 16, .retries = 5, .backoff = RetryPolicy::Backoff::kGeometric};
  EXPECT_THAT(seconds(curve), ElementsAre(1, 2, 4, 8, 16));
  curve.backoff = RetryPolicy::Backoff::kExponential;
  EXPECT_THAT(seconds(curve), ElementsAre(1, 2, 4, 8, 16));
  curve.backoff = RetryPolicy::Backoff::kArithmetic;
  EXPECT_THAT(seconds(curve), ElementsAre(1, 2, 5, 10, 16));
}

TEST(DeliveryPolicyTest, TopicAndSubscription) {
  const auto topic = DeliveryPolicy::of_topic(R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 7}, "defaultThrottlePolicy": {"maxReceivesPerSecond": 4},
      "defaultRequestPolicy": {"headerContentType": "application/json"}}})");
  ASSERT_TRUE(topic) << topic.error().message;
  EXPECT_EQ(effective_policy(&*topic, nullptr).retry.retries, 7);
  EXPECT_EQ(effective_policy(&*topic, nullptr).content_type, "application/json");
  const auto subscription = DeliveryPolicy::of_subscription(R"({"healthyRetryPolicy": {"numRetries": 1}})");
  EXPECT_EQ(effective_policy(&*topic, &*subscription).retry.retries, 1);
  EXPECT_EQ(effective_policy(&*topic, &*subscription).per_second, 4);
  DeliveryPolicy strict = *topic;
  strict.no_overrides = true;
  EXPECT_EQ(effective_policy(&strict, &*subscription).retry.retries, 7);
  for (const char* wrong : {"[]", "{", R"({"http": {"healthyRetryPolicy": {}}})", R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 101}}})",
                            R"({"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 30, "maxDelayTarget": 20}}})",
                            R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 2, "numNoDelayRetries": 3}}})",
                            R"({"http": {"defaultHealthyRetryPolicy": {"backoffFunction": "wild"}}})",
                            R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 100, "minDelayTarget": 60, "maxDelayTarget": 60}}})",
                            R"({"http": {"defaultThrottlePolicy": {"maxReceivesPerSecond": 0}}})", R"({"http": {"defaultRequestPolicy": {"headerContentType": "a\nb"}}})"})
    EXPECT_FALSE(DeliveryPolicy::of_topic(wrong)) << wrong;
}

TEST(EndpointTest, PasswordsAreNotShown) {
  const auto shown = [](const char* url) { return Subscription{.protocol = "https", .endpoint = url}.shown_endpoint(); };
  EXPECT_EQ(shown("https://ana:secret@host:8/x?y"), "https://ana:****@host:8/x?y");
  EXPECT_EQ(shown("https://host:8/x@y:z"), "https://host:8/x@y:z");
  EXPECT_EQ(shown("https://ana@host/"), "https://ana@host/");
}

[[noreturn]] void publish_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = store::EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  const FakeTargets targets;
  auto topics = Topics::open((*store)->records(), (*store)->outbox(), targets, false);
  if (!topics || !(*topics)->create("news", [](Topic&, bool) { return Status(); })) ::_exit(2);
  if (!(*topics)->subscribe({.topic = "news", .protocol = "sqs", .endpoint = FakeTargets::kQueue})) ::_exit(3);
  for (int number = 0;; ++number) {
    const std::string text = std::to_string(round) + "-" + std::to_string(number);
    if (!(*topics)->publish("news", {{.texts = {{"default", text}}}})) ::_exit(4);
    const std::string line = text + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(5);
  }
}

TEST(TopicsCrashTest, WhatWasAcknowledgedIsDelivered) {
  const TemporaryDirectory directory;
  Killings killings({.rounds = 6, .least = std::chrono::milliseconds(150), .most = std::chrono::milliseconds(500), .enough = 21});
  std::string acknowledged;
  while (killings.more()) acknowledged += killings.run([&](int pipe) { publish_until_killed(directory.path(), killings.round(), pipe); });
  auto store = store::EmbeddedStore::open({.directory = directory.path()});
  ASSERT_TRUE(store);
  FakeTargets targets;
  FakeClient client;
  monitor::Metrics metrics;
  auto signer = Signer::open((*store)->records());
  auto topics = Topics::open((*store)->records(), (*store)->outbox(), targets, false);
  ASSERT_TRUE(signer && topics);
  Deliverer deliverer({.topics = **topics, .outbox = (*store)->outbox(), .targets = targets, .client = client, .signer = **signer, .metrics = metrics});
  ASSERT_TRUE(deliverer.prepare({}));
  while ((*store)->outbox().pending().value() > 0) deliverer.step();
  std::set<std::string> told;
  for (const auto& sent : targets.sent) told.insert(text_of(parse_json(sent.body)->get_object(), "Message"));
  std::istringstream lines(acknowledged);
  for (std::string text; lines >> text;) EXPECT_TRUE(told.contains(text)) << text;
  EXPECT_TRUE(killings.enough()) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::notify::topics
