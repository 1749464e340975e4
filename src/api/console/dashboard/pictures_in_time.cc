// What is on the pictures of a range, by week and by place.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "api/console/dashboard/dashboard.h"

namespace eyrie::api::console {
namespace {

using analysis::Picture;
using Counts = std::unordered_map<std::string, std::size_t>;

constexpr double kSure = 80;
// 1970-01-05 was a Monday.
constexpr std::int64_t kFirstMonday_s = 4 * kDay_s;
constexpr int kCells = 36;               // across the longer side
constexpr std::size_t kMostNames = 200;  // of one cluster that are counted

void count_labels(const Picture& picture, Counts& counts,
                  std::size_t most = std::numeric_limits<std::size_t>::max()) {
  for (const analysis::PictureLabel& label : picture.labels) {
    if (label.confidence < kSure) break;  // the surest come first
    if (const auto found = counts.find(label.name); found != counts.end()) {
      ++found->second;
    } else if (counts.size() < most) {
      counts.emplace(label.name, 1);
    }
  }
}

std::vector<std::pair<std::string, std::size_t>> most_frequent(const Counts& counts, std::size_t most) {
  std::vector<std::pair<std::string, std::size_t>> all(counts.begin(), counts.end());
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  std::ranges::partial_sort(all, end, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  all.erase(end, all.end());
  return all;
}

// What of the Earth is looked at, as a grid. Longitudes count from its west, so that none jumps at the 180th
// meridian.
class Grid {
 public:
  explicit Grid(const analysis::Area& area)
      : area_(area),
        width_(area.east - area.west + (area.west <= area.east ? 0 : 360)),
        cell_(std::max({width_, area.north - area.south, 1e-6}) / kCells) {}

  double east_of_west(double longitude) const {
    return longitude - area_.west + (longitude < area_.west ? 360 : 0);
  }
  std::pair<int, int> cell(const analysis::Place& place) const {
    return {static_cast<int>(east_of_west(place.longitude) / cell_),
            static_cast<int>((place.latitude - area_.south) / cell_)};
  }
  double longitude(double east_of_west) const {
    const double longitude = area_.west + east_of_west;
    return longitude > 180 ? longitude - 360 : longitude;
  }

 private:
  const analysis::Area area_;
  const double width_, cell_;
};

struct Gathered {
  std::size_t pictures = 0;
  double latitudes = 0, longitudes = 0;  // sums; the second from the grid's west
  double south = 90, north = -90, west = 360, east = 0;
  std::string newest;
  Counts labels;
};

Cluster cluster_of(const Gathered& gathered, const Grid& grid) {
  const auto count = static_cast<double>(gathered.pictures);
  return {.latitude = gathered.latitudes / count,
          .longitude = grid.longitude(gathered.longitudes / count),
          .bounds = {.west = grid.longitude(gathered.west),
                     .south = gathered.south,
                     .east = grid.longitude(gathered.east),
                     .north = gathered.north},
          .pictures = gathered.pictures,
          .newest = gathered.newest,
          .labels = most_frequent(gathered.labels, 3)};
}

}  // namespace

std::int64_t week_begin(std::int64_t time_s) {
  const std::int64_t since = time_s - kFirstMonday_s;
  const std::int64_t within = ((since % kWeek_s) + kWeek_s) % kWeek_s;
  return time_s - within;
}

std::vector<Week> weeks_of(const analysis::PictureIndex& index, const Range& range) {
  std::map<std::int64_t, std::pair<std::size_t, Counts>> by_week;
  index.each(range.start_s, range.end_s, [&](const Picture& picture) {
    auto& [pictures, labels] = by_week[week_begin(picture.uploaded)];
    ++pictures;
    count_labels(picture, labels);
  });
  std::vector<Week> weeks;
  for (const auto& [begin_s, week] : by_week)
    weeks.push_back(
        {.begin_s = begin_s, .pictures = week.first, .labels = most_frequent(week.second, kMostLabels)});
  return weeks;
}

Places places_of(const analysis::PictureIndex& index, const Range& range, const analysis::Area& area) {
  const Grid grid(area);
  std::map<std::pair<int, int>, Gathered> cells;
  Places places;
  index.each(range.start_s, range.end_s, [&](const Picture& picture) {
    if (picture.archived) return;  // as the gallery, which a place leads to
    if (!picture.place) return void(++places.without);
    if (!area.contains(*picture.place)) return;
    ++places.pictures;
    Gathered& cell = cells[grid.cell(*picture.place)];
    const double latitude = picture.place->latitude, longitude = grid.east_of_west(picture.place->longitude);
    ++cell.pictures;
    cell.latitudes += latitude;
    cell.longitudes += longitude;
    cell.south = std::min(cell.south, latitude);
    cell.north = std::max(cell.north, latitude);
    cell.west = std::min(cell.west, longitude);
    cell.east = std::max(cell.east, longitude);
    cell.newest = picture.id;
    count_labels(picture, cell.labels, kMostNames);
  });
  for (const auto& [at, gathered] : cells) places.clusters.push_back(cluster_of(gathered, grid));
  std::ranges::stable_sort(places.clusters, std::ranges::greater(), &Cluster::pictures);
  if (places.clusters.size() > kMostPlaces) {
    places.left_out = places.clusters.size() - kMostPlaces;
    places.clusters.resize(kMostPlaces);
  }
  return places;
}

}  // namespace eyrie::api::console
