// `eyrie fsck`: looks a data directory over for damage, the store's part and what app/ and others keep beside it.
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "app/commands.h"
#include "app/data_directory.h"
#include "app/gallery_import.h"
#include "app/master_key.h"
#include "base/ids.h"
#include "base/log.h"
#include "functions/registry/code_store.h"
#include "functions/registry/function_record.h"
#include "iam/object_keys.h"
#include "kms/local_keys.h"
#include "store/check/check.h"

namespace eyrie::app {
namespace {

using store::Finding;

// The records that the check has told, as who reads them at a start finds them.
class ToldRecords final : public store::RecordStore {
 public:
  void add(const std::string& kind, const std::string& name, const std::string& value) { records_[kind].push_back({.name = name, .value = value}); }
  Result<std::vector<store::Record>> records(const std::string& kind) override {
    const auto found = records_.find(kind);
    return found == records_.end() ? std::vector<store::Record>() : found->second;
  }
  Status apply(const std::vector<store::RecordChange>&) override { return fail(Code::kUnsupported, "a check changes nothing"); }

 private:
  std::map<std::string, std::vector<store::Record>> records_;
};

class Check {
 public:
  explicit Check(const FsckArguments& arguments) : arguments_(arguments), data_(arguments.data) {}

  Status run() {
    Config config;
    if (!arguments_.config_file.empty()) {
      EYRIE_TRY(config, load_config(arguments_.config_file));
    }
    if (!arguments_.cold.empty()) config.cold_path = arguments_.cold;
    const MasterKeySources sources(config);
    EYRIE_TRY(const auto keys, sources.for_rotating());  // after a rotation that was cut off either key may open it
    auto checked = store::check_store({.directory = data_, .cold = config.cold_path, .keys = keys},
                                      {.found = [this](const Finding& finding) { report(finding); },
                                       .record = [this](const std::string& kind, const std::string& name, const std::string& value) { records_.add(kind, name, value); },
                                       .opener = [this](const store::ObjectInfo& object) { return open_envelope(object); }});
    if (!checked && running_server(data_)) {
      return fail(Code::kUnavailable, "a server runs on " + arguments_.data + ": stop it first (" + checked.error().message + ")");
    }
    if (!checked) return fail(checked.error());
    counts_ = *checked;
    check_code();
    check_beside();
    return {};
  }

  void print() const {
    if (arguments_.json) {
      std::cout << write_json(json::object{{"clean", damage_ == 0},
                                           {"damage", damage_},
                                           {"leftovers", found_.size() - damage_},
                                           {"rows", counts_.rows},
                                           {"objects", counts_.objects},
                                           {"bytes", counts_.bytes},
                                           {"under_given_keys", counts_.under_given_keys},
                                           {"findings", found_}})
                << "\n";
      return;
    }
    std::cout << "Looked at " << counts_.objects << " objects of " << counts_.bytes << " bytes, and " << counts_.rows << " rows.";
    if (counts_.under_given_keys > 0) std::cout << " The bytes of " << counts_.under_given_keys << " objects could not be read without their keys.";
    std::cout << "\n" << (damage_ == 0 ? "No damage was found.\n" : std::to_string(damage_) + " damaged or missing.\n");
  }

  bool is_clean() const { return damage_ == 0; }

 private:
  void report(const Finding& finding) {
    if (!finding.harmless) ++damage_;
    found_.push_back(json::object{{"kind", finding.kind}, {"place", finding.place}, {"what", finding.what}, {"advice", finding.advice}, {"damage", !finding.harmless}});
    if (!arguments_.json) std::cout << finding.kind << "  " << finding.place << "\n    " << finding.what << "\n    " << finding.advice << std::endl;
  }

  Result<crypto::SecretKey> open_envelope(const store::ObjectInfo& object) {
    if (!kms_) {
      EYRIE_TRY(kms_, kms::LocalKeys::open(records_));
    }
    return iam::open_envelope(*kms_, *object.kms, object.bucket, object.key);
  }

  // The archives of functions, which their records name.
  void check_code() {
    const functions::CodeStore code(data_ / "functions" / "code");
    std::set<std::string> named;
    for (const store::Record& record : records_.records("lambda.function").value_or(std::vector<store::Record>())) {
      const auto value = parse_json(record.value);
      const auto function = value && value->is_object() ? functions::read_record(record.name, value->get_object()) : fail(Code::kCorrupt, "its record does not parse");
      if (!function) {
        report({.kind = "row", .place = "function " + record.name, .what = function.error().message, .advice = "create the function anew"});
        continue;
      }
      const auto check = [&](const functions::FunctionVersion& version) {
        if (!named.insert(version.code.file).second) return;
        if (const auto read = code.read(version.code); !read) {
          report({.kind = read.error().code == Code::kNotFound ? "file-missing" : "file", .place = "function " + record.name, .what = read.error().message, .advice = "restore a backup, or update the function's code"});
        }
      };
      check(function->latest);
      for (const auto& [number, version] : function->versions) check(version);
    }
    std::error_code error;
    for (std::filesystem::directory_iterator it(data_ / "functions" / "code", error), end; !error && it != end; it.increment(error)) {
      if (named.contains(it->path().filename().string())) continue;
      report({.kind = "leftover", .place = it->path().string(), .what = "no function names it", .advice = "the next start removes it", .harmless = true});
    }
  }

  void check_beside() {
    if (const auto key = load_root_key(data_); !key && key.error().code != Code::kNotFound) {
      report({.kind = "file", .place = (data_ / "root-key.json").string(), .what = key.error().message, .advice = "remove it: the next start makes another root key"});
    }
    if (const auto gallery = vision::CelebrityGallery::open(gallery_file(data_)); !gallery && gallery.error().code != Code::kNotFound) {
      report({.kind = "file", .place = gallery_file(data_).string(), .what = gallery.error().message, .advice = "restore it, or remove it and import the portraits anew"});
    }
  }

  const FsckArguments& arguments_;
  const std::filesystem::path data_;
  ToldRecords records_;
  std::unique_ptr<kms::LocalKeys> kms_;
  store::CheckCounts counts_;
  std::size_t damage_ = 0;
  json::array found_;
};

}  // namespace

int check_data(const FsckArguments& arguments) {
  set_log_level(LogLevel::kError);
  Check check(arguments);
  if (const Status done = check.run(); !done) {
    std::cerr << "eyrie: " << done.error().message << "\n";
    return 2;
  }
  check.print();
  return check.is_clean() ? 0 : 1;
}

}  // namespace eyrie::app
