#include "app/gallery_import.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <thread>

#include "analysis/analyze.h"
#include "base/log.h"
#include "vision/networks/runtime.h"

namespace eyrie::app {
namespace fs = std::filesystem;
namespace {

// A detector takes the odd cup for a face. Portraits are at 100.
constexpr double kSureFace = 95;

Result<Bytes> read_picture(const fs::path& path, std::size_t max_bytes) {
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return fail(system_error("cannot read the file", errno));
  const auto size = static_cast<std::int64_t>(file.tellg());
  if (size < 0 || static_cast<std::uint64_t>(size) > max_bytes)
    return fail(Code::kTooLarge, "the file is too large");
  Bytes bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) return fail(Code::kIo, "cannot read the whole file");
  return bytes;
}

Result<std::vector<float>> embed(const fs::path& path, vision::Recognizer& recognizer) {
  const image::Limits limits;
  EYRIE_TRY(const Bytes bytes, read_picture(path, limits.max_bytes));
  EYRIE_TRY(const image::Decoded picture, analysis::decode_for(bytes, recognizer, limits));
  vision::Request request;
  request.faces = vision::FaceRequest{.embeddings = true, .max_faces = 1};
  EYRIE_TRY(vision::Recognition seen, recognizer.recognize(picture.image, request));
  if (seen.faces->empty() || seen.faces->front().confidence < kSureFace) {
    return fail(Code::kNotFound, "no face is found in it");
  }
  return std::move(seen.faces->front().embedding);
}

Result<vision::CelebrityGallery> make_example(const fs::path& folder, vision::LocalRecognizer& recognizer) {
  EYRIE_TRY(const std::string model, embedding_model(recognizer));
  EYRIE_TRY(const auto portraits, vision::read_portraits(folder));
  vision::CelebrityGallery gallery(model);
  for (const std::string& complaint : add_portraits(portraits, recognizer, gallery)) {
    log_warning("portrait left out", {{"reason", complaint}});
  }
  return gallery;
}

// The gallery made before, unless the portraits are newer or the model is another.
Result<vision::CelebrityGallery> kept_example(const fs::path& kept, const fs::path& sheet,
                                              const std::string& model) {
  std::error_code error;
  const auto made = fs::last_write_time(kept, error);
  if (error || made < fs::last_write_time(sheet, error) || error)
    return fail(Code::kNotFound, "none is kept");
  EYRIE_TRY(vision::CelebrityGallery gallery, vision::CelebrityGallery::open(kept));
  if (gallery.model() != model) return fail(Code::kNotFound, "the one kept is of another model");
  return gallery;
}

}  // namespace

fs::path gallery_file(const fs::path& data_directory) {
  return data_directory / "celebrities.gallery";
}

Result<std::string> embedding_model(const vision::LocalRecognizer& recognizer) {
  for (const vision::ModelStatus& model : recognizer.models()) {
    if (model.selected && model.role == "face-embedding") return model.id;
  }
  return fail(Code::kUnavailable,
              "no model that embeds faces is installed; run scripts/setup, or scripts/models fetch");
}

std::vector<std::string> add_portraits(const std::vector<vision::Portrait>& portraits,
                                       vision::Recognizer& recognizer, vision::CelebrityGallery& gallery) {
  std::vector<Result<std::vector<float>>> embeddings(portraits.size(),
                                                     fail(Code::kInternal, "not looked at"));
  std::atomic<std::size_t> next = 0;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < portraits.size(); at = next++) {
          embeddings[at] = embed(portraits[at].file, recognizer);
        }
      });
    }
  }
  // In the order of the list, so that the same list always gives the same gallery.
  std::vector<std::string> complaints;
  for (std::size_t i = 0; i < portraits.size(); ++i) {
    const Status added =
        embeddings[i] ? gallery.add(portraits[i].who, *embeddings[i]) : fail(embeddings[i].error());
    if (!added) complaints.push_back(portraits[i].file.string() + ": " + added.error().message);
  }
  return complaints;
}

Status furnish_gallery(const fs::path& data_directory, vision::LocalRecognizer& recognizer) {
  std::error_code error;
  if (fs::exists(gallery_file(data_directory), error)) return {};
  const fs::path folder = vision::user_cache_directory() / "portraits" / "presidents";
  const fs::path sheet = folder / "celebrities.csv";
  if (!fs::exists(sheet, error)) return {};
  EYRIE_TRY(const std::string model, embedding_model(recognizer));
  const fs::path kept = folder.parent_path() / "presidents.gallery";
  auto gallery = kept_example(kept, sheet, model);
  if (!gallery) {
    EYRIE_TRY(gallery, make_example(folder, recognizer));
    if (gallery->size() == 0) return fail(Code::kUnavailable, "no portrait could be read");
    if (const Status saved = gallery->save(kept); !saved) {
      log_warning("the gallery is not kept for other data directories", {{"error", saved.error().message}});
    }
  }
  return gallery->save(gallery_file(data_directory));
}

}  // namespace eyrie::app
