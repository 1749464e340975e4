#include "functions/registry/registry.h"

#include <set>

#include "base/ids.h"
#include "store/record_json.h"

namespace eyrie::functions {
namespace {

constexpr const char* kKind = "lambda.function";

std::unexpected<Error> no_function(const std::string& name) {
  return fail(Code::kNotFound, "Function not found: " + FunctionRecord{.name = name}.arn());
}

Status check_revision(const std::string& revision, const std::string& asked) {
  if (asked.empty() || asked == revision) return {};
  return fail(Code::kFailedPrecondition,
              "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId");
}

std::set<std::string> files_of(const FunctionRecord& record) {
  std::set<std::string> files{record.latest.code.file};
  for (const auto& [number, version] : record.versions) files.insert(version.code.file);
  return files;
}

// Whether publishing would make the same version again: `b` is $LATEST.
bool same(const FunctionVersion& a, const FunctionVersion& b) {
  return a.code.sha256 == b.code.sha256 && a.runtime == b.runtime && a.handler == b.handler && a.role == b.role &&
         a.timeout_s == b.timeout_s && a.memory_mb == b.memory_mb && a.tmp_mb == b.tmp_mb && a.environment == b.environment &&
         a.dead_letter == b.dead_letter && a.tracing == b.tracing && a.architecture == b.architecture &&
         a.latest_description.value_or(a.description) == b.description;
}

}  // namespace

Result<std::unique_ptr<Registry>> Registry::open(store::RecordStore& records, const std::filesystem::path& directory, const Clock& clock) {
  std::unique_ptr<Registry> registry(new Registry(records, directory, clock));
  EYRIE_CHECK_OK(registry->code_.prepare());
  EYRIE_CHECK_OK(registry->load());
  return registry;
}

Status Registry::load() {
  EYRIE_TRY(const auto records, records_.records(kKind));
  std::set<std::string> named;
  for (const store::Record& record : records) {
    EYRIE_TRY(const json::object object, store::object_of(record, "function"));
    EYRIE_TRY(FunctionRecord function, read_record(record.name, object));
    named.merge(files_of(function));
    functions_[record.name] = std::make_shared<const FunctionRecord>(std::move(function));
  }
  code_.sweep(named);
  return {};
}

void Registry::touch(FunctionVersion& version) const {
  version.modified_ms = clock_.now_ms();
  version.revision_id = uuid_v4();
}

Result<FunctionRecord> Registry::copy_of(const std::string& name) const {
  EYRIE_TRY(const FunctionPtr function, find(name));
  return *function;
}

Result<FunctionPtr> Registry::save(FunctionRecord record) {
  EYRIE_CHECK_OK(records_.apply({{.kind = kKind, .name = record.name, .value = write_record(record)}}));
  auto saved = std::make_shared<const FunctionRecord>(std::move(record));
  const std::unique_lock lock(mutex_);
  functions_[saved->name] = saved;
  return saved;
}

// After the change is on disk: archives that nothing names any more.
void Registry::remove_unnamed(const FunctionRecord& before, const FunctionRecord* after) {
  const std::set<std::string> kept = after == nullptr ? std::set<std::string>() : files_of(*after);
  for (const std::string& file : files_of(before)) {
    if (kept.contains(file)) continue;
    code_.remove(file);
    if (tell_removed_) tell_removed_(file);
  }
}

Result<FunctionPtr> Registry::create(const std::string& name, FunctionVersion version, std::map<std::string, std::string> tags, ByteView zip,
                                     bool publish) {
  const std::lock_guard writing(writing_);
  if (find(name)) return fail(Code::kAlreadyExists, "Function already exist: " + name);
  if (functions().size() >= kMaxFunctions) return fail(Code::kTooLarge, "There are too many functions.");
  if (code_storage() + zip.size() > kMaxCodeStorage) return fail(Code::kTooLarge, "Code storage limit exceeded.");
  EYRIE_TRY(version.code, code_.put(zip));
  version.version = kLatest;
  touch(version);
  FunctionRecord record{.name = name, .created_ms = clock_.now_ms(), .latest = std::move(version), .tags = std::move(tags)};
  if (publish) {
    FunctionVersion& first = record.versions[record.next_version] = record.latest;
    first.version = std::to_string(record.next_version++);
    touch(first);
  }
  const std::string file = record.latest.code.file;
  auto saved = save(std::move(record));
  if (!saved) code_.remove(file);
  return saved;
}

Result<FunctionPtr> Registry::find(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = functions_.find(name);
  if (found == functions_.end()) return no_function(name);
  return found->second;
}

std::vector<FunctionPtr> Registry::functions() const {
  const std::shared_lock lock(mutex_);
  std::vector<FunctionPtr> all;
  for (const auto& [name, function] : functions_) all.push_back(function);
  return all;
}

Status Registry::remove(const std::string& name) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(const FunctionPtr function, find(name));
  EYRIE_CHECK_OK(records_.apply({{.kind = kKind, .name = name, .value = std::nullopt}}));
  {
    const std::unique_lock lock(mutex_);
    functions_.erase(name);
  }
  remove_unnamed(*function, nullptr);
  return {};
}

Status Registry::remove_version(const std::string& name, const std::string& version) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(FunctionRecord record, copy_of(name));
  if (version == kLatest) return fail(Code::kInvalidArgument, "$LATEST version cannot be deleted without deleting the function.");
  const FunctionVersion* found = record.version(version);
  if (found == nullptr) return {};  // as Lambda: deleting what is not there is success
  for (const auto& [alias, described] : record.aliases) {
    if (described.version == version || described.weights.contains(version))
      return fail(Code::kAlreadyExists, "Unable to delete version because the following aliases reference it: [" + alias + "]");
  }
  const FunctionRecord before = record;
  record.versions.erase(std::strtoll(version.c_str(), nullptr, 10));
  record.invoke_configs.erase(version);
  record.policies.erase(version);
  EYRIE_TRY(const FunctionPtr saved, save(std::move(record)));
  remove_unnamed(before, saved.get());
  return {};
}

Result<FunctionPtr> Registry::update_code(const std::string& name, ByteView zip, const std::string& architecture, const std::string& revision) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(FunctionRecord record, copy_of(name));
  EYRIE_CHECK_OK(check_revision(record.latest.revision_id, revision));
  if (code_storage() + zip.size() > kMaxCodeStorage) return fail(Code::kTooLarge, "Code storage limit exceeded.");
  const FunctionRecord before = record;
  EYRIE_TRY(record.latest.code, code_.put(zip));
  if (!architecture.empty()) record.latest.architecture = architecture;
  touch(record.latest);
  const std::string file = record.latest.code.file;
  auto saved = save(std::move(record));
  if (!saved) {
    code_.remove(file);
    return saved;
  }
  remove_unnamed(before, saved->get());
  return saved;
}

Result<FunctionPtr> Registry::update_configuration(const std::string& name, const std::string& revision,
                                                   const std::function<Status(FunctionVersion&)>& change) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(FunctionRecord record, copy_of(name));
  EYRIE_CHECK_OK(check_revision(record.latest.revision_id, revision));
  EYRIE_CHECK_OK(change(record.latest));
  touch(record.latest);
  return save(std::move(record));
}

Result<FunctionVersion> Registry::publish(const std::string& name, const std::optional<std::string>& description, const std::string& sha256,
                                          const std::string& revision) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(FunctionRecord record, copy_of(name));
  EYRIE_CHECK_OK(check_revision(record.latest.revision_id, revision));
  if (!sha256.empty() && sha256 != record.latest.code.sha256) {
    return fail(Code::kInvalidArgument, "CodeSHA256 (" + sha256 + ") is different from current CodeSHA256 in $LATEST (" + record.latest.code.sha256 +
                                            "). Please try again with the CodeSHA256 in $LATEST.");
  }
  if (!record.versions.empty() && same(record.versions.rbegin()->second, record.latest)) return record.versions.rbegin()->second;
  if (record.versions.size() >= kMaxVersions) return fail(Code::kTooLarge, "There are too many versions of this function.");
  FunctionVersion made = record.latest;
  made.version = std::to_string(record.next_version);
  if (description) made.latest_description = std::exchange(made.description, *description);
  touch(made);
  record.versions[record.next_version++] = made;
  EYRIE_CHECK_OK(save(std::move(record)));
  return made;
}

Result<FunctionPtr> Registry::change(const std::string& name, const std::function<Status(FunctionRecord&)>& change) {
  const std::lock_guard writing(writing_);
  EYRIE_TRY(FunctionRecord record, copy_of(name));
  EYRIE_CHECK_OK(change(record));
  return save(std::move(record));
}

unsigned Registry::reserved(const std::string& except) const {
  const std::shared_lock lock(mutex_);
  unsigned sum = 0;
  for (const auto& [name, function] : functions_) sum += name == except ? 0 : function->reserved.value_or(0);
  return sum;
}

std::uint64_t Registry::code_storage() const {
  const std::shared_lock lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [name, function] : functions_) {
    sum += function->latest.code.size;
    for (const auto& [number, version] : function->versions) sum += version.code.size;
  }
  return sum;
}

}  // namespace eyrie::functions
