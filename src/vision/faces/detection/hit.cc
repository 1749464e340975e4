#include "vision/faces/detection/hit.h"

#include <algorithm>

namespace eyrie::vision {
namespace {

double intersection(const Hit& a, const Hit& b) {
  const auto shared = [](double centre_a, double size_a, double centre_b, double size_b) {
    return std::min(centre_a + size_a / 2, centre_b + size_b / 2) -
           std::max(centre_a - size_a / 2, centre_b - size_b / 2);
  };
  const double across = shared(a.centre.x, a.width, b.centre.x, b.width);
  const double down = shared(a.centre.y, a.height, b.centre.y, b.height);
  return across > 0 && down > 0 ? across * down : 0;
}

void add(Hit& sum, const Hit& hit) {
  const auto add_point = [&](Point& into, const Point& point) {
    into.x += point.x * hit.score;
    into.y += point.y * hit.score;
  };
  add_point(sum.centre, hit.centre);
  sum.width += hit.width * hit.score;
  sum.height += hit.height * hit.score;
  for (std::size_t i = 0; i < kSeedPoints; ++i) add_point(sum.points[i], hit.points[i]);
  sum.score += hit.score;
}

Hit mean(const Hit& sum, double best_score) {
  Hit hit = sum;
  const auto divide = [&](Point& point) {
    point.x /= sum.score;
    point.y /= sum.score;
  };
  divide(hit.centre);
  hit.width /= sum.score;
  hit.height /= sum.score;
  for (Point& point : hit.points) divide(point);
  hit.score = best_score;
  return hit;
}

}  // namespace

Hit to_picture(const LookHit& found, const Look& look) {
  Hit hit{.centre = look.to_picture({(found.left + found.right) / 2, (found.top + found.bottom) / 2}),
          .width = (found.right - found.left) * look.width,
          .height = (found.bottom - found.top) * look.height,
          .score = found.score};
  std::ranges::transform(found.points, hit.points.begin(),
                         [&](Point point) { return look.to_picture(point); });
  return hit;
}

double overlap(const Hit& a, const Hit& b) {
  const double both = intersection(a, b);
  return both > 0 ? both / (a.area() + b.area() - both) : 0;
}

double containment(const Hit& a, const Hit& b) {
  const double both = intersection(a, b);
  return both > 0 ? both / std::min(a.area(), b.area()) : 0;
}

std::vector<Hit> blend(std::vector<Hit> hits, double min_overlap, std::size_t most) {
  std::ranges::sort(hits, std::ranges::greater{}, &Hit::score);
  std::vector<Hit> groups;
  std::vector<bool> taken(hits.size());
  for (std::size_t i = 0; i < hits.size() && groups.size() < most; ++i) {
    if (taken[i]) continue;
    Hit sum;
    for (std::size_t j = i; j < hits.size(); ++j) {
      if (taken[j] || (j != i && overlap(hits[i], hits[j]) < min_overlap)) continue;
      taken[j] = true;
      add(sum, hits[j]);
    }
    groups.push_back(mean(sum, hits[i].score));
  }
  return groups;
}

}  // namespace eyrie::vision
