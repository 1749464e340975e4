#include "vision/networks/pack.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxPackBytes = 1 << 20;
constexpr std::size_t kMaxLabelBytes = 8 << 20;
constexpr std::int64_t kMaxSide = 4096;
constexpr std::int64_t kMaxClasses = 100'000;
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxAnchorList = 16;
constexpr std::size_t kMaxRank = 6;
constexpr std::size_t kMaxTensors = 64;
constexpr std::size_t kMaxAnchors = 1'000'000;

// Reads members of one JSON object. The first thing wrong is kept and every later read yields a default, so a
// description is read in straight lines and checked once at the end.
class Reader {
 public:
  Reader(const json::value* value, std::string path, std::optional<Error>& error)
      : object_(value != nullptr ? value->if_object() : nullptr), path_(std::move(path)), error_(error) {
    if (object_ == nullptr) refuse("", "must be an object");
  }

  Reader child(std::string_view name) const { return {get(name), path_ + std::string(name) + ".", error_}; }
  bool has(std::string_view name) const { return get(name) != nullptr; }

  std::string text(std::string_view name, bool required = true) const {
    const json::value* value = get(name);
    if (value == nullptr && !required) return {};
    if (value == nullptr || !value->is_string()) return refuse(name, "must be a string"), std::string();
    const json::string& found = value->get_string();
    if (found.size() > kMaxNameBytes) return refuse(name, "is too long"), std::string();
    if (required && found.empty()) return refuse(name, "must not be empty"), std::string();
    return std::string(found);
  }

  double number(std::string_view name, double low, double high, std::optional<double> absent = {}) const {
    const json::value* value = get(name);
    if (value == nullptr && absent) return *absent;
    if (value == nullptr || !value->is_number()) return refuse(name, "must be a number"), low;
    return in_range(name, value->to_number<double>(), low, high);
  }

  std::int64_t integer(std::string_view name, std::int64_t low, std::int64_t high,
                       std::optional<std::int64_t> absent = {}) const {
    const json::value* value = get(name);
    if (value == nullptr && absent) return *absent;
    if (value == nullptr || !(value->is_int64() || value->is_uint64())) {
      return refuse(name, "must be a whole number"), low;
    }
    const bool huge = value->is_uint64() && value->get_uint64() > static_cast<std::uint64_t>(high);
    const std::int64_t found = huge ? high : value->to_number<std::int64_t>();
    if (huge || found < low || found > high) {
      refuse(name, "must be from " + std::to_string(low) + " to " + std::to_string(high));
      return low;
    }
    return found;
  }

  std::vector<double> numbers(std::string_view name, double low, double high, std::size_t least,
                              std::size_t most) const {
    const json::value* value = get(name);
    const json::array* list = value != nullptr ? value->if_array() : nullptr;
    if (list == nullptr || list->size() < least || list->size() > most) {
      refuse(name, "must be a list of " + std::to_string(least) + " to " + std::to_string(most) + " numbers");
      return std::vector<double>(least, low);
    }
    std::vector<double> found;
    for (const json::value& item : *list) {
      if (!item.is_number()) return refuse(name, "must hold numbers only"), std::vector<double>(least, low);
      found.push_back(in_range(name, item.to_number<double>(), low, high));
    }
    return found;
  }

  std::vector<std::int64_t> integers(std::string_view name, std::int64_t low, std::int64_t high, std::size_t least,
                                     std::size_t most) const {
    std::vector<std::int64_t> found;
    for (const double number : numbers(name, static_cast<double>(low), static_cast<double>(high), least, most)) {
      found.push_back(static_cast<std::int64_t>(number));
      if (static_cast<double>(found.back()) != number) refuse(name, "must hold whole numbers only");
    }
    return found;
  }

  std::vector<std::string> texts(std::string_view name, std::size_t least, std::size_t most) const {
    const json::value* value = get(name);
    const json::array* list = value != nullptr ? value->if_array() : nullptr;
    const bool fits = list != nullptr && list->size() >= least && list->size() <= most;
    if (!fits || std::ranges::any_of(*list, [](const json::value& item) { return !is_name(item); })) {
      refuse(name, "must be a list of " + std::to_string(least) + " to " + std::to_string(most) + " names");
      return std::vector<std::string>(least);
    }
    std::vector<std::string> found;
    for (const json::value& item : *list) {
      const std::string_view text = item.get_string();
      if (std::ranges::count(found, text) > 0) refuse(name, "names the same twice");
      found.emplace_back(text);
    }
    return found;
  }

  std::array<float, 3> triple(std::string_view name, float absent, double low, double high) const {
    if (!has(name)) return {absent, absent, absent};
    const std::vector<double> found = numbers(name, low, high, 3, 3);
    return {static_cast<float>(found[0]), static_cast<float>(found[1]), static_cast<float>(found[2])};
  }

  // One of the named choices; `absent` is taken where the member is missing (none: it is required).
  template <typename E>
  E choice(std::string_view name, std::initializer_list<std::pair<std::string_view, E>> choices,
           std::optional<E> absent = {}) const {
    if (!has(name) && absent) return *absent;
    const std::string found = text(name);
    std::string known;
    for (const auto& [word, value] : choices) {
      if (found == word) return value;
      known += (known.empty() ? "" : ", ") + std::string(word);
    }
    refuse(name, "must be one of " + known);
    return choices.begin()->second;
  }

  void refuse(std::string_view name, const std::string& why) const {
    if (error_) return;
    std::string where = path_ + std::string(name);
    if (where.ends_with('.')) where.pop_back();
    error_ = Error{Code::kInvalidArgument,
                   "pack.json: " + (where.empty() ? "it" : "\"" + where + "\"") + " " + why};
  }

 private:
  static bool is_name(const json::value& item) {
    const json::string* text = item.if_string();
    return text != nullptr && !text->empty() && text->size() <= kMaxNameBytes;
  }
  const json::value* get(std::string_view name) const {
    return object_ != nullptr ? object_->if_contains(name) : nullptr;
  }
  double in_range(std::string_view name, double value, double low, double high) const {
    if (value >= low && value <= high) return value;
    std::ostringstream why;
    why << "must be from " << low << " to " << high;
    refuse(name, why.str());
    return low;
  }

  const json::object* object_;
  std::string path_;
  std::optional<Error>& error_;
};

InputSpec read_input(const Reader& in) {
  InputSpec spec;
  spec.name = in.text("name");
  spec.type =
      in.choice<ElementType>("type", {{"uint8", ElementType::kUint8}, {"float32", ElementType::kFloat32}});
  if (in.has("shape")) {
    spec.shape = in.integers("shape", 1, kMaxSide, 1, kMaxRank);
    return spec;
  }
  spec.width = static_cast<int>(in.integer("width", 0, kMaxSide));
  spec.height = static_cast<int>(in.integer("height", 0, kMaxSide));
  spec.layout = in.choice<Layout>("layout", {{"NHWC", Layout::kNhwc}, {"NCHW", Layout::kNchw}});
  spec.mean = in.triple("mean", 0, -1e6, 1e6);
  spec.scale = in.triple("scale", 1, 1e-6, 1e6);
  spec.bgr = in.choice<bool>("channels", {{"RGB", false}, {"BGR", true}}, false);
  if (spec.bgr) {  // the pack tells them in the order of its channels
    std::swap(spec.mean[0], spec.mean[2]);
    std::swap(spec.scale[0], spec.scale[2]);
  }
  spec.fit = in.choice<Fit>(
      "fit", {{"stretch", Fit::kStretch}, {"letterbox", Fit::kLetterbox}, {"center-crop", Fit::kCenterCrop}});
  spec.crop = in.number("crop", 0.1, 1, 1.0);
  spec.align_corner = in.choice<bool>("align", {{"center", false}, {"corner", true}}, false);
  spec.pad = static_cast<std::uint8_t>(in.integer("pad", 0, 255, 0));
  if (spec.type == ElementType::kUint8 && (in.has("mean") || in.has("scale")) &&
      (spec.mean != std::array<float, 3>{0, 0, 0} || spec.scale != std::array<float, 3>{1, 1, 1})) {
    in.refuse("mean", "and \"scale\" are not for uint8 pixels");
  }
  return spec;
}

AnchorSpec read_anchors(const Reader& in) {
  AnchorSpec spec;
  for (const std::int64_t n : in.integers("grids", 1, 1024, 1, kMaxAnchorList))
    spec.grids.push_back(static_cast<int>(n));
  spec.size = in.number("size", 1e-3, 100);
  spec.octaves = in.numbers("octaves", 1e-3, 100, 1, kMaxAnchorList);
  spec.ratios = in.numbers("ratios", 1e-3, 100, 1, kMaxAnchorList);
  if (spec.count() > kMaxAnchors) in.refuse("grids", "make more than a million anchors");
  return spec;
}

OutputSpec read_output(const Reader& in) {
  OutputSpec spec;
  spec.decoder = in.choice<DecoderKind>("decoder", {{"ssd-anchors", DecoderKind::kSsdAnchors},
                                                    {"yolo-v8", DecoderKind::kYoloV8},
                                                    {"scores", DecoderKind::kScores},
                                                    {"tensors", DecoderKind::kTensors}});
  if (spec.decoder == DecoderKind::kTensors) {
    spec.tensors = in.texts("tensors", 1, kMaxTensors);
    spec.classes = static_cast<int>(in.integer("classes", 0, kMaxClasses, 0));
    return spec;
  }
  spec.classes = static_cast<int>(in.integer("classes", 1, kMaxClasses));
  spec.activation = in.choice<Activation>(
      "activation",
      {{"none", Activation::kNone}, {"sigmoid", Activation::kSigmoid}, {"softmax", Activation::kSoftmax}});
  if (spec.activation == Activation::kSoftmax && spec.decoder != DecoderKind::kScores) {
    in.refuse("activation", "softmax is not for boxes");
  }
  switch (spec.decoder) {
    case DecoderKind::kSsdAnchors: {
      spec.tensors = {in.text("boxes"), in.text("logits")};
      if (spec.tensors[0] == spec.tensors[1]) in.refuse("logits", "must not be the boxes");
      spec.anchors = read_anchors(in.child("anchors"));
      const Reader scales = in.child("box_scales");
      const char* const axes[] = {"y", "x", "h", "w"};
      for (int i = 0; i < 4; ++i) spec.box_scales[i] = static_cast<float>(scales.number(axes[i], 1e-3, 1e3));
      break;
    }
    case DecoderKind::kYoloV8:
      spec.tensors = {in.text("output")};
      break;
    case DecoderKind::kScores:
      spec.tensors = {in.text("scores")};
      break;
    case DecoderKind::kTensors:
      break;  // read above
  }
  return spec;
}

struct RoleEntry {
  Role role;
  std::string_view name;
  Task task;
};

constexpr std::array<RoleEntry, kRoles> kRoleTable{{
    {Role::kDetector, "detector", Task::kDetect},
    {Role::kTagger, "tagger", Task::kTag},
    {Role::kPlants, "plants", Task::kTag},
    {Role::kDishes, "dishes", Task::kTag},
    {Role::kFaceDetector, "face-detector", Task::kFace},
    {Role::kFaceScout, "face-scout", Task::kFace},
    {Role::kFaceLandmarks, "face-landmarks", Task::kFace},
    {Role::kFaceBlendshapes, "face-blendshapes", Task::kFace},
    {Role::kFaceAttributes, "face-attributes", Task::kFace},
    {Role::kFaceEmotion, "face-emotion", Task::kFace},
    {Role::kFaceParsing, "face-parsing", Task::kFace},
    {Role::kFaceEmbedding, "face-embedding", Task::kFace},
    {Role::kFacePose, "face-pose", Task::kFace},
    {Role::kFaceEyes, "face-eyes", Task::kFace},
    {Role::kTextDetector, "text-detector", Task::kText},
    {Role::kTextRecognizer, "text-recognizer", Task::kText},
    {Role::kTextSecondRecognizer, "text-second-recognizer", Task::kText},
    {Role::kTextAngle, "text-angle", Task::kText},
    {Role::kModeration, "moderation", Task::kModerate},
}};

// Reads the role and the task, which must be what the role is for.
void read_role(const Reader& in, Pack& pack) {
  pack.task = in.choice<Task>("task", {{"detect", Task::kDetect},
                                       {"tag", Task::kTag},
                                       {"face", Task::kFace},
                                       {"text", Task::kText},
                                       {"moderate", Task::kModerate}});
  const std::string role = in.text("role");
  const auto entry = std::ranges::find(kRoleTable, role, &RoleEntry::name);
  if (entry == kRoleTable.end()) return in.refuse("role", "\"" + role + "\" is not known");
  pack.role = entry->role;
  if (entry->task != pack.task) in.refuse("task", "is not what the role is for");
}

// What only some tasks can use.
void check_fit(const Reader& in, const Pack& pack) {
  const bool boxes = pack.output.decoder == DecoderKind::kSsdAnchors || pack.output.decoder == DecoderKind::kYoloV8;
  if ((pack.task == Task::kDetect) != boxes || (pack.task == Task::kTag && pack.output.decoder != DecoderKind::kScores)) {
    in.refuse("output.decoder", "is not for this task");
  }
  if (pack.task == Task::kDetect && pack.input.fit == Fit::kCenterCrop) {
    in.refuse("input.fit", "center-crop would hide the picture's edges from a detector");
  }
  // Pictures for detectors and taggers are prepared here; the other tasks' code can fill an input of another form, too.
  const bool prepared = pack.task == Task::kDetect || pack.task == Task::kTag;
  const bool fixed = pack.input.width != 0 && pack.input.height != 0;
  const bool other = pack.output.decoder == DecoderKind::kTensors || !pack.input.shape.empty();
  if (!fixed && (prepared || !other)) {
    in.refuse("input", "must be a picture of fixed width and height for this decoder and task");
  }
}

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string_view::npos &&
         text.front() != '.';
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return fail(Code::kNotFound, path.string() + ": " + error.message());
  if (size > limit)
    return fail(Code::kTooLarge, path.string() + ": larger than " + std::to_string(limit) + " bytes");
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  if (!file) return fail(Code::kIo, path.string() + ": cannot be read");
  return text;
}

Result<std::vector<std::string>> read_classes(const fs::path& path) {
  EYRIE_TRY(const std::string text, read_file(path, kMaxLabelBytes));
  std::vector<std::string> classes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.size() > kMaxNameBytes)
      return fail(Code::kInvalidArgument, path.string() + ": a name is too long");
    if (!valid_utf8(line)) return fail(Code::kInvalidArgument, path.string() + ": a name is not UTF-8");
    classes.push_back(std::move(line));
  }
  return classes;
}

}  // namespace

std::size_t AnchorSpec::count() const {
  std::size_t cells = 0;
  for (const int n : grids) cells += static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  return cells * octaves.size() * ratios.size();
}

SessionFile Pack::session_file() const {
  // A free side is -1.
  const std::int64_t w = input.width == 0 ? -1 : input.width;
  const std::int64_t h = input.height == 0 ? -1 : input.height;
  const bool nhwc = input.layout == Layout::kNhwc;
  const std::vector<std::int64_t> picture =
      nhwc ? std::vector<std::int64_t>{1, h, w, 3} : std::vector<std::int64_t>{1, 3, h, w};
  return {.path = folder / "model.onnx",
          .input = input.name,
          .type = input.type,
          .input_shape = input.shape.empty() ? picture : input.shape,
          .outputs = output.tensors};
}

std::string_view task_name(Task task) {
  switch (task) {
    case Task::kDetect:
      return "detect";
    case Task::kTag:
      return "tag";
    case Task::kFace:
      return "face";
    case Task::kText:
      return "text";
    case Task::kModerate:
      return "moderate";
  }
  return "";
}

std::string_view role_name(Role role) {
  for (const RoleEntry& entry : kRoleTable) {
    if (entry.role == role) return entry.name;
  }
  return "";
}

Result<Pack> parse_pack(std::string_view text) {
  EYRIE_TRY(const json::value root, parse_json(text));
  std::optional<Error> error;
  const Reader in(&root, "", error);
  Pack pack;
  pack.id = in.text("id");
  if (!is_id(pack.id)) in.refuse("id", "must be lower-case letters, digits, dots and dashes");
  pack.title = in.text("title");
  pack.licence = in.text("licence");
  pack.upstream = in.text("upstream", false);
  pack.package = in.text("package", false);
  pack.sha256 = in.text("sha256", false);
  read_role(in, pack);
  pack.set = in.text("set");
  pack.rank = static_cast<int>(in.integer("rank", 0, 1000, 0));
  pack.bytes = static_cast<std::uint64_t>(in.integer("bytes", 0, std::int64_t{1} << 40, 0));
  pack.input = read_input(in.child("input"));
  pack.output = read_output(in.child("output"));
  check_fit(in, pack);
  if (error) return std::unexpected(*error);
  return pack;
}

Result<Pack> read_pack(const fs::path& folder) {
  EYRIE_TRY(const std::string text, read_file(folder / "pack.json", kMaxPackBytes));
  auto parsed = parse_pack(text);
  if (!parsed) return fail(parsed.error().code, folder.string() + ": " + parsed.error().message);
  Pack pack = std::move(*parsed);
  if (pack.id != folder.filename()) {
    return fail(Code::kInvalidArgument, folder.string() + ": the pack in it is called \"" + pack.id + "\"");
  }
  pack.folder = folder;
  if (pack.output.classes > 0) {
    EYRIE_TRY(pack.classes, read_classes(folder / "labels.txt"));
  }
  if (pack.classes.size() != static_cast<std::size_t>(pack.output.classes)) {
    return fail(Code::kInvalidArgument, folder.string() + ": labels.txt has " +
                                            std::to_string(pack.classes.size()) + " lines for " +
                                            std::to_string(pack.output.classes) + " classes");
  }
  std::error_code error;
  const std::uintmax_t size = fs::file_size(folder / "model.onnx", error);
  if (error) return fail(Code::kNotFound, (folder / "model.onnx").string() + ": " + error.message());
  if (pack.bytes != 0 && size != pack.bytes) {
    return fail(Code::kInvalidArgument, (folder / "model.onnx").string() + ": " + std::to_string(size) +
                                            " bytes where the pack says " + std::to_string(pack.bytes) +
                                            "; install the model anew");
  }
  return pack;
}

}  // namespace eyrie::vision
