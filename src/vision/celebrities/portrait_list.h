// What a gallery is made of: who, and the picture files of their faces.
//
// A folder: one picture a person, named for them ("Ada Lovelace.jpg", or with underscores); a folder in it is
// a person with several pictures. Where it holds a celebrities.csv, that is read instead.
//
// A CSV file (RFC 4180, UTF-8): the first row names the columns, in any order:
//   name      required
//   portrait  required; a picture file, seen from the CSV file's folder
//   id        letters and digits; else made from the name
//   urls      separated by spaces
//   gender    Male, Female, Nonbinary or Unlisted
// Other columns are left alone. Two rows of one name are two portraits of one person.
//
// Errors: kNotFound, kInvalidArgument - the file does not follow the format (the message says the row);
// system errors. Thread-safe.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vision/celebrities/celebrity_gallery.h"

namespace eyrie::vision {

struct Portrait {
  Celebrity who;
  std::filesystem::path file;
};

Result<std::vector<Portrait>> read_portraits(const std::filesystem::path& folder_or_csv);

// `folder`: where the portraits are looked for.
Result<std::vector<Portrait>> parse_portraits(std::string_view csv, const std::filesystem::path& folder);

}  // namespace eyrie::vision
