#include "vision/celebrities/portrait_list.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/encoding.h"

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSheet = "celebrities.csv";
constexpr std::uintmax_t kMaxSheet = 64U << 20;

std::unexpected<Error> wrong(std::size_t row, const std::string& why) {
  return fail(Code::kInvalidArgument, "row " + std::to_string(row) + ": " + why);
}

// Rows of cells. A quoted cell may hold commas, line ends and doubled quotes.
class Rows {
 public:
  explicit Rows(std::string_view text) : text_(text) {}

  std::size_t number() const { return number_; }

  // nullopt at the end. Empty lines are passed over.
  Result<std::optional<std::vector<std::string>>> next() {
    while (!text_.empty() && (text_.front() == '\n' || text_.front() == '\r')) text_.remove_prefix(1);
    if (text_.empty()) return std::nullopt;
    ++number_;
    std::vector<std::string> cells;
    while (true) {
      EYRIE_TRY(std::string cell, take_cell());
      cells.push_back(std::move(cell));
      if (!text_.empty() && text_.front() == ',') {
        text_.remove_prefix(1);
        continue;
      }
      return cells;
    }
  }

 private:
  Result<std::string> take_cell() {
    if (text_.empty() || text_.front() != '"') {
      const std::string_view cell = text_.substr(0, text_.find_first_of(",\r\n"));
      text_.remove_prefix(cell.size());
      return std::string(cell);
    }
    std::string cell;
    text_.remove_prefix(1);
    while (true) {
      const std::size_t quote = text_.find('"');
      if (quote == std::string_view::npos) return wrong(number_, "a quote is not closed");
      cell += text_.substr(0, quote);
      text_.remove_prefix(quote + 1);
      if (text_.empty() || text_.front() != '"') break;
      cell += '"';
      text_.remove_prefix(1);
    }
    if (!text_.empty() && text_.find_first_of(",\r\n") != 0)
      return wrong(number_, "text after a closing quote");
    return cell;
  }

  std::string_view text_;
  std::size_t number_ = 0;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// Rekognition's URLs have no scheme.
std::vector<std::string> urls_of(std::string_view cell) {
  std::vector<std::string> urls;
  while (true) {
    const std::size_t first = cell.find_first_not_of(" \t");
    if (first == std::string_view::npos) return urls;
    cell.remove_prefix(first);
    std::string_view url = cell.substr(0, cell.find_first_of(" \t"));
    cell.remove_prefix(url.size());
    for (const std::string_view scheme : {"https://", "http://"}) {
      if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    }
    if (!url.empty()) urls.emplace_back(url);
  }
}

// Where each known column is.
struct Columns {
  std::optional<std::size_t> name, portrait, id, urls, gender;

  static Result<Columns> of(const std::vector<std::string>& heads) {
    Columns columns;
    const auto place = [&](std::string_view head, std::optional<std::size_t>& column) {
      const auto at =
          std::ranges::find_if(heads, [&](const std::string& cell) { return trimmed(cell) == head; });
      if (at != heads.end()) column = static_cast<std::size_t>(at - heads.begin());
    };
    place("name", columns.name);
    place("portrait", columns.portrait);
    place("id", columns.id);
    place("urls", columns.urls);
    place("gender", columns.gender);
    if (!columns.name || !columns.portrait)
      return wrong(1, "there must be columns \"name\" and \"portrait\"");
    return columns;
  }
};

Result<Portrait> portrait_of(const std::vector<std::string>& cells, const Columns& columns, std::size_t row,
                             const fs::path& folder) {
  const auto cell = [&](std::optional<std::size_t> column) {
    return column && *column < cells.size() ? trimmed(cells[*column]) : std::string();
  };
  const std::string name = cell(columns.name);
  const std::string file = cell(columns.portrait);
  const std::string gender = cell(columns.gender);
  if (name.empty() || file.empty()) return wrong(row, "a name or a portrait is missing");
  const auto known = known_gender_of(gender.empty() ? "Unlisted" : gender);
  if (!known) return wrong(row, "\"" + gender + "\" is none of Male, Female, Nonbinary, Unlisted");
  std::string id = cell(columns.id);
  if (id.empty()) id = celebrity_id(name);
  return Portrait{
      .who = {.id = std::move(id), .name = name, .urls = urls_of(cell(columns.urls)), .gender = *known},
      .file = folder / file};
}

bool is_picture(const fs::path& file) {
  std::string extension = file.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 4> kPictures{".jpg", ".jpeg", ".png", ".webp"};
  return std::ranges::find(kPictures, extension) != kPictures.end();
}

// Sorted by name, so that an import is the same wherever it is made. Hidden ones are left out.
Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->path().filename().string().starts_with('.')) entries.push_back(at->path());
  }
  if (error) return fail(system_error("cannot list " + folder.string(), error.value()));
  std::ranges::sort(entries);
  return entries;
}

Portrait named_for(std::string name, const fs::path& file) {
  std::ranges::replace(name, '_', ' ');
  return {.who = {.id = celebrity_id(name), .name = name, .urls = {}}, .file = file};
}

Result<std::vector<Portrait>> read_folder(const fs::path& folder) {
  std::vector<Portrait> portraits;
  EYRIE_TRY(const std::vector<fs::path> entries, entries_of(folder));
  for (const fs::path& entry : entries) {
    std::error_code error;
    if (fs::is_directory(entry, error)) {
      EYRIE_TRY(const std::vector<fs::path> files, entries_of(entry));
      for (const fs::path& file : files) {
        if (is_picture(file)) portraits.push_back(named_for(entry.filename().string(), file));
      }
    } else if (is_picture(entry)) {
      portraits.push_back(named_for(entry.stem().string(), entry));
    }
  }
  if (portraits.empty())
    return fail(Code::kNotFound, folder.string() + " has no pictures (.jpg .jpeg .png .webp)");
  return portraits;
}

Result<std::vector<Portrait>> read_sheet(const fs::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(system_error("cannot read " + file.string(), errno));
  std::error_code error;
  if (fs::file_size(file, error) > kMaxSheet || error)
    return fail(Code::kTooLarge, file.string() + " is no file of up to 64 MiB");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto portraits = parse_portraits(text, file.parent_path());
  if (!portraits) return fail(portraits.error().code, file.string() + ", " + portraits.error().message);
  return portraits;
}

}  // namespace

Result<std::vector<Portrait>> parse_portraits(std::string_view csv, const fs::path& folder) {
  if (!valid_utf8(csv)) return wrong(1, "the file is not UTF-8");
  if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);  // as spreadsheets write it
  Rows rows(csv);
  EYRIE_TRY(const auto heads, rows.next());
  if (!heads) return wrong(1, "the file is empty");
  EYRIE_TRY(const Columns columns, Columns::of(*heads));
  std::vector<Portrait> portraits;
  while (true) {
    EYRIE_TRY(const auto cells, rows.next());
    if (!cells) return portraits;
    EYRIE_TRY(Portrait portrait, portrait_of(*cells, columns, rows.number(), folder));
    portraits.push_back(std::move(portrait));
  }
}

Result<std::vector<Portrait>> read_portraits(const fs::path& folder_or_csv) {
  std::error_code error;
  if (!fs::is_directory(folder_or_csv, error)) return read_sheet(folder_or_csv);
  const fs::path sheet = folder_or_csv / kSheet;
  return fs::exists(sheet, error) ? read_sheet(sheet) : read_folder(folder_or_csv);
}

}  // namespace eyrie::vision
