#include "api/s3/form/post_object.h"

#include <algorithm>
#include <array>

#include "api/s3/body_digests.h"
#include "api/s3/bucket/acl.h"
#include "api/s3/bucket/policy.h"
#include "api/s3/form/form_fields.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/permissions.h"
#include "api/s3/put_headers.h"
#include "api/s3/tagging.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {

constexpr std::string_view kFilename = "${filename}";

aws::WireError malformed_form() {
  return {400, "MalformedPOSTRequest",
          "The body of your POST request is not well-formed multipart/form-data."};
}

// Left as it is where the form tells no name of a file, as by S3.
std::string with_filename(std::string key, const std::optional<std::string>& told) {
  if (!told) return key;
  const std::string& filename = *told;
  for (std::size_t at = 0; (at = key.find(kFilename, at)) != std::string::npos; at += filename.size()) {
    key.replace(at, kFilename.size(), filename);
  }
  return key;
}

class PostSink final : public net::RequestSink {
 public:
  PostSink(Backend& backend, const Door& door, Request request, const std::string& boundary)
      : backend_(backend),
        door_(door),
        request_(std::move(request)),
        parser_(boundary,
                {.begin_file = [this](FormParser::Fields fields,
                                      const std::optional<std::string>& filename) { return begin(fields, filename); },
                 .file = [this](ByteView piece) { return take(piece); }}) {}

  std::optional<net::Response> write(ByteView piece) override {
    const Status fed = parser_.feed(piece);
    if (fed) return std::nullopt;
    return refuse(fed.error());
  }

  net::Response finish() override {
    if (const Status ended = parser_.finish(); !ended) return refuse(ended.error());
    if (writer_->size() < policy_.min_bytes()) {
      return error_response(*request_.context, {400,
                                                "EntityTooSmall",
                                                "Your proposed upload is smaller than the minimum allowed size",
                                                {{"ProposedSize", std::to_string(writer_->size())},
                                                 {"MinSizeAllowed", std::to_string(policy_.min_bytes())}}});
    }
    if (auto wrong = digests_->check(writer_->md5_hex(), {})) return error_response(*request_.context, *wrong);
    commit_.checksums = {{digests_->checksum_name(), digests_->checksum()}};
    const auto object = writer_->commit(commit_);
    if (!object) return error_response(*request_.context, commit_error(put_, commit_.conditions, object.error()));
    net::Response response = form_answer(put_, fields_, *object);
    set_encryption_headers(response.headers, encryption_);
    set_context_header(response.headers, encryption_);
    set_expiration_header(backend_, response.headers, *object);
    return response;
  }

 private:
  // The fields are all there: what they permit, and what the object is to be.
  Status begin(const FormParser::Fields& fields, const std::optional<std::string>& filename) {
    if (auto wrong = prepare(fields, filename)) {
      refusal_ = std::move(*wrong);
      return fail(Code::kPermissionDenied, "refused");
    }
    auto writer = backend_.objects.begin_put(put_.bucket, put_.key, encryption_.key(), encryption_.envelope());
    if (!writer) return fail(writer.error());
    writer_ = std::move(*writer);
    return {};
  }

  std::optional<aws::WireError> prepare(const FormParser::Fields& told, const std::optional<std::string>& filename) {
    auto fields = by_name(told);
    if (!fields) return fields.error();
    fields_ = std::move(*fields);
    if (const auto key = fields_.find("key"); key != fields_.end()) key->second = with_filename(key->second, filename);
    const auto key = authenticate();
    if (!key) return key.error();
    take_in(*key);
    if (const auto name = required(fields_, "key"); !name) return name.error();
    if (auto wrong = key->id.empty() ? check_anonymous(backend_, request_) : check_policy()) {
      if (wrong->status == 403) request_.context->caller->note_refusal("s3:PutObject", iam::object_arn(request_.bucket, fields_.at("key")), wrong->message);
      return wrong;
    }
    auto put = as_put(request_, fields_);
    if (!put) return put.error();
    put_ = std::move(*put);
    if (auto denied = ask()) return denied;
    return describe();
  }

  // From here on it is known who asks: refusals are theirs in the audit log.
  void take_in(const iam::AccessKey& key) {
    request_.context->version_4 = !key.id.empty() && !is_version_2();
    admit(door_, *request_.context, key, [this, is_signed = !key.id.empty(), now = door_.authenticator.now_ms()] { return form_values(is_signed, now); });
  }

  // The form's policy is what its signer lets others do; whether the signer may is asked beside it.
  std::optional<aws::WireError> ask() {
    if (auto denied = permit(put_, "PostObject")) return denied;
    if (!fields_.contains("tagging")) return std::nullopt;
    return permit(put_, "s3:PutObjectTagging", iam::object_arn(put_.bucket, put_.key));
  }

  iam::ConditionValues form_values(bool is_signed, std::int64_t now) const {
    iam::ConditionValues values;
    if (is_signed) {
      values.add("s3:authType", "POST");
      values.add("s3:signatureversion", is_version_2() ? "AWS" : "AWS4-HMAC-SHA256");
    }
    if (is_signed && !is_version_2()) values.add("s3:signatureAge", std::to_string(std::max<std::int64_t>(0, now - parse_amz_date(fields_.at("x-amz-date")).value_or(0))));
    for (const auto& [name, value] : fields_) {
      if (name.starts_with("x-amz-")) values.add("s3:" + name, value);
      if (name == "acl") values.add("s3:x-amz-acl", value);
      if (name != "tagging") continue;
      if (const auto tags = parse_tag_xml(as_bytes(value))) values = values.with(iam::request_tags(*tags));
    }
    values.add("s3:ObjectCreationOperation", "true");
    return values;
  }

  bool is_version_2() const { return fields_.contains("signature") || fields_.contains("awsaccesskeyid"); }

  std::expected<iam::AccessKey, aws::WireError> authenticate_version_2() {
    if (!door_.authenticator.takes_version_2()) {
      return std::unexpected(aws::s3::invalid_request(
          "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."));
    }
    for (const char* other : {"x-amz-signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date"}) {
      if (!fields_.contains(other)) continue;
      return std::unexpected(aws::s3::invalid_argument("Only one auth mechanism allowed", other, fields_.at(other)));
    }
    std::string key_id, signature, policy;
    for (const auto& [name, into] : {std::pair{"awsaccesskeyid", &key_id}, {"signature", &signature}, {"policy", &policy}}) {
      auto field = required(fields_, name);
      if (!field) return std::unexpected(field.error());
      *into = std::move(*field);
    }
    const auto token = fields_.find("x-amz-security-token");
    auto key = door_.authenticator.verify_form_version_2(key_id, signature, policy, token == fields_.end() ? "" : token->second);
    if (!key) return std::unexpected(refused(key_id, key.error()));
    if (request_.context->over_rate(key->id)) return std::unexpected(aws::s3::slow_down());
    return std::move(*key);
  }

  // Whose key has signed the policy.
  std::expected<iam::AccessKey, aws::WireError> authenticate() {
    if (is_version_2()) return authenticate_version_2();
    const auto is_there = [this](const char* name) { return fields_.contains(name); };
    if (std::ranges::none_of(std::to_array({"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}), is_there)) {
      if (request_.context->over_rate("anonymous")) return std::unexpected(aws::s3::slow_down());
      return iam::AccessKey{.id = {}, .secret = {}, .principal = iam::Principal::anonymous()};
    }
    aws::FormCredentials form;
    std::string policy;
    const std::pair<const char*, std::string*> wanted[] = {{"policy", &policy},
                                                           {"x-amz-algorithm", &form.algorithm},
                                                           {"x-amz-credential", &form.credential},
                                                           {"x-amz-date", &form.date},
                                                           {"x-amz-signature", &form.signature}};
    for (const auto& [name, value] : wanted) {
      auto field = required(fields_, name);
      if (!field) return std::unexpected(field.error());
      *value = std::move(*field);
    }
    if (const auto token = fields_.find("x-amz-security-token"); token != fields_.end()) form.token = token->second;
    auto key = door_.authenticator.verify_form(form, policy, "s3", kRegion);
    if (!key) return std::unexpected(refused(form.credential.substr(0, form.credential.find('/')), key.error()));
    if (request_.context->over_rate(key->id)) return std::unexpected(aws::s3::slow_down());
    return std::move(*key);
  }

  aws::WireError refused(const std::string& key_id, const aws::AuthError& error) const {
    note_refusal(door_, *request_.context, "s3", key_id, error.message);
    return aws::s3_auth_error(error);
  }

  // The bucket is in the request's path, but the policy must name it all the same; a field that names another would have the
  // policy checked against one bucket and the object go to the other.
  std::optional<aws::WireError> check_policy() {
    if (const auto told = fields_.find("bucket"); told != fields_.end() && told->second != request_.bucket)
      return aws::s3::access_denied();
    const auto decoded = base64_decode(fields_.at("policy"));
    if (!decoded) return aws::WireError{400, "InvalidPolicyDocument", "Invalid Policy: Invalid base64."};
    auto policy = PostPolicy::parse(as_text(*decoded));
    if (!policy) return policy.error();
    policy_ = std::move(*policy);
    PostPolicy::Fields checked = fields_;
    checked["bucket"] = request_.bucket;
    const auto permitted = policy_.check(checked, door_.authenticator.now_ms());
    return permitted ? std::nullopt : std::optional(permitted.error());
  }

  std::optional<aws::WireError> describe() {
    auto commit = parse_put_headers(put_);
    if (!commit) return commit.error();
    commit_ = std::move(*commit);
    if (auto wrong = check_object_acl(backend_, put_)) return wrong;
    if (const auto tags = fields_.find("tagging"); tags != fields_.end()) {
      auto parsed = parse_tag_xml(as_bytes(tags->second));
      if (!parsed) return parsed.error();
      commit_.tags = std::move(*parsed);
    }
    commit_.event_name = "ObjectCreated:Post";
    auto encryption = encryption_of_upload(backend_, put_);
    if (!encryption) return encryption.error();
    encryption_ = std::move(*encryption);
    aws::Authorization of_form;
    of_form.payload = aws::PayloadMode::kUnsigned;
    auto digests = BodyDigests::create(put_, of_form);
    if (!digests) return digests.error();
    digests_.emplace(std::move(*digests));
    return std::nullopt;
  }

  Status take(ByteView bytes) {
    const std::uint64_t limit = std::min(policy_.max_bytes(), kMaxObjectBytes);
    if (const std::uint64_t proposed = writer_->size() + bytes.size(); proposed > limit) {
      refusal_ = aws::s3::entity_too_large(limit);
      refusal_->details.insert(refusal_->details.begin(), {"ProposedSize", std::to_string(proposed)});
      return fail(Code::kPermissionDenied, "refused");
    }
    digests_->update(bytes);
    return writer_->write(bytes);
  }

  net::Response refuse(const Error& error) {
    if (refusal_) return error_response(*request_.context, *refusal_);
    // Once the file comes an error is the store's, but for a form that is cut off.
    if (writer_ && error.code != Code::kInvalidArgument) log_error("upload failed", {{"error", error.message}});
    switch (error.code) {
      case Code::kInvalidArgument:
        return error_response(*request_.context, malformed_form());
      case Code::kTooLarge:
        return error_response(*request_.context,
                              {400, "MaxPostPreDataLengthExceeded",
                               "Your POST request fields preceding the upload file were too large."});
      case Code::kNotFound:
        if (parser_.had_file()) return error_response(*request_.context, store_error(put_, error));
        return error_response(*request_.context,
                              aws::s3::invalid_argument("POST requires exactly one file upload per request.", "file", "0"));
      default:
        return error_response(*request_.context, store_error(put_, error));
    }
  }

  Backend& backend_;
  const Door door_;
  const Request request_;
  FormParser parser_;
  PostPolicy::Fields fields_;
  PostPolicy policy_;
  Request put_;  // the same as a PUT
  store::PutCommit commit_;
  Encryption encryption_;
  std::optional<BodyDigests> digests_;
  std::unique_ptr<store::ObjectWriter> writer_;
  std::optional<aws::WireError> refusal_;
};

}  // namespace

BeginResult begin_post_object(Backend& backend, const Door& door, const Request& request) {
  const std::string_view type = request.headers().get("Content-Type");
  if (!net::equals_ignore_case(type.substr(0, type.find_first_of("; ")), "multipart/form-data")) {
    return std::unexpected(error_response(
        *request.context, aws::s3::precondition_failed("Bucket POST must be of the enclosure-type multipart/form-data")));
  }
  const auto boundary = form_boundary(type);
  if (!boundary) return std::unexpected(error_response(*request.context, malformed_form()));
  return std::make_unique<PostSink>(backend, door, request, *boundary);
}

}  // namespace eyrie::api::s3
