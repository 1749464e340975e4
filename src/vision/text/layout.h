// How boxes of text make lines, and in which order lines are read.
//
// Units: pixels of the picture; directions are angles in radians, clockwise from the picture's horizontal (y
// grows downwards). No errors. Time is bounded by the square of the number of boxes. Thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/quad.h"
#include "vision/text/text_map.h"

namespace eyrie::vision {

// Along which most of the text runs, from -pi/2 to pi/2: told by boxes that are clearly longer than high. 0
// where there are none.
double page_axis(std::span<const TextBox> boxes);

// Of a strip: from its left to its right.
double direction_of(const image::Quad& strip);

// The difference of two directions, 0..pi.
double angle_between(double a, double b);

// The box with its corners turned so that it runs nearest to `direction`.
image::Quad turned_towards(const image::Quad& box, double direction);

// Lines in reading order: rows from the top of a page whose text runs along `direction`, each from its start
// to its end; a line holds the indices of its strips. Strips share a line where they stand on one baseline,
// are about of one height and less than a wide space apart.
std::vector<std::vector<std::size_t>> lines_of(std::span<const image::Quad> strips, double direction);

}  // namespace eyrie::vision
