// The parts of the accuracy report, one a file. Each prints what it defines and finds, and skips, saying so, what is not there.
#pragma once

#include "report.h"

namespace eyrie::accuracy {

void measure_labels(Report& report);
void measure_faces(Report& report);
void measure_age_gender(Report& report);
void measure_orientation(Report& report);
void measure_text(Report& report);
void measure_moderation(Report& report);
void measure_celebrities(Report& report);
// Every installed detector's and tagger's raw scores on both sets, for calibration; an exit code.
int dump_all();

}  // namespace eyrie::accuracy
