#include "api/s3/object/storage_class.h"

#include <algorithm>
#include <array>

#include "store/object_store.h"

namespace eyrie::api::s3 {
namespace {

// Warmest first.
constexpr std::array<std::string_view, 8> kClasses = {
    "REDUCED_REDUNDANCY", "STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"};

}  // namespace

bool is_storage_class(std::string_view name) { return std::ranges::find(kClasses, name) != kClasses.end(); }

int warmth(std::string_view storage_class) {
  return static_cast<int>(kClasses.end() - std::ranges::find(kClasses, storage_class));
}

}  // namespace eyrie::api::s3
