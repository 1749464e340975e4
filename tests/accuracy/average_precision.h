// Average precision of a detector at one overlap, as COCO's evaluation defines it: per class, boxes of all
// pictures in order of confidence are matched, each to the unmatched true box it overlaps most, right where
// intersection over union is at least 0.5; precision is made to fall with recall, and read at 101 recalls 0,
// 0.01 .. 1; their mean is AP50. mAP50 is the mean over the classes that have a true box. At most 100 boxes
// of a picture count.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "vision/recognizer.h"

namespace eyrie::accuracy {

struct Box {
  std::size_t picture = 0;
  vision::BoundingBox box;
  double confidence = 0;  // of found boxes
};

struct Boxes {
  std::vector<Box> truth;
  std::vector<Box> found;
};

// By class name.
using BoxesByClass = std::map<std::string, Boxes>;

inline constexpr std::size_t kMaxBoxesOfPicture = 100;

double average_precision(const Boxes& boxes);
double mean_average_precision(const BoxesByClass& classes);

// Drops all but each picture's kMaxBoxesOfPicture surest found boxes, over all classes.
void limit_boxes(BoxesByClass& classes);

}  // namespace eyrie::accuracy
