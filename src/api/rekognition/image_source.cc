#include "api/rekognition/image_source.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"

namespace eyrie::api::rekognition {
namespace {

aws::WireError no_such_object() {
  aws::WireError error = aws::rekognition::invalid_s3_object();
  error.message =
      "Unable to get object metadata from S3. Check object key, region and/or access permissions.";
  return error;
}

Field<Bytes> inline_bytes(const json::value& value, const std::string& path, std::size_t most) {
  const json::string* text = value.if_string();
  if (text == nullptr) return std::unexpected(aws::rekognition::serialization());
  if (text->size() / 4 * 3 > most + 3) return std::unexpected(aws::rekognition::image_too_large());
  auto bytes = base64_decode(*text);
  if (!bytes) return std::unexpected(aws::rekognition::serialization());
  if (bytes->empty()) {
    return std::unexpected(validation_error("java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]", path + ".bytes",
                                            "Member must have length greater than or equal to 1"));
  }
  if (bytes->size() > most) return std::unexpected(aws::rekognition::image_too_large());
  return std::move(*bytes);
}

bool bucket_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

constexpr Pattern kBucketPattern{
    "[0-9A-Za-z\\.\\-_]*", [](std::string_view text) { return std::ranges::all_of(text, bucket_char); }};

Field<Bytes> object_bytes(const json::object& location, const std::string& path,
                          store::ObjectStore& objects) {
  EYRIE_TRY(const auto bucket,
            pattern_field(location, "Bucket", path + ".s3Object.bucket", 3, 255, kBucketPattern));
  EYRIE_TRY(const auto name, string_field(location, "Name", path + ".s3Object.name", 1, 1024));
  EYRIE_TRY(const auto version, string_field(location, "Version", path + ".s3Object.version", 1, 1024));
  if (bucket && bucket->starts_with('.')) return std::unexpected(no_such_object());  // Eyrie's own
  if (!bucket || !name) return std::unexpected(aws::rekognition::invalid_parameter());
  // Buckets have no versions: an object's only one is called "null".
  if (version && *version != "null") return std::unexpected(no_such_object());
  const auto object = objects.open(*bucket, *name);
  if (!object) return std::unexpected(no_such_object());
  if ((*object)->info().size > kMaxS3Bytes) return std::unexpected(aws::rekognition::image_too_large());
  auto bytes = store::read_whole(**object);
  if (!bytes) {
    log_error("object cannot be read", {{"bucket", *bucket}, {"key", *name}});
    return std::unexpected(aws::rekognition::internal_server_error());
  }
  return *std::move(bytes);
}

}  // namespace

Field<Bytes> read_image(json::object& request, std::string_view name, const std::string& path,
                        store::ObjectStore& objects, const PictureLimits& limits) {
  EYRIE_TRY(const json::object* image, required(object_field(request, name), path));
  const json::value* bytes = image->if_contains("Bytes");
  EYRIE_TRY(const json::object* location, object_field(*image, "S3Object"));
  const bool has_bytes = bytes != nullptr && !bytes->is_null();
  if (has_bytes == (location != nullptr)) return std::unexpected(aws::rekognition::invalid_parameter());
  if (!has_bytes) return object_bytes(*location, path, objects);
  auto decoded = inline_bytes(*bytes, path, limits.max_inline_bytes);
  request.erase(name);
  return decoded;
}

Field<image::Decoded> decode_image(const Bytes& bytes, const vision::Recognizer& recognizer,
                                   const PictureLimits& limits) {
  image::Limits bounds;
  bounds.max_bytes = kMaxS3Bytes;
  bounds.max_side = limits.max_side;
  auto decoded = analysis::decode_for(bytes, recognizer, bounds, limits.min_side);
  if (decoded) return std::move(*decoded);
  switch (decoded.error().code) {
    case Code::kTooLarge:
      return std::unexpected(aws::rekognition::image_too_large());
    case Code::kUnsupported:
      return std::unexpected(aws::rekognition::invalid_image_format());
    case Code::kInvalidArgument:
      // Too small is a wrong parameter; damaged is a wrong format.
      return std::unexpected(decoded.error().message.starts_with("image is")
                                 ? aws::rekognition::invalid_parameter("Request has invalid parameters: " +
                                                                       decoded.error().message)
                                 : aws::rekognition::invalid_image_format());
    default:
      return std::unexpected(aws::rekognition::from(decoded.error()));
  }
}

Field<image::Decoded> read_picture(Backend& backend, json::object& request,
                                   const PictureLimits& limits) {
  EYRIE_TRY(const Bytes bytes, read_image(request, "Image", "image", backend.objects, limits));
  return decode_image(bytes, backend.recognizer, limits);
}

}  // namespace eyrie::api::rekognition
