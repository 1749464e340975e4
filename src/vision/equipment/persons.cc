#include "vision/equipment/persons.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace eyrie::vision {
namespace {

constexpr double kLeastConfidence = 50;
// A face lies in this upper share of its person: half for those who stand, more for those seen to the chest.
constexpr double kUpperPart = 0.6;

double area(const BoundingBox& box) {
  return box.width * box.height;
}

// How far the face is from where the person's would be, in the person's own size; none where it can't be
// theirs.
std::optional<double> distance(const BoundingBox& person, const BoundingBox& face) {
  const double across = (face.left + face.width / 2 - person.left) / person.width;
  const double down = (face.top + face.height / 2 - person.top) / person.height;
  if (!(across >= 0 && across <= 1 && down >= -0.05 && down <= kUpperPart)) return std::nullopt;
  return std::hypot(across - 0.5, down);
}

}  // namespace

std::vector<ProtectedPerson> persons_of(std::span<const Instance> found, std::size_t most) {
  std::vector<ProtectedPerson> persons;
  for (const Instance& instance : found) {
    if (instance.confidence < kLeastConfidence || !(area(instance.box) > 0)) continue;
    persons.push_back({.box = instance.box, .confidence = instance.confidence});
  }
  std::ranges::sort(persons, std::ranges::greater(), [](const ProtectedPerson& person) {
    return std::pair(area(person.box), person.confidence);
  });
  if (persons.size() > most) persons.resize(most);
  for (std::size_t i = 0; i < persons.size(); ++i) persons[i].id = static_cast<int>(i);
  return persons;
}

std::vector<std::optional<std::size_t>> faces_of(std::span<const ProtectedPerson> persons,
                                                 std::span<const Face> faces) {
  std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;  // distance, person, face
  for (std::size_t p = 0; p < persons.size(); ++p) {
    for (std::size_t f = 0; f < faces.size(); ++f) {
      if (const auto away = distance(persons[p].box, faces[f].box)) pairs.emplace_back(*away, p, f);
    }
  }
  std::ranges::sort(pairs);
  std::vector<std::optional<std::size_t>> owned(persons.size());
  std::vector<bool> taken(faces.size());
  for (const auto& [away, person, face] : pairs) {
    if (owned[person] || taken[face]) continue;
    owned[person] = face;
    taken[face] = true;
  }
  return owned;
}

}  // namespace eyrie::vision
