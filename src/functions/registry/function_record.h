// A function as it is kept: its versions, aliases and settings. Plain values; the JSON they are stored as is docs/formats.md's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "functions/registry/code_store.h"

namespace eyrie::functions {

inline constexpr const char* kLatest = "$LATEST";
// What functions run on here, as Lambda calls it.
#ifdef __aarch64__
inline constexpr const char* kArchitecture = "arm64";
#else
inline constexpr const char* kArchitecture = "x86_64";
#endif

struct FunctionVersion {
  std::string version = kLatest;
  std::string description;
  std::optional<std::string> latest_description = {};  // of a published version: $LATEST's then, where the version was given another
  std::string runtime, handler, role;
  int timeout_s = 3, memory_mb = 128, tmp_mb = 512;
  std::map<std::string, std::string> environment;
  std::string dead_letter;  // ARN; empty: none
  std::string tracing = "PassThrough";
  std::string architecture;
  CodeFile code;
  std::int64_t modified_ms = 0;
  std::string revision_id;
};

// Where an alias stood before a deployment: alias.h says what that means.
struct FormerVersion {
  std::string version;
  std::int64_t left_ms = 0;
};

struct FunctionAlias {
  std::string name, version, description;
  std::map<std::string, double> weights;  // of further versions: the share of invocations, 0 to 1
  std::string revision_id;
  std::optional<FormerVersion> former = {};
  std::string rolled_back_for = {};  // the alarm's notice that it went back for last
};

struct EventInvokeConfig {
  std::optional<int> retries;  // 0 to 2
  std::optional<int> age_s;    // 60 to 21,600
  std::string on_success, on_failure;  // ARNs; empty: none
  std::int64_t modified_ms = 0;
};

// A policy of the function, or of a version or alias: statements as JSON, by their ids.
struct FunctionPolicy {
  std::map<std::string, std::string> statements;
  std::string revision_id;
};

struct FunctionRecord {
  std::string name;
  std::int64_t created_ms = 0;
  std::int64_t next_version = 1;
  FunctionVersion latest;
  std::map<std::int64_t, FunctionVersion> versions;
  std::map<std::string, FunctionAlias> aliases;
  std::optional<unsigned> reserved;  // concurrency
  bool allows_loops = false;         // RecursiveLoop: Allow
  std::map<std::string, std::string> tags;
  // By qualifier: "$LATEST", a version, an alias. The policy of the function itself: "".
  std::map<std::string, EventInvokeConfig> invoke_configs;
  std::map<std::string, FunctionPolicy> policies;

  std::string arn() const;
  const FunctionVersion* version(const std::string& number) const;  // "$LATEST" or a number; nullptr where there is none
};

std::string write_record(const FunctionRecord& record);
Result<FunctionRecord> read_record(const std::string& name, const json::object& object);

}  // namespace eyrie::functions
