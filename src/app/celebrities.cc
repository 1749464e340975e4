#include <cstdio>
#include <iostream>

#include "app/commands.h"
#include "app/gallery_import.h"
#include "base/json.h"
#include "vision/celebrities/celebrity_gallery.h"

namespace eyrie::app {
namespace {

// An empty one where there is no file.
Result<vision::CelebrityGallery> open_gallery(const std::string& data, const std::string& model) {
  auto gallery = vision::CelebrityGallery::open(gallery_file(data));
  if (!gallery && gallery.error().code == Code::kNotFound) return vision::CelebrityGallery(model);
  return gallery;
}

Result<vision::CelebrityGallery> gallery_for_import(const CelebritiesArguments& arguments,
                                                    const std::string& model) {
  if (arguments.replace) return vision::CelebrityGallery(model);
  EYRIE_TRY(vision::CelebrityGallery gallery, open_gallery(arguments.data, model));
  if (gallery.size() == 0) return vision::CelebrityGallery(model);
  if (gallery.model() != model) {
    return fail(Code::kFailedPrecondition, "the gallery was made with the model " + gallery.model() +
                                               ", not with " + model +
                                               "; import everybody anew with --replace");
  }
  return gallery;
}

Status import_into_gallery(const CelebritiesArguments& arguments, std::size_t& left_out) {
  EYRIE_TRY(const auto portraits, vision::read_portraits(arguments.source));
  EYRIE_TRY(auto recognizer, vision::LocalRecognizer::open({.models = {}, .set = arguments.model_set}));
  EYRIE_TRY(const std::string model, embedding_model(*recognizer));
  EYRIE_TRY(vision::CelebrityGallery gallery, gallery_for_import(arguments, model));
  const auto complaints = add_portraits(portraits, *recognizer, gallery);
  for (const std::string& complaint : complaints) std::cerr << "eyrie: left out " << complaint << "\n";
  left_out = complaints.size();
  if (left_out == portraits.size())
    return fail(Code::kInvalidArgument, "no portrait could be used; nothing is changed");
  EYRIE_CHECK_OK(gallery.save(gallery_file(arguments.data)));
  std::printf("%zu portraits added, %zu left out; %zu people with %zu portraits are known\n",
              portraits.size() - left_out, left_out, gallery.size(), gallery.portraits());
  return {};
}

}  // namespace

int import_celebrities(const CelebritiesArguments& arguments) {
  std::size_t left_out = 0;
  const Status imported = import_into_gallery(arguments, left_out);
  if (!imported) return complain(imported.error());
  return left_out == 0 ? 0 : 1;
}

int list_celebrities(const CelebritiesArguments& arguments) {
  const auto gallery = open_gallery(arguments.data, "");
  if (!gallery) return complain(gallery.error());
  if (!arguments.json) {
    for (const vision::Celebrity* who : gallery->celebrities()) {
      std::printf("%-10s %-32s %s\n", who->id.c_str(), who->name.c_str(),
                  who->urls.empty() ? "" : who->urls[0].c_str());
    }
    return 0;
  }
  json::array list;
  for (const vision::Celebrity* who : gallery->celebrities()) {
    json::array urls;
    for (const std::string& url : who->urls) urls.emplace_back(url);
    list.push_back(json::object{{"Id", who->id},
                                {"Name", who->name},
                                {"Urls", std::move(urls)},
                                {"KnownGender", vision::known_gender_name(who->gender)}});
  }
  std::cout << write_json(list) << "\n";
  return 0;
}

int remove_celebrities(const CelebritiesArguments& arguments) {
  auto gallery = open_gallery(arguments.data, "");
  if (!gallery) return complain(gallery.error());
  bool all_known = true;
  for (const std::string& id : arguments.ids) {
    if (gallery->remove(id)) continue;
    all_known = false;
    std::cerr << "eyrie: nobody has the id " << id << "\n";
  }
  // An empty file stays: without one the next start would bring the example back.
  const Status saved = (arguments.ids.empty() ? vision::CelebrityGallery(gallery->model()) : *gallery)
                           .save(gallery_file(arguments.data));
  if (!saved) return complain(saved.error());
  return all_known ? 0 : 1;
}

}  // namespace eyrie::app
