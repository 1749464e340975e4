// Headers of objects' files that are about to be written in their place, so that a power cut in the middle of one costs nothing: the file
// `rewrap.journal` in the data directory. Its format is in docs/formats.md.
//
// A batch is written and synced here first, then each header to its file, then the files are synced; the next batch takes this one's place. Whoever opens the
// directory after a crash writes the headers of a whole batch again, which changes nothing where they were written. One that is cut off is
// dropped: of it no header was written yet.
//
// Errors: kIo, kUnavailable (no room). Thread safety: one thread, which holds the data directory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/objects/chunk_file.h"
#include "store/objects/object_files.h"

namespace eyrie::store {

inline constexpr const char* kHeaderJournalFile = "rewrap.journal";

class HeaderJournal {
 public:
  // All must outlive it.
  HeaderJournal(const std::filesystem::path& directory, const ObjectFolder& hot, const ObjectFolder& cold);

  struct Entry {
    bool cold = false;
    std::string file;  // its UUID
    ObjectHeader header{};
  };
  // When it answers, all of them are on disk.
  Status write(const std::vector<Entry>& batch) const;
  // Whether a crash left one, and whether it is whole; one that is not was cut off, or is damaged.
  enum class Left { kNothing, kWhole, kCutOff };
  Left left() const;
  // What a crash left, then the journal is removed. Nothing to do where there is none.
  Status finish() const;

 private:
  Status apply(const std::vector<Entry>& batch) const;
  Result<std::optional<std::vector<Entry>>> read() const;

  const std::filesystem::path file_;
  const ObjectFolder& hot_;
  const ObjectFolder& cold_;
};

}  // namespace eyrie::store
