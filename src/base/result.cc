#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace eyrie {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument: return "InvalidArgument";
    case Code::kUnsupported: return "Unsupported";
    case Code::kTooLarge: return "TooLarge";
    case Code::kNotFound: return "NotFound";
    case Code::kAlreadyExists: return "AlreadyExists";
    case Code::kFailedPrecondition: return "FailedPrecondition";
    case Code::kPermissionDenied: return "PermissionDenied";
    case Code::kUnauthenticated: return "Unauthenticated";
    case Code::kCorrupt: return "Corrupt";
    case Code::kUnavailable: return "Unavailable";
    case Code::kDeadlineExceeded: return "DeadlineExceeded";
    case Code::kIo: return "Io";
    case Code::kInternal: return "Internal";
  }
  return "Unknown";
}

Error system_error(std::string_view what, int error_number) {
  char buffer[256];
  const char* text = strerror_r(error_number, buffer, sizeof buffer);
  Code code = Code::kIo;
  if (error_number == ENOSPC || error_number == EDQUOT) code = Code::kUnavailable;
  if (error_number == ENOENT) code = Code::kNotFound;
  return {code, std::string(what) + ": " + text};
}

}  // namespace eyrie
