// A role's trust policy as it is given.
#include "iam/roles/roles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)eyrie::iam::check_trust_policy({reinterpret_cast<const char*>(data), size});
  return 0;
}
