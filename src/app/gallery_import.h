// Makes galleries of celebrities out of portraits, and furnishes a new data directory with the built-in
// example.
//
// Errors: those of reading portraits and of saving galleries; kUnavailable - no model that embeds faces is
// installed. Thread safety: functions may run beside each other; two that save the same gallery leave the one
// that came last.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "vision/celebrities/celebrity_gallery.h"
#include "vision/celebrities/portrait_list.h"
#include "vision/local_recognizer.h"

namespace eyrie::app {

std::filesystem::path gallery_file(const std::filesystem::path& data_directory);

// The id of the pack that embeds faces.
Result<std::string> embedding_model(const vision::LocalRecognizer& recognizer);

// Adds the largest face of each picture. What could not be added is said, one line each; the rest is added
// nevertheless.
std::vector<std::string> add_portraits(const std::vector<vision::Portrait>& portraits,
                                       vision::Recognizer& recognizer, vision::CelebrityGallery& gallery);

// Where the directory has no gallery yet: gives it that of the portraits which set-up fetched, made once and
// kept in the user's cache. Does nothing where set-up fetched none.
Status furnish_gallery(const std::filesystem::path& data_directory, vision::LocalRecognizer& recognizer);

}  // namespace eyrie::app
