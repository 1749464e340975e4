// Result<T>: a value or an Error. The way every fallible function of Eyrie answers.
//
//   Result<Image> image = decode(bytes, limits);
//   if (!image) return std::unexpected(image.error());
//   EYRIE_TRY(auto labels, recognizer.detect(*image));   // the same, in one line
//
// An Error names what went wrong (code), and says it to a person (message). It carries no wire names: each API
// maps codes, or its own richer error type, to the wire in one place (aws/wire_error.h).
//
// Thread safety: plain values.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace eyrie {

enum class Code {
  kInvalidArgument,     // the caller's input is wrong, whatever the state; retrying cannot help
  kUnsupported,         // well-formed, but of a kind that is not handled (an image format, say)
  kTooLarge,            // over a stated limit of bytes, pixels, items
  kNotFound,            // the thing named does not exist
  kAlreadyExists,       // the thing to create exists
  kFailedPrecondition,  // right in itself, wrong in the present state (a bucket that is not empty, a failed condition)
  kPermissionDenied,    // known who asks; not allowed. Unknown who asks: kUnauthenticated
  kUnauthenticated,     // no valid signature or session
  kCorrupt,             // stored or received bytes fail their check
  kUnavailable,         // full or shutting down; retry later
  kDeadlineExceeded,    // took longer than its time
  kIo,                  // the operating system refused: disk, file, socket
  kInternal,            // a defect of ours
};

// "kNotFound" -> "NotFound", for logs.
std::string_view code_name(Code code);

struct Error {
  Code code = Code::kInternal;
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// Shorthand for `std::unexpected(Error{code, message})`.
inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}
inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

// Error of the last failed system call: "WHAT: strerror". ENOSPC and EDQUOT read as kUnavailable, ENOENT as
// kNotFound, all else as kIo.
Error system_error(std::string_view what, int error_number);

#define EYRIE_CONCAT_INNER(a, b) a##b
#define EYRIE_CONCAT(a, b) EYRIE_CONCAT_INNER(a, b)
// EYRIE_TRY(auto x, expression): x is the value, or the enclosing function returns the error.
#define EYRIE_TRY(declaration, expression) \
  EYRIE_TRY_INNER(EYRIE_CONCAT(eyrie_try_, __LINE__), declaration, expression)
#define EYRIE_TRY_INNER(name, declaration, expression)        \
  auto name = (expression);                                   \
  if (!name) return std::unexpected(std::move(name).error()); \
  declaration = *std::move(name)
// EYRIE_CHECK_OK(expression): for a Status; returns its error from the enclosing function.
#define EYRIE_CHECK_OK(expression) EYRIE_CHECK_OK_INNER(EYRIE_CONCAT(eyrie_ok_, __LINE__), expression)
#define EYRIE_CHECK_OK_INNER(name, expression) \
  if (auto name = (expression); !name) return std::unexpected(std::move(name).error())

}  // namespace eyrie
