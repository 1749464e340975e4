#include "aws/kms/kms_key_source.h"

#include <openssl/crypto.h>

#include <future>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::aws {
namespace {

constexpr std::string_view kService = "kms";
constexpr std::size_t kMostAnswer = 64 << 10;  // a wrapped key has 6 KiB at most

json::object context() { return {{"eyrie", "master key"}}; }

// "https://host:port/prefix" -> "host:port"; empty where it is none.
std::string host_of(std::string_view endpoint) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!endpoint.starts_with(scheme)) continue;
    endpoint.remove_prefix(scheme.size());
    return std::string(endpoint.substr(0, endpoint.find('/')));
  }
  return "";
}

// What KMS refuses with: {"__type": "com.amazonaws.kms#NotFoundException", "message": "..."}, message in either case.
Error refusal(const std::string& endpoint, int status, const std::string& body) {
  std::string name, message;
  if (const auto answer = parse_json(body); answer && answer->is_object()) {
    if (const json::string* type = find_string(*answer, "__type")) name = std::string(*type);
    name.erase(0, name.find('#') + 1);  // npos + 1 is 0
    const json::string* said = find_string(*answer, "message");
    if (said == nullptr) said = find_string(*answer, "Message");
    if (said != nullptr) message = std::string(*said);
  }
  const Code code = status >= 500 || name == "ThrottlingException" ? Code::kUnavailable
                    : name == "NotFoundException" || name == "DisabledException" || name.starts_with("KMSInvalidState") ? Code::kFailedPrecondition
                                                                                                                         : Code::kPermissionDenied;
  return {code, "the KMS at " + endpoint + " refuses: " + (name.empty() ? "status " + std::to_string(status) : name) +
                    (message.empty() ? "" : ": " + message)};
}

Result<crypto::SecretKey> key_in(json::object& answer) {
  json::value* text = answer.if_contains("Plaintext");
  if (text != nullptr && text->is_string()) {
    json::string& secret = text->get_string();
    auto bytes = base64_decode(secret);
    OPENSSL_cleanse(secret.data(), secret.size());
    if (auto key = bytes ? crypto::SecretKey::take(*bytes) : std::nullopt) return *key;
  }
  return fail(Code::kCorrupt, "the KMS answered no key of 32 bytes");
}

}  // namespace

Result<net::ClientResponse> KmsKeySource::post(const net::RequestHead& head, const std::string& body) const {
  EYRIE_TRY(std::string authorities, net::read_authorities(options_.authority_file));
  EYRIE_TRY(const auto client, net::HttpClient::start({.authorities = std::move(authorities)}));
  std::promise<Result<net::ClientResponse>> told;
  client->send({.url = options_.endpoint, .headers = {head.headers.begin(), head.headers.end()}, .body = body, .max_answer = kMostAnswer},
               [&told](Result<net::ClientResponse> response) { told.set_value(std::move(response)); });
  return told.get_future().get();
}

Result<json::object> KmsKeySource::call(std::string_view operation, json::object request) const {
  const std::string host = host_of(options_.endpoint);
  if (host.empty()) return fail(Code::kInvalidArgument, "master_key.kms_endpoint must be a URL, as https://kms.us-east-1.amazonaws.com");
  net::RequestHead head;
  head.method = "POST";
  head.path = head.target = "/";
  head.headers.set("Host", host);
  head.headers.set("Content-Type", "application/x-amz-json-1.1");
  head.headers.set("X-Amz-Target", "TrentService." + std::string(operation));
  const std::string body = write_json(request);
  sign_request(head, options_.credentials,
               {.region = options_.region, .service = std::string(kService), .time_ms = options_.clock->now_ms(), .payload_hash = hex_encode(crypto::sha256(as_bytes(body)))});
  auto answer = post(head, body);
  if (!answer) return fail(answer.error().code, "the KMS at " + options_.endpoint + " does not answer: " + answer.error().message);
  if (answer->body.size() >= kMostAnswer) return fail(Code::kTooLarge, "what the KMS at " + options_.endpoint + " answers is too long");
  if (answer->status != 200) return fail(refusal(options_.endpoint, answer->status, answer->body));
  auto value = parse_json(answer->body);
  OPENSSL_cleanse(answer->body.data(), answer->body.size());
  if (!value || !value->is_object()) return fail(Code::kCorrupt, "the KMS at " + options_.endpoint + " answers no JSON object");
  return std::move(value->get_object());
}

Result<crypto::KeySource::Made> KmsKeySource::make() const {
  if (options_.key.empty()) return fail(Code::kInvalidArgument, "master_key.kms_key must name the KMS's key");
  EYRIE_TRY(json::object answer, call("GenerateDataKey", {{"KeyId", options_.key}, {"KeySpec", "AES_256"}, {"EncryptionContext", context()}}));
  const std::string ciphertext = text_of(answer, "CiphertextBlob"), id = text_of(answer, "KeyId");
  const auto is_word = [](const std::string& text) { return !text.empty() && text.find_first_of(" \r\n") == std::string::npos; };
  if (!is_word(ciphertext) || !is_word(id)) return fail(Code::kCorrupt, "the KMS answered no wrapped key");
  Made made{.key = {}, .note = id + " " + ciphertext};
  EYRIE_TRY(made.key, key_in(answer));
  return made;
}

Result<crypto::SecretKey> KmsKeySource::open(std::string_view note) const {
  const std::size_t space = note.find(' ');
  if (space == std::string_view::npos) return fail(Code::kCorrupt, "it names no wrapped key");
  EYRIE_TRY(json::object answer, call("Decrypt", {{"KeyId", note.substr(0, space)}, {"CiphertextBlob", note.substr(space + 1)}, {"EncryptionContext", context()}}));
  return key_in(answer);
}

}  // namespace eyrie::aws
