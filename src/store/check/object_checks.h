// Objects: that each row opens and has its file, that each file is whole and makes its ETag, and which files no row names. Internal to store/check.
#pragma once

#include "store/check/checking.h"
#include "store/objects/object_files.h"
#include "store/objects/object_rows.h"

namespace eyrie::store {

class ObjectChecks {
 public:
  // All must outlive it.
  ObjectChecks(const Checking& checking, const ObjectFolder& hot, const ObjectFolder& cold) : checking_(checking), hot_(hot), cold_(cold) {}

  void check_rows() const;
  void check_files() const;

 private:
  // What a file is to hold.
  struct Expected {
    const ObjectFolder& folder;
    const std::string& file;
    std::uint64_t stored_size = 0;
    bool compressed = false;
  };
  void check_row(const Statement& row, const RowSeal& seal) const;
  void check_copies(const RowSeal& seal) const;
  void check_file(const ObjectRow& row, const Expected& expected) const;
  Result<std::uint64_t> read_file(const ObjectRow& row, const Expected& expected, const crypto::SecretKey* given) const;
  void damaged_file(const ObjectRow& row, const Expected& expected, const Error& error) const;
  void check_folder(const ObjectFolder& folder, bool cold) const;
  void leftover(const std::filesystem::path& file, std::string what) const;

  const Checking& checking_;
  const ObjectFolder& hot_;
  const ObjectFolder& cold_;
};

}  // namespace eyrie::store
