#include "analysis/pictures/countries.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

extern "C" const char eyrie_countries_start[], eyrie_countries_end[];

namespace eyrie::analysis {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is");

constexpr double kPerDegree = 100;
constexpr double kOffshore = 0.25 * kPerDegree;  // some 28 km: piers, small islands that the outlines leave out
constexpr std::size_t kPointBytes = 4;

// Hundredths of a degree: longitude and latitude.
struct Point {
  double x, y;
};

class Reader {
 public:
  explicit Reader(std::string_view data) : left_(data) {}
  std::string_view take(std::size_t bytes) {
    const std::string_view taken = left_.substr(0, bytes);
    left_.remove_prefix(taken.size());
    return taken;
  }
  template <typename Number>
  Number number() {
    Number read{};
    const std::string_view bytes = take(sizeof read);
    std::memcpy(&read, bytes.data(), bytes.size());
    return read;
  }

 private:
  std::string_view left_;
};

struct Ring {
  std::string_view points;
  double west = 1e9, south = 1e9, east = -1e9, north = -1e9;

  std::size_t size() const { return points.size() / kPointBytes; }
  Point at(std::size_t index) const {
    std::array<std::int16_t, 2> pair;
    std::memcpy(pair.data(), points.data() + index * kPointBytes, sizeof pair);
    return {.x = static_cast<double>(pair[0]), .y = static_cast<double>(pair[1])};
  }
  bool near(Point point, double reach_x, double reach_y) const {
    return point.x >= west - reach_x && point.x <= east + reach_x && point.y >= south - reach_y && point.y <= north + reach_y;
  }
};

struct Country {
  std::string_view code, names;
  std::vector<Ring> rings;
};

std::vector<Country> read_countries() {
  Reader reader({eyrie_countries_start, eyrie_countries_end});
  std::vector<Country> all(reader.number<std::uint16_t>());
  for (Country& country : all) {
    country.code = reader.take(2);
    country.names = reader.take(reader.number<std::uint8_t>());
    country.rings.resize(reader.number<std::uint16_t>());
    for (Ring& ring : country.rings) {
      ring.points = reader.take(reader.number<std::uint16_t>() * kPointBytes);
      for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point point = ring.at(i);
        ring.west = std::min(ring.west, point.x);
        ring.east = std::max(ring.east, point.x);
        ring.south = std::min(ring.south, point.y);
        ring.north = std::max(ring.north, point.y);
      }
    }
  }
  return all;
}

const std::vector<Country>& countries() {
  static const std::vector<Country> all = read_countries();
  return all;
}

// Calls with each edge, the last point's to the first included.
template <typename Use>
void each_edge(const Ring& ring, Use use) {
  Point from = ring.at(ring.size() - 1);
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point to = ring.at(i);
    use(from, to);
    from = to;
  }
}

// Whether a line to the east crosses the ring an odd number of times. Source: Shimrat, "Algorithm 112: Position of point relative to polygon", CACM 1962.
bool crosses_oddly(const Ring& ring, Point point) {
  bool odd = false;
  each_edge(ring, [&](Point a, Point b) {
    if ((a.y > point.y) != (b.y > point.y) && point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y)) odd = !odd;
  });
  return odd;
}

// The square of the distance, where degrees of longitude are `narrow` times as long as those of latitude.
double distance_squared(const Ring& ring, Point point, double narrow) {
  double least = 1e18;
  each_edge(ring, [&](Point a, Point b) {
    const double dx = (b.x - a.x) * narrow, dy = b.y - a.y, px = (point.x - a.x) * narrow, py = point.y - a.y;
    const double length = dx * dx + dy * dy;
    const double along = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0, 1.0) : 0;
    const double off_x = px - along * dx, off_y = py - along * dy;
    least = std::min(least, off_x * off_x + off_y * off_y);
  });
  return least;
}

// Rings that cross the 180th meridian go on beyond it.
std::array<Point, 3> turns(const Place& place) {
  const double x = place.longitude * kPerDegree, y = place.latitude * kPerDegree;
  return {{{x, y}, {x - 360 * kPerDegree, y}, {x + 360 * kPerDegree, y}}};
}

}  // namespace

CountryId country_at(const Place& place) {
  const std::vector<Country>& all = countries();
  const auto points = turns(place);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Point point : points) {
      bool inside = false;  // a country's lakes and enclaves are rings in its rings
      for (const Ring& ring : all[i].rings) inside ^= ring.near(point, 0, 0) && crosses_oddly(ring, point);
      if (inside) return static_cast<CountryId>(i + 1);
    }
  }
  const double narrow = std::max(0.01, std::cos(place.latitude * std::numbers::pi / 180));
  double least = kOffshore * kOffshore;
  CountryId nearest = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Ring& ring : all[i].rings) {
      for (const Point point : points) {
        if (!ring.near(point, kOffshore / narrow, kOffshore)) continue;
        const double off = distance_squared(ring, point, narrow);
        if (off >= least) continue;
        least = off;
        nearest = static_cast<CountryId>(i + 1);
      }
    }
  }
  return nearest;
}

CountryId last_country() { return static_cast<CountryId>(countries().size()); }

std::string_view country_code(CountryId country) { return country == 0 || country > last_country() ? std::string_view() : countries()[country - 1U].code; }

std::string_view country_names(CountryId country) { return country == 0 || country > last_country() ? std::string_view() : countries()[country - 1U].names; }

}  // namespace eyrie::analysis
