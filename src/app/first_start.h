// What a new data directory is furnished with: bucket `images`, table `ImageMetadataStore`, and the rule that an upload
// under uploads/ or raw-uploads/ ending in .jpg .jpeg .png .webp (any case) invokes `analyze-image`.
#pragma once

#include "base/result.h"
#include "store/embedded.h"

namespace eyrie::app {

// Once per data directory: what its owner removes later stays removed. Safe to repeat after a crash half way.
Status prepare_first_start(store::EmbeddedStore& store);

}  // namespace eyrie::app
