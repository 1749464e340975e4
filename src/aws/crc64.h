// CRC-64/NVME without its final inversion: reflected, polynomial 0xAD93D23594C93659. Thread-safe: pure functions.
//
// Source: NVM Express NVM Command Set 1.0, 5.2.1.3.4; Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ".
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace eyrie::aws {

// The CRC register after `piece`; it begins as all ones. Uses the processor's carry-less multiplication where there is one.
std::uint64_t crc64_nvme(std::uint64_t crc, ByteView piece);

}  // namespace eyrie::aws
