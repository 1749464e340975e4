#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "each.h"
#include "eval_set.h"
#include "image/encode.h"
#include "image/resize.h"
#include "sections.h"
#include "vision/celebrities/celebrity_gallery.h"
#include "vision/celebrities/portrait_list.h"
#include "vision/local_recognizer.h"
#include "vision/networks/runtime.h"

namespace eyrie::accuracy {
namespace {

constexpr double kMinCelebritiesFound = 0.95;
constexpr double kMaxStrangers = 0.005;
constexpr double kSure = 80;

constexpr const char* kCelebrityDefinitions = R"(Celebrities
  The gallery of 45 presidents' portraits, photographs and paintings, one each.
  faces      of the portraits: how many show a face that can be embedded.
  itself     of the portraits, each changed in a way that is named: how many are taken for whom they show.
  strangers  of the pictures of faces/verify of other people: how many are taken for a president, at all and at 80 and above.
  others     of the pictures of faces/verify of presidents in the gallery, by their file names: how many are named rightly.
)";

using Embedding = std::vector<float>;

// The largest face's.
std::optional<Embedding> embed(vision::Recognizer& recognizer, const image::Image& picture) {
  vision::Request request;
  request.faces = vision::FaceRequest{.embeddings = true, .max_faces = 1};
  auto seen = recognizer.recognize(picture, request);
  if (!seen || seen->faces->empty() || seen->faces->front().embedding.empty()) return std::nullopt;
  return std::move(seen->faces->front().embedding);
}

image::Image scaled(const image::Image& picture, double factor) {
  return image::resize(picture, std::max(1, static_cast<int>(picture.width * factor)),
                       std::max(1, static_cast<int>(picture.height * factor)));
}

image::Image brightened(image::Image picture, double factor) {
  for (std::uint8_t& level : picture.rgb) level = static_cast<std::uint8_t>(std::min(255.0, level * factor));
  return picture;
}

image::Image cropped(const image::Image& picture) {
  const image::Rect part{picture.width / 12, picture.height / 20, picture.width * 9 / 10,
                         picture.height * 7 / 10};
  return image::crop_resize(picture, part, part.width, part.height);
}

image::Image compressed(const image::Image& picture, int quality) {
  const auto bytes = image::encode_jpeg(picture, quality);
  auto decoded = bytes ? image::decode(*bytes) : std::unexpected(bytes.error());
  return decoded ? std::move(decoded->image) : picture;
}

image::Image mirrored(image::Image picture) {
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* row = picture.row(y);
    for (int left = 0, right = picture.width - 1; left < right; ++left, --right) {
      std::swap_ranges(row + left * 3, row + left * 3 + 3, row + right * 3);
    }
  }
  return picture;
}

struct Change {
  const char* name;
  image::Image (*apply)(const image::Image&);
};
constexpr Change kChanges[] = {
    {"cropped", cropped},
    {"JPEG at 20", [](const image::Image& picture) { return compressed(picture, 20); }},
    {"half as bright", [](const image::Image& picture) { return brightened(picture, 0.5); }},
    {"half brighter", [](const image::Image& picture) { return brightened(picture, 1.5); }},
    {"a third as large", [](const image::Image& picture) { return scaled(picture, 1.0 / 3); }},
    {"mirrored", [](const image::Image& picture) { return mirrored(picture); }},
};

// Whom a file shows by its name, but for the one that is named wrongly: one sees George W. Bush in it.
std::string shown_in(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name == "Chok_Tong_Goh_0001.jpg" ? "George_W_Bush" : name;
}

// "George_W_Bush_0001.jpg" -> "George W Bush", "George W. Bush" -> the same.
std::string plain(std::string name) {
  name = name.substr(0, name.find_first_of("0123456789"));
  std::erase(name, '.');
  std::ranges::replace(name, '_', ' ');
  while (name.ends_with(' ')) name.pop_back();
  if (name == "George HW Bush") return "George H W Bush";
  if (name == "Joseph Biden") return "Joe Biden";
  return name;
}

vision::CelebrityGallery make_gallery(vision::Recognizer& recognizer,
                                      const std::vector<vision::Portrait>& portraits) {
  vision::CelebrityGallery gallery("");
  std::mutex mutex;
  each(portraits.size(), [&](std::size_t at) {
    const auto picture = load(portraits[at].file, recognizer.useful_side());
    const auto embedding = picture ? embed(recognizer, picture->image) : std::nullopt;
    const std::lock_guard lock(mutex);
    if (!embedding || !gallery.add(portraits[at].who, *embedding)) {
      std::printf("    no face in %s\n", portraits[at].file.filename().c_str());
    }
  });
  return gallery;
}

void measure_portraits(vision::Recognizer& recognizer, const std::vector<vision::Portrait>& portraits,
                       const vision::CelebrityGallery& gallery, Report& report) {
  std::size_t all = 0;
  for (const Change& change : kChanges) {
    std::mutex mutex;
    std::size_t found = 0;
    double least = 100;
    each(portraits.size(), [&](std::size_t at) {
      const auto picture = load(portraits[at].file, recognizer.useful_side());
      if (!picture) return;
      const auto embedding = embed(recognizer, change.apply(picture->image));
      const auto match = embedding ? gallery.match(*embedding) : std::nullopt;
      const std::lock_guard lock(mutex);
      if (match && match->celebrity->id == portraits[at].who.id) {
        ++found;
        least = std::min(least, match->confidence);
      }
    });
    std::printf("  itself, %-18s %zu of %zu, at %.0f and above\n", change.name, found, portraits.size(),
                least);
    all += found;
  }
  report.figure("itself",
                static_cast<double>(all) / static_cast<double>(portraits.size() * std::size(kChanges)),
                kMinCelebritiesFound);
}

void measure_strangers(vision::Recognizer& recognizer, const vision::CelebrityGallery& gallery,
                       Report& report) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(eval_directory() / "faces" / "verify", error)) {
    if (entry.path().extension() == ".jpg") files.push_back(entry.path());
  }
  if (files.empty()) return report.skipped("strangers", "no pictures at " + eval_directory().string());
  std::map<std::string, std::string> presidents;
  for (const vision::Celebrity* who : gallery.celebrities()) presidents[plain(who->name)] = who->id;
  std::mutex mutex;
  std::size_t strangers = 0, taken = 0, surely = 0, others = 0, right = 0;
  each(files.size(), [&](std::size_t at) {
    const auto picture = load(files[at], recognizer.useful_side());
    const auto embedding = picture ? embed(recognizer, picture->image) : std::nullopt;
    const auto match = embedding ? gallery.match(*embedding) : std::nullopt;
    const auto known = presidents.find(plain(shown_in(files[at])));
    const std::lock_guard lock(mutex);
    if (known != presidents.end()) {
      ++others;
      right += match && match->celebrity->id == known->second ? 1 : 0;
      return;
    }
    ++strangers;
    taken += match ? 1 : 0;
    surely += match && match->confidence >= kSure ? 1 : 0;
    if (match) {
      std::printf("    %s taken for %s, %.0f\n", files[at].filename().c_str(), match->celebrity->name.c_str(),
                  match->confidence);
    }
  });
  report.at_most("strangers", static_cast<double>(taken) / static_cast<double>(strangers), kMaxStrangers);
  std::printf("  %-22s %zu of %zu at 80 and above\n", "", surely, strangers);
  if (surely > 0) report.failed();
  std::printf("  %-22s %zu of %zu\n", "others", right, others);
}

}  // namespace

void measure_celebrities(Report& report) {
  std::printf("\n%s\n", kCelebrityDefinitions);
  const auto portraits = vision::read_portraits(vision::user_cache_directory() / "portraits" / "presidents");
  if (!portraits)
    return report.skipped("celebrities",
                          portraits.error().message + "; scripts/models portraits fetches them");
  auto recognizer = vision::LocalRecognizer::open({});
  if (!recognizer) return report.skipped("celebrities", recognizer.error().message);
  const vision::CelebrityGallery gallery = make_gallery(**recognizer, *portraits);
  if (gallery.size() == 0)
    return report.skipped("celebrities", "no face was embedded; are the face models installed?");
  report.figure("faces", static_cast<double>(gallery.portraits()) / static_cast<double>(portraits->size()),
                kMinCelebritiesFound);
  measure_portraits(**recognizer, *portraits, gallery, report);
  measure_strangers(**recognizer, gallery, report);
}

}  // namespace eyrie::accuracy
