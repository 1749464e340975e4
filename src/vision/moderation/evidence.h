// From what was seen in a picture to what may be unsafe about it. docs/moderation.md says the same by label.
//
// Bodies. A network tells how far a picture is like drawings, drawn pornography, harmless photographs,
// pornography and suggestive photographs: `Exposure`. Measured on photographs that show nothing of the kind,
// it takes hands, faces that fill the picture and sports for bare bodies, at any score. So its word is one
// term of a sum of log odds:
//   explicit        logit(porn + hentai) - 2 - 4 thing - 6 face
//   swimwear        0.8 logit(garment) - 0.7 + suggestive(sexy) - 3 thing - 2 face
//   drawn           logit(drawing + hentai) - 2.5
// garment: what the labels say of bikinis, swimsuits, trunks, bras; at least 0.02. thing: how surely, 0..1,
// the picture is one of a thing that is no person, garment, room or furniture, or of sports. face: 0 where
// the largest face takes up to a tenth of the picture, 1 from three tenths on. 2 and 2.5 stand for how much
// rarer such pictures are in the world than among those the network learned from. Nudity that is not explicit
// is what lies between: the network divides the picture between pornography and suggestion, and explicit
// nudity is not likely.
//
// Things. Labels of the general networks, each with the weight at which it is taken for what it stands for.
//
// Thread-safe; no errors.
#pragma once

#include <string_view>
#include <vector>

#include "vision/labels/fusion.h"
#include "vision/recognition/recognition.h"

namespace eyrie::vision {

// Shares, 0..1.
struct Exposure {
  double drawing = 0, hentai = 0, porn = 0, sexy = 0;
};

// Whether it is worth looking for faces: without so much, none of the labels of bodies reaches 50.
bool suspicious(const Exposure& exposure);

// face_share: of the picture's area, that of its largest face. Labels below min_confidence, and all below 1,
// are left out.
Moderation weigh(const Exposure& exposure, const Fusion& seen, double face_share, double min_confidence);

// How surely the picture is one of a thing, 0..1, as above.
double thing_of(const Fusion& seen);

// Every label of the general networks that is weighed by name.
std::vector<std::string_view> weighed_labels();

}  // namespace eyrie::vision
