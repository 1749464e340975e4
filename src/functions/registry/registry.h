// The functions that were created: in memory whole, written through as sealed records, their code beside them.
//
// Every change is one record and so one transaction: it is on disk when the call returns, or nothing of it is. Readers get the
// function as it was at some moment, whole. Errors, and what Lambda calls them: kNotFound ResourceNotFoundException, kAlreadyExists
// ResourceConflictException, kFailedPrecondition PreconditionFailedException (another RevisionId) or, from remove_version(), ResourceConflictException,
// kInvalidArgument InvalidParameterValueException, kTooLarge CodeStorageExceededException; messages in Lambda's words. Else the
// store's. Thread safety: all of it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/time/clock.h"
#include "functions/registry/function_record.h"
#include "store/record_store.h"

namespace eyrie::functions {

using FunctionPtr = std::shared_ptr<const FunctionRecord>;

class Registry {
 public:
  static constexpr std::uint64_t kMaxCodeStorage = 10ULL << 30;  // of all functions' versions
  static constexpr std::size_t kMaxFunctions = 1000, kMaxVersions = 1000, kMaxAliases = 100;

  // `directory`: of the archives. `records` and the clock must outlive it.
  static Result<std::unique_ptr<Registry>> open(store::RecordStore& records, const std::filesystem::path& directory,
                                                const Clock& clock = Clock::system());

  // `version` without its code; times and ids are given here. `publish`: version 1 at once.
  Result<FunctionPtr> create(const std::string& name, FunctionVersion version, std::map<std::string, std::string> tags, ByteView zip,
                             bool publish);
  Result<FunctionPtr> find(const std::string& name) const;
  std::vector<FunctionPtr> functions() const;  // by name
  Status remove(const std::string& name);
  Status remove_version(const std::string& name, const std::string& version);

  // `revision`: what RevisionId must be; empty: whatever it is.
  Result<FunctionPtr> update_code(const std::string& name, ByteView zip, const std::string& architecture, const std::string& revision);
  Result<FunctionPtr> update_configuration(const std::string& name, const std::string& revision,
                                           const std::function<Status(FunctionVersion&)>& change);
  // The version that was made, or the last one where nothing has changed since. `sha256`: what the code's must be; empty: whatever.
  Result<FunctionVersion> publish(const std::string& name, const std::optional<std::string>& description, const std::string& sha256,
                                  const std::string& revision);
  // Any other change of what belongs to a function.
  Result<FunctionPtr> change(const std::string& name, const std::function<Status(FunctionRecord&)>& change);

  // Concurrency that functions have reserved together, but for `except`.
  unsigned reserved(const std::string& except = "") const;
  std::uint64_t code_storage() const;
  CodeStore& code() { return code_; }
  // Told of each archive (CodeFile::file) that is removed. Before other threads come.
  void on_removed(std::function<void(const std::string& file)> tell) { tell_removed_ = std::move(tell); }

 private:
  Registry(store::RecordStore& records, const std::filesystem::path& directory, const Clock& clock)
      : records_(records), clock_(clock), code_(directory) {}
  Status load();
  // Writes the record, then lets it take its place. Under writing_.
  Result<FunctionPtr> save(FunctionRecord record);
  Result<FunctionRecord> copy_of(const std::string& name) const;
  void remove_unnamed(const FunctionRecord& before, const FunctionRecord* after);
  void touch(FunctionVersion& version) const;

  store::RecordStore& records_;
  const Clock& clock_;
  CodeStore code_;
  std::function<void(const std::string&)> tell_removed_;
  std::mutex writing_;               // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;  // guards what follows
  std::map<std::string, FunctionPtr> functions_;
};

}  // namespace eyrie::functions
