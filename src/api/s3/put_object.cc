#include "api/s3/put_object.h"


#include "api/s3/body_digests.h"
#include "api/s3/bucket/acl.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/put_headers.h"
#include "aws/chunked.h"
#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {


enum class Kind { kObject, kPart };

class PutSink final : public net::RequestSink {
 public:
  PutSink(Backend& backend, Request request, std::unique_ptr<store::ObjectWriter> writer,
          store::PutCommit commit, BodyDigests digests, std::uint64_t expected, Kind kind, Encryption encryption)
      : backend_(backend),
        request_(std::move(request)),
        writer_(std::move(writer)),
        commit_(std::move(commit)),
        digests_(std::move(digests)),
        expected_(expected),
        kind_(kind),
        encryption_(std::move(encryption)) {}

  Status decode(aws::ChunkedOptions options) {
    auto decoder =
        aws::ChunkedDecoder::create(std::move(options), [this](ByteView bytes) { return take(bytes); });
    if (!decoder) return fail(decoder.error());
    decoder_ = std::move(*decoder);
    return {};
  }

  std::optional<net::Response> write(ByteView piece) override {
    const Status taken = decoder_ ? decoder_->feed(piece) : take(piece);
    if (taken) return std::nullopt;
    return refuse(body_error(taken.error()));
  }

  net::Response finish() override {
    if (decoder_) {
      if (!decoder_->finish()) return refuse(aws::s3::incomplete_body());
    } else if (writer_->size() != expected_) {
      return refuse(aws::s3::incomplete_body());
    }
    static const BodyDigests::Trailers kNone;
    if (auto wrong = digests_.check(writer_->md5_hex(), decoder_ ? decoder_->trailers() : kNone))
      return refuse(*wrong);
    commit_.checksums = {{digests_.checksum_name(), digests_.checksum()}};
    const auto object = writer_->commit(commit_);
    // Aborted or completed meanwhile.
    if (!object && kind_ == Kind::kPart && object.error().code == Code::kNotFound) return refuse(no_such_upload(commit_.beside));
    if (!object) return refuse(commit_error(request_, commit_.conditions, object.error()));
    net::Response response = empty_response(*request_.context, 200);
    response.headers.set("ETag", "\"" + object->etag + "\"");
    set_encryption_headers(response.headers, encryption_);
    response.headers.set(digests_.checksum_header(), digests_.checksum());
    if (kind_ == Kind::kPart) return response;
    set_context_header(response.headers, encryption_);
    response.headers.set("x-amz-checksum-type", "FULL_OBJECT");
    set_expiration_header(backend_, response.headers, *object);
    return response;
  }

 private:
  Status take(ByteView bytes) {
    if (writer_->size() + bytes.size() > kMaxObjectBytes) return fail(Code::kTooLarge, "object too large");
    digests_.update(bytes);
    return writer_->write(bytes);
  }

  net::Response refuse(const aws::WireError& error) const { return error_response(*request_.context, error); }

  // Of the chunked coding, the store, or the limit above.
  aws::WireError body_error(const Error& error) const {
    switch (error.code) {
      case Code::kUnauthenticated:
        return {403, "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your "
                "key and signing method."};
      case Code::kInvalidArgument:
        return decoder_ && decoder_->at_trailer() ? aws::s3::malformed_trailer() : aws::s3::incomplete_body();
      case Code::kTooLarge:
        return aws::s3::entity_too_large(kMaxObjectBytes);
      default:
        log_error("upload failed", {{"error", error.message}});
        return store_error(request_, error);
    }
  }

  Backend& backend_;
  const Request request_;
  const std::unique_ptr<store::ObjectWriter> writer_;
  store::PutCommit commit_;
  BodyDigests digests_;
  const std::uint64_t expected_;
  const Kind kind_;
  const Encryption encryption_;
  std::unique_ptr<aws::ChunkedDecoder> decoder_;
};

// How many bytes the object will have, as told; an error where nothing tells it.
std::expected<std::uint64_t, aws::WireError> told_length(const Request& request, bool chunked_coding) {
  std::optional<std::uint64_t> length = request.context->head.content_length;
  if (chunked_coding) {
    length = whole_number<std::uint64_t>(request.headers().get("x-amz-decoded-content-length"));
  }
  if (!length) return std::unexpected(aws::s3::missing_content_length());
  if (*length > kMaxObjectBytes) return std::unexpected(aws::s3::entity_too_large(kMaxObjectBytes));
  return *length;
}

// What an upload writes: an object, or a part of one.
struct Target {
  std::string bucket;
  std::string key;
  store::PutCommit commit;
  Kind kind = Kind::kObject;
  std::optional<aws::ChecksumAlgorithm> checksum = {};  // the only one that may be told
  BodyDigests::Checksums told = BodyDigests::Checksums::kOfBody;
  Encryption encryption = {};
};

BeginResult begin_upload(Backend& backend, const Request& request, const aws::Authorization& authorization,
                         const aws::VerifiedSignature& signature, Target target) {
  auto refuse = [&](const aws::WireError& error) {
    return std::unexpected(error_response(*request.context, error));
  };
  const bool chunked = aws::is_chunked(authorization.payload);
  const auto length = told_length(request, chunked);
  if (!length) return refuse(length.error());
  auto digests = BodyDigests::create(request, authorization, target.told, target.checksum);
  if (!digests) return refuse(digests.error());
  auto writer = backend.objects.begin_put(target.bucket, target.key, target.encryption.key(), target.encryption.envelope());
  if (!writer) return refuse(store_error(request, writer.error()));
  auto sink = std::make_unique<PutSink>(backend, request, std::move(*writer), std::move(target.commit),
                                        std::move(*digests), *length, target.kind, std::move(target.encryption));
  if (chunked) {
    const Status decoding =
        sink->decode({.mode = authorization.payload, .seed = signature, .decoded_length = *length});
    if (!decoding) return refuse(aws::s3::invalid_request(decoding.error().message));
  }
  return sink;
}

}  // namespace

BeginResult begin_put_object(Backend& backend, const Request& request,
                             const aws::Authorization& authorization,
                             const aws::VerifiedSignature& signature) {
  auto commit = parse_put_headers(request);
  if (!commit) return std::unexpected(error_response(*request.context, commit.error()));
  if (auto wrong = check_object_acl(backend, request)) return std::unexpected(error_response(*request.context, *wrong));
  auto encryption = encryption_of_upload(backend, request);
  if (!encryption) return std::unexpected(error_response(*request.context, encryption.error()));
  return begin_upload(backend, request, authorization, signature,
                      {.bucket = request.bucket,
                       .key = request.key,
                       .commit = std::move(*commit),
                       .encryption = std::move(*encryption)});
}

BeginResult begin_upload_part(Backend& backend, const Request& request,
                              const aws::Authorization& authorization,
                              const aws::VerifiedSignature& signature) {
  // What is not supported is refused here too; the rest was told at the start.
  if (const auto headers = parse_put_headers(request); !headers) {
    return std::unexpected(error_response(*request.context, headers.error()));
  }
  auto part = find_part(backend, request);
  if (!part) return std::unexpected(error_response(*request.context, part.error()));
  return begin_upload(backend, request, authorization, signature,
                      {.bucket = kUploadsBucket,
                       .key = std::move(part->key),
                       .commit = {.beside = part->upload},
                       .kind = Kind::kPart,
                       .checksum = part->algorithm,
                       .told = part->composite ? BodyDigests::Checksums::kOfCompositePart : BodyDigests::Checksums::kOfPart,
                       .encryption = std::move(part->encryption)});
}

}  // namespace eyrie::api::s3
