// What cannot fail but by a broken installation of OpenSSL: the process ends, and says why. Thread-safe.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace eyrie::crypto {

inline void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "eyrie: OpenSSL failed: %s\n", what);
  std::abort();
}

}  // namespace eyrie::crypto
