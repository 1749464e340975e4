// A new picture: the browser tells what it has, and gets a presigned PUT for a key of our choosing under uploads/. What it told is signed:
// size, type, digest and name cannot be others than those that were checked here.
#include <array>

#include "api/console/operations.h"
#include "api/console/pictures/presign.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::api::console {
namespace {

constexpr const char* kBucket = "images";
constexpr std::int64_t kMaxBytes = 15 << 20;
constexpr std::size_t kMaxName = 255;  // bytes of UTF-8
constexpr std::size_t kSha256 = 32;

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kTypes = {
    {{"image/jpeg", ".jpg"}, {"image/png", ".png"}, {"image/webp", ".webp"}}};

Outcome<std::string> suffix_of(const std::string& type) {
  for (const auto& [known, suffix] : kTypes) {
    if (known == type) return std::string(suffix);
  }
  return refused(Code::kInvalidArgument, "type is none of image/jpeg, image/png, image/webp.");
}

struct NewPicture {
  std::string name, type, suffix, sha256;
  std::int64_t bytes = 0;
};

Outcome<NewPicture> new_picture(const Call& call) {
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"name", "type", "bytes", "sha256"})));
  NewPicture picture;
  EYRIE_TRY(picture.name, told(members.text("name")));
  EYRIE_TRY(picture.type, told(members.text("type")));
  EYRIE_TRY(picture.bytes, told(members.number("bytes")));
  EYRIE_TRY(picture.sha256, told(members.text("sha256")));
  EYRIE_TRY(picture.suffix, suffix_of(picture.type));
  if (picture.name.empty() || picture.name.size() > kMaxName) return refused(Code::kInvalidArgument, "name has 1 to 255 bytes.");
  if (picture.bytes <= 0 || picture.bytes > kMaxBytes) return refused(Code::kInvalidArgument, "bytes is 1 to 15728640.");
  const auto digest = base64_decode(picture.sha256);
  if (!digest || digest->size() != kSha256) return refused(Code::kInvalidArgument, "sha256 is no SHA-256 in base64.");
  return picture;
}

}  // namespace

Outcome<Answer> begin_upload(const Call& call) {
  EYRIE_TRY(const Gallery* gallery, call.gallery());
  EYRIE_TRY(const NewPicture picture, new_picture(call));
  const std::string id = uuid_v4();
  const std::string key = "uploads/" + id + picture.suffix;
  EYRIE_CHECK_OK(told(call.context.caller->may("s3:PutObject", iam::object_arn(kBucket, key))));
  net::Headers headers;
  headers.set("content-length", std::to_string(picture.bytes));
  headers.set("content-type", picture.type);
  headers.set("x-amz-checksum-sha256", picture.sha256);
  headers.set("x-amz-meta-original-name", percent_encode(picture.name));
  json::object sent;
  for (const auto& [name, value] : headers) {
    if (name != "content-length") sent[name] = value;  // the browser's to tell
  }
  const auto same = gallery->index.find_by_content(picture.sha256);
  return Answer{.body = json::object{{"id", id},
                                     {"bucket", kBucket},
                                     {"key", key},
                                     {"url", presigned_put(call, *gallery, kBucket, key, headers)},
                                     {"headers", std::move(sent)},
                                     {"duplicate", same == nullptr ? json::value() : json::value(same->id)}}};
}

}  // namespace eyrie::api::console
