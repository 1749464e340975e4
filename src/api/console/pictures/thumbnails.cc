#include "api/console/pictures/thumbnails.h"

#include <algorithm>
#include <thread>

#include "image/decode.h"
#include "image/encode.h"
#include "image/resize.h"
#include "net/worker_pool.h"

namespace eyrie::api::console {
namespace {

constexpr std::uint32_t kSide = 400;
constexpr int kQuality = 78;
constexpr std::size_t kWorkingBytes = 128U << 20;

Result<std::string> thumbnail_of(ByteView file) {
  image::DecodeOptions options{.target_side = kSide, .on_white = true, .limits = {}};
  options.limits.max_working_bytes = kWorkingBytes;
  EYRIE_TRY(image::Decoded picture, image::decode(file, options));
  const auto side = static_cast<std::uint32_t>(std::max(picture.image.width, picture.image.height));
  if (side > kSide) {
    const auto scaled = [&](int length) { return std::max(1, static_cast<int>(static_cast<std::int64_t>(length) * kSide / side)); };
    picture.image = image::resize(picture.image, scaled(picture.image.width), scaled(picture.image.height));
  }
  EYRIE_TRY(const Bytes jpeg, image::encode_jpeg(picture.image, kQuality));
  return std::string(as_text(jpeg));
}

}  // namespace

Thumbnails::Thumbnails(std::size_t max_bytes, unsigned at_once)
    : max_bytes_(max_bytes), at_once_(at_once > 0 ? at_once : std::max(1U, std::thread::hardware_concurrency())) {}

Result<std::shared_ptr<const std::string>> Thumbnails::get(const std::string& name, const Read& read) {
  if (auto jpeg = kept(name)) return jpeg;
  {
    const net::WaitingElsewhere waiting;
    std::unique_lock lock(mutex_);
    free_.wait(lock, [this] { return at_work_ < at_once_; });
    ++at_work_;
  }
  // Who waited for the same finds it now.
  auto jpeg = kept(name);
  Status made;
  if (jpeg == nullptr) {
    const Result<Bytes> file = read();
    Result<std::string> fresh = file ? thumbnail_of(*file) : Result<std::string>(std::unexpected(file.error()));
    if (fresh) jpeg = std::make_shared<const std::string>(*std::move(fresh));
    else made = fail(fresh.error());
  }
  {
    const std::lock_guard lock(mutex_);
    --at_work_;
  }
  free_.notify_one();
  if (!made) return fail(made.error());
  keep(name, jpeg);
  return jpeg;
}

std::shared_ptr<const std::string> Thumbnails::kept(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->jpeg;
}

void Thumbnails::keep(const std::string& name, const std::shared_ptr<const std::string>& jpeg) {
  if (name.empty()) return;
  const std::lock_guard lock(mutex_);
  if (by_name_.contains(name)) return;
  order_.push_front({name, jpeg});
  by_name_[name] = order_.begin();
  bytes_ += jpeg->size();
  while (bytes_ > max_bytes_ && !order_.empty()) {
    bytes_ -= order_.back().jpeg->size();
    by_name_.erase(order_.back().name);
    order_.pop_back();
  }
}

}  // namespace eyrie::api::console
