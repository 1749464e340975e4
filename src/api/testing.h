// For tests: the gateway over a real store and a made-up recognizer, and a client that signs as AWS's SDKs
// do. No sockets.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "api/dynamodb/dynamodb_service.h"
#include "api/gateway.h"
#include "api/rekognition/rekognition_service.h"
#include "api/rekognition/testing_recognizer.h"
#include "api/s3/service.h"
#include "aws/sigv4.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "image/encode.h"
#include "kms/local_keys.h"
#include "store/testing.h"

namespace eyrie::api::testing {

struct Answer {
  int status = 0;
  net::Headers headers;
  std::string body;

  std::string header(std::string_view name) const { return std::string(headers.get(name)); }
  json::value json() const {
    auto value = parse_json(body);
    EXPECT_TRUE(value) << body;
    return value ? *value : eyrie::json::value();
  }
  // The exception's name, without its namespace.
  std::string type() const {
    const eyrie::json::value document = json();
    const eyrie::json::string* name = find_string(document, "__type");
    if (name == nullptr) return "none: " + body;
    return std::string(name->subview(name->find('#') == eyrie::json::string::npos ? 0 : name->find('#') + 1));
  }
  // Text of the first element of this name in an XML body.
  std::string element(const std::string& name) const {
    const std::size_t from = body.find("<" + name + ">");
    if (from == std::string::npos) return "";
    const std::size_t start = from + name.size() + 2;
    return body.substr(start, body.find("</" + name + ">", start) - start);
  }
};

// "404 NoSuchKey"; "200 " where all is well.
inline std::string error(const Answer& answer) { return std::to_string(answer.status) + " " + answer.element("Code"); }

struct Call {
  std::string method = "GET";
  std::string path = "/";
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string service = "s3";
  std::string secret = "secret";
  std::string key = "KEY";
  std::string payload_hash;  // default: of the body
  std::string host = "127.0.0.1:4566";
  bool is_signed = true;
  bool digest = true;             // Content-MD5 where S3 demands one and the headers have none
  std::size_t piece = 1 << 16;    // bytes of the body handed over at once
  std::size_t body_left_out = 0;  // bytes at the end that never come
};

class ApiTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto identities = iam::Identities::open(store_->records(), clock_);
    ASSERT_TRUE(identities);
    identities_ = std::move(*identities);
    for (auto* log : {&denied_, &unknown_}) {
      const auto name = log == &denied_ ? "denied.jsonl" : "unknown.jsonl";
      auto opened = iam::AuditLog::open(audit_directory_.path() / name, {}, clock_);
      ASSERT_TRUE(opened);
      *log = std::move(*opened);
    }
    access_.emplace(iam::AccessControl::Parts{
        .identities = *identities_, .objects = objects(), .denied = *denied_, .unknown = *unknown_});
    authenticator_.emplace(iam::AccessKey{.id = "KEY", .secret = "secret"}, clock_, identities_.get());
    auto kms_keys = kms::LocalKeys::open(store_->records(), clock_);
    ASSERT_TRUE(kms_keys);
    kms_keys_ = std::move(*kms_keys);
    object_keys_.emplace(*kms_keys_);
    add_services(door());
    set_log_level(LogLevel::kError);
  }

  Door door() const { return {.authenticator = *authenticator_, .access = *access_}; }

  static std::optional<std::string> find_function(const std::string& arn, const std::string&) {
    return arn == "arn:aws:lambda:us-east-1:000000000000:function:analyze-image" ? std::optional<std::string>("analyze-image") : std::nullopt;
  }

  virtual void add_services(const Door& door) {
    gateway_.add_service(std::make_unique<s3::S3Service>(objects(), door, budget_, *object_keys_, find_function, s3::Calendar{}, clock_));
    gateway_.add_service(std::make_unique<rekognition::RekognitionService>(
        rekognition::Backend{.objects = objects(),
                             .recognizer = recognizer_,
                             .faces = store_->faces(),
                             .celebrities = &celebrities_},
        *object_keys_, door, budget_));
    gateway_.add_service(std::make_unique<dynamodb::DynamoDbService>(items(), door, budget_));
  }

  // A digest that S3 takes, of a body that S3 takes with a digest alone.
  static bool lacks_digest(const Call& call) {
    static constexpr std::string_view kDemanding[] = {"delete", "cors", "lifecycle", "tagging"};
    const auto is_digest = [](const auto& header) {
      return net::equals_ignore_case(header.first, "Content-MD5") || lower_case(header.first).starts_with("x-amz-checksum-");
    };
    return call.digest && call.service == "s3" && (call.method == "PUT" || call.method == "POST") &&
           std::ranges::find(kDemanding, std::string_view(call.query).substr(0, call.query.find_first_of("&="))) != std::end(kDemanding) &&
           std::ranges::none_of(call.headers, is_digest);
  }

  net::RequestHead head_of(const Call& call) {
    net::RequestHead head{.method = call.method, .path = call.path, .query = call.query};
    head.target = call.path + (call.query.empty() ? "" : "?" + call.query);
    head.headers.add("Host", call.host);
    for (const auto& [name, value] : call.headers) head.headers.add(name, value);
    if (lacks_digest(call)) head.headers.add("Content-MD5", base64_encode(crypto::md5(as_bytes(call.body))));
    if (!call.body.empty() || call.method == "PUT" || call.method == "POST")
      head.content_length = call.body.size();
    head.peer = "127.0.0.1";
    head.id = "request-" + std::to_string(++requests_);
    if (call.is_signed) {
      const std::string hash =
          call.payload_hash.empty() ? hex_encode(crypto::sha256(as_bytes(call.body))) : call.payload_hash;
      seed_ = aws::sign_request(
          head, {.access_key = call.key, .secret = call.secret},
          {.region = "us-east-1", .service = call.service, .time_ms = clock_.now_ms(), .payload_hash = hash});
    }
    return head;
  }

  Answer send(const Call& call) { return exchange(head_of(call), call); }

  Answer exchange(net::RequestHead head, const Call& call) {
    auto sink = gateway_.begin(std::move(head));
    if (!sink) return read(std::move(sink.error()));
    const std::string_view body =
        std::string_view(call.body).substr(0, call.body.size() - call.body_left_out);
    for (std::size_t at = 0; at < body.size(); at += call.piece) {
      if (auto early = (*sink)->write(as_bytes(body.substr(at, call.piece)))) return read(std::move(*early));
    }
    return read((*sink)->finish());
  }

  std::string audit(const char* name = "denied.jsonl") const {
    std::ostringstream text;
    text << std::ifstream(audit_directory_.path() / name).rdbuf();
    return text.str();
  }

  // What S3 started anew over the same data says to a call that it reads to the end.
  Answer send_after_restart(const Call& call) {
    Gateway restarted{metrics_};
    restarted.add_service(std::make_unique<s3::S3Service>(objects(), door(), budget_, *object_keys_));
    auto sink = restarted.begin(head_of(call));
    EXPECT_TRUE(sink);
    if (!sink) return read(std::move(sink.error()));
    EXPECT_FALSE((*sink)->write(as_bytes(call.body)));
    return read((*sink)->finish());
  }

  Answer json_call(const std::string& service, const std::string& operation, std::string body) {
    const bool dynamo = service == "dynamodb";
    return send(
        {.method = "POST",
         .headers = {{"X-Amz-Target", (dynamo ? "DynamoDB_20120810." : "RekognitionService.") + operation},
                     {"Content-Type", dynamo ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1"}},
         .body = std::move(body),
         .service = service});
  }

  Answer put(const std::string& path, std::string body,
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    return send({.method = "PUT", .path = path, .headers = std::move(headers), .body = std::move(body)});
  }
  Answer get(const std::string& path, const std::string& query = "",
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    return send({.path = path, .query = query, .headers = std::move(headers)});
  }
  void make_bucket(const std::string& name = "images") { ASSERT_EQ(put("/" + name, "").status, 200); }

  static Answer read(net::Response response) {
    Answer answer{.status = response.status, .headers = response.headers};
    if (auto* text = std::get_if<std::string>(&response.body)) {
      answer.body = std::move(*text);
      return answer;
    }
    auto& source = *std::get<std::unique_ptr<net::BodySource>>(response.body);
    std::uint8_t buffer[1000];
    while (true) {
      const auto got = source.read(buffer);
      EXPECT_TRUE(got);
      if (!got || *got == 0) break;
      answer.body.append(reinterpret_cast<const char*>(buffer), *got);
    }
    EXPECT_EQ(answer.body.size(), response.source_length);
    return answer;
  }

  monitor::Metrics metrics_;
  net::MemoryBudget budget_{64U << 20};
  const store::testing::TemporaryDirectory audit_directory_;
  std::unique_ptr<iam::Identities> identities_;
  std::unique_ptr<iam::AuditLog> denied_, unknown_;
  std::optional<iam::AccessControl> access_;
  std::optional<iam::Authenticator> authenticator_;
  std::unique_ptr<kms::LocalKeys> kms_keys_;
  std::optional<iam::ObjectKeys> object_keys_;
  CatRecognizer recognizer_;
  // A file that only tests of celebrities write.
  const store::testing::TemporaryDirectory celebrity_directory_;
  vision::CelebrityBook celebrities_{celebrity_directory_.path() / "gallery", "test"};
  Gateway gateway_{metrics_};
  aws::VerifiedSignature seed_;  // of the last signed request
  int requests_ = 0;
};

inline std::string jpeg(int width, int height) {
  image::Image picture{.width = width, .height = height};
  picture.rgb.assign(static_cast<std::size_t>(width) * height * 3, 128);
  const auto bytes = image::encode_jpeg(picture, 80);
  return std::string(as_text(*bytes));
}

}  // namespace eyrie::api::testing
