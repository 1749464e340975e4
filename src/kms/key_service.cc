#include "kms/key_service.h"

namespace eyrie::kms {

std::string_view exception_name(Problem problem) {
  switch (problem) {
    case Problem::kNotFound:
      return "NotFoundException";
    case Problem::kDisabled:
      return "DisabledException";
    case Problem::kInvalidState:
      return "KMSInvalidStateException";
    case Problem::kInvalidCiphertext:
      return "InvalidCiphertextException";
    case Problem::kIncorrectKey:
      return "IncorrectKeyException";
    case Problem::kAlreadyExists:
      return "AlreadyExistsException";
    case Problem::kInvalidAliasName:
      return "InvalidAliasNameException";
    case Problem::kInvalidArn:
      return "InvalidArnException";
    case Problem::kLimitExceeded:
      return "LimitExceededException";
    case Problem::kInternal:
      break;
  }
  return "KMSInternalException";
}

}  // namespace eyrie::kms
