// multipart/form-data, read as a stream: small fields are gathered, the one named "file" goes out as it comes in.
//
// As S3 reads forms: what follows the file is ignored. Bounded: a boundary of 70 characters, a part's header 4 KiB, 128
// fields, 20 KiB of names and values together (S3's limit), what stands before the first boundary 1 KiB.
// Source: RFC 7578, RFC 2046 section 5.1. Not thread-safe: one parser a body.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::api::s3 {

// The boundary told in a Content-Type; nullopt where it is no multipart/form-data or the boundary is none.
std::optional<std::string> form_boundary(std::string_view content_type);

class FormParser {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;  // in order, names as sent

  struct Output {
    // The file begins: every field before it, and the file's name, where one is told (its last path component).
    std::function<Status(Fields fields, std::optional<std::string> filename)> begin_file;
    std::function<Status(ByteView piece)> file;
  };

  FormParser(const std::string& boundary, Output output);

  // kInvalidArgument: malformed. kTooLarge: over a bound. Or what an output answered.
  Status feed(ByteView piece);
  // kInvalidArgument where the form ended early, kNotFound where it had no file.
  Status finish();
  bool had_file() const { return had_file_; }

 private:
  enum class State { kPreamble, kAfterBoundary, kHeader, kField, kFile, kEnd };

  // Each does what it can with the bytes gathered; false: it needs more of them.
  Result<bool> step();
  Result<bool> skip_preamble();
  Result<bool> after_boundary();
  Result<bool> read_header();
  Result<bool> read_field();
  Result<bool> read_file();
  Status begin_part(std::string_view header);
  Status count(std::size_t bytes);

  const std::string delimiter_;  // CR LF -- BOUNDARY
  const Output output_;
  State state_ = State::kPreamble;
  std::string buffer_;
  Fields fields_;
  std::string name_;  // of the field being read
  std::size_t field_bytes_ = 0;
  bool had_file_ = false;
};

}  // namespace eyrie::api::s3
