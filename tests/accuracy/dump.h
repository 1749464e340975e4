// What each network alone says of each photo's labels, raw, for fitting the calibration (calibrate.py).
#pragma once

#include <cstdio>

#include "eval_set.h"
#include "vision/networks/pack.h"

namespace eyrie::accuracy {

// One line a label that the truth can judge: model, set, photo, label, raw score, 1 where right, 1 where the general tagger
// contradicts.
Status dump_scores(const vision::Pack& pack, const vision::Pack& tagger, const char* set_name, const EvalSet& set,
                   std::FILE* out);

}  // namespace eyrie::accuracy
