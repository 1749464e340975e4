#include "api/lambda/configuration.h"

#include <algorithm>

#include "api/common/need.h"
#include "aws/account.h"
#include "base/encoding.h"
#include "functions/registry/code_package.h"
#include "iam/guarded_stores.h"

namespace eyrie::api::lambda {
namespace {

constexpr int kMostTimeout_s = 900, kMostMemory_mb = 10'240, kMostTmp_mb = 10'240;
constexpr std::size_t kMaxEnvironment = 4096;

constexpr std::string_view kRuntimes[] = {"provided",  "provided.al2", "provided.al2023", "python3.8",  "python3.9",  "python3.10",
                                          "python3.11", "python3.12",  "python3.13",      "python3.14"};

// What the runtime itself sets. Source: developer guide, "Defined runtime environment variables".
constexpr std::string_view kReserved[] = {"_HANDLER",
                                          "_X_AMZN_TRACE_ID",
                                          "AWS_ACCESS_KEY",
                                          "AWS_ACCESS_KEY_ID",
                                          "AWS_DEFAULT_REGION",
                                          "AWS_EXECUTION_ENV",
                                          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                          "AWS_LAMBDA_FUNCTION_NAME",
                                          "AWS_LAMBDA_FUNCTION_VERSION",
                                          "AWS_LAMBDA_INITIALIZATION_TYPE",
                                          "AWS_LAMBDA_LOG_GROUP_NAME",
                                          "AWS_LAMBDA_LOG_STREAM_NAME",
                                          "AWS_LAMBDA_RUNTIME_API",
                                          "AWS_REGION",
                                          "AWS_SECRET_ACCESS_KEY",
                                          "AWS_SESSION_TOKEN",
                                          "LAMBDA_RUNTIME_DIR",
                                          "LAMBDA_TASK_ROOT"};

bool variable_name(std::string_view name) {
  return name.size() >= 2 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

Wire<void> read_environment(const json::object& request, functions::FunctionVersion& version) {
  EYRIE_TRY(const json::object* environment, object_member(request, "Environment"));
  if (environment == nullptr) return {};
  EYRIE_TRY(auto variables, texts_member(*environment, "Variables"));
  std::size_t size = 0;
  std::string reserved;
  for (const auto& [name, value] : variables) {
    size += name.size() + value.size();
    if (std::ranges::find(kReserved, name) != std::end(kReserved)) reserved += (reserved.empty() ? "" : ", ") + name;
    else if (!variable_name(name) || value.find('\0') != std::string::npos)
      return broken_constraint(name, "environment.variables", "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
  }
  if (!reserved.empty()) {
    return invalid("Lambda was unable to configure your environment variables because the environment variables you have provided contains "
                   "reserved keys that are currently not supported for modification. Reserved keys used in this request: " + reserved);
  }
  if (size > kMaxEnvironment)
    return invalid("Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.");
  version.environment = std::move(variables);
  return {};
}

Wire<void> read_role(const Backend& backend, const Call& call, functions::FunctionVersion& version) {
  EYRIE_TRY(const auto role, text_member(call.request, "Role", 2048));
  if (!role) return {};
  if (!role->starts_with("arn:aws:iam::") || !role->contains(":role/"))
    return broken_constraint(*role, "role", "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
  if (!role->starts_with(aws::iam_arn("")))
    return std::unexpected(aws::WireError{403, "AccessDeniedException", "Cross-account pass role is not allowed."});
  iam::ConditionValues values;
  values.add("iam:PassedToService", "lambda.amazonaws.com");
  if (auto denied = permit(call.context, {{.action = "iam:PassRole", .resource = *role, .values = values}}, 403, "AccessDeniedException"))
    return std::unexpected(std::move(*denied));
  if (!backend.roles.trusts(*role, "lambda.amazonaws.com")) return invalid("The role defined for the function cannot be assumed by Lambda.");
  version.role = *role;
  return {};
}

Wire<void> read_dead_letters(const Backend& backend, const json::object& request, functions::FunctionVersion& version) {
  EYRIE_TRY(const json::object* config, object_member(request, "DeadLetterConfig"));
  if (config == nullptr) return {};
  EYRIE_TRY(const auto arn, text_member(*config, "TargetArn", 2048));
  if (arn && !arn->empty()) EYRIE_CHECK_OK(check_arn(*arn, "deadLetterConfig.targetArn"));
  // Functions are no targets here, as with AWS.
  if (arn && !arn->empty() && (functions::function_of_arn(*arn) || !backend.deployed.reaches(*arn, version.role))) {
    const bool of_topic = arn->starts_with("arn:aws:sns:");
    return invalid("The provided execution role does not have permissions to call " + std::string(of_topic ? "Publish on SNS" : "SendMessage on SQS") +
                   ", or the target " + *arn + " does not exist.");
  }
  version.dead_letter = arn.value_or("");
  return {};
}

Wire<void> read_runtime(const json::object& request, functions::FunctionVersion& version) {
  EYRIE_TRY(const auto runtime, text_member(request, "Runtime", 64));
  if (runtime) {
    if (std::ranges::find(kRuntimes, *runtime) == std::end(kRuntimes)) {
      std::string all;
      for (const std::string_view name : kRuntimes) all += (all.empty() ? "" : ", ") + std::string(name);
      return invalid("Value " + *runtime + " at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [" + all + "] or be a valid ARN");
    }
    version.runtime = *runtime;
  }
  EYRIE_TRY(const auto handler, text_member(request, "Handler", 128));
  if (handler) {
    if (handler->empty() || handler->find_first_of(" \t\r\n") != std::string::npos)
      return broken_constraint(*handler, "handler", "Member must satisfy regular expression pattern: [^\\s]+");
    version.handler = *handler;
  }
  return {};
}

}  // namespace

Wire<void> read_configuration(const Backend& backend, const Call& call, functions::FunctionVersion& version) {
  const json::object& request = call.request;
  EYRIE_CHECK_OK(refuse_members(request, {"VpcConfig", "Layers", "FileSystemConfigs", "ImageConfig", "KMSKeyArn", "CodeSigningConfigArn", "TenancyConfig",
                                          "CapacityProviderConfig", "DurableConfig"}));
  EYRIE_CHECK_OK(read_runtime(request, version));
  EYRIE_TRY(const auto description, text_member(request, "Description", 256));
  if (description) version.description = *description;
  EYRIE_TRY(const auto timeout, integer_member(request, "Timeout", 1, kMostTimeout_s));
  if (timeout) version.timeout_s = *timeout;
  EYRIE_TRY(const auto memory, integer_member(request, "MemorySize", 128, kMostMemory_mb));
  if (memory) version.memory_mb = *memory;
  EYRIE_TRY(const json::object* storage, object_member(request, "EphemeralStorage"));
  if (storage != nullptr) {
    EYRIE_TRY(const auto size, integer_member(*storage, "Size", 512, kMostTmp_mb));
    if (!size) return broken_constraint("null", "ephemeralStorage.size", "Member must not be null");
    version.tmp_mb = *size;
  }
  EYRIE_TRY(const json::object* tracing, object_member(request, "TracingConfig"));
  if (tracing != nullptr) {
    EYRIE_TRY(const auto mode, text_member(*tracing, "Mode", 32));
    if (mode && *mode != "Active" && *mode != "PassThrough")
      return broken_constraint(*mode, "tracingConfig.mode", "Member must satisfy enum value set: [Active, PassThrough]");
    if (mode) version.tracing = *mode;
  }
  EYRIE_TRY(const json::object* snap, object_member(request, "SnapStart"));
  if (snap != nullptr && text_of(*snap, "ApplyOn") == "PublishedVersions") return invalid("SnapStart is not supported by Eyrie.");
  EYRIE_TRY(const json::object* logging, object_member(request, "LoggingConfig"));
  if (logging != nullptr && text_of(*logging, "LogFormat") == "JSON") return invalid("LogFormat JSON is not supported by Eyrie.");
  EYRIE_CHECK_OK(read_environment(request, version));
  EYRIE_CHECK_OK(read_role(backend, call, version));
  return read_dead_letters(backend, request, version);  // reached in the role's name
}

Wire<std::string> read_architecture(const json::object& request) {
  const json::value* told = request.if_contains("Architectures");
  if (told == nullptr || told->is_null()) return "";
  if (!told->is_array() || told->get_array().size() != 1 || !told->get_array()[0].is_string()) return serialization("Architectures");
  const std::string name(told->get_array()[0].get_string());
  if (name != functions::kArchitecture) return invalid("This server runs functions for " + std::string(functions::kArchitecture) + " only, not for " + name.substr(0, 64) + ".");
  return name;
}

Wire<Bytes> read_code(const Backend& backend, const Call& call, const json::object& code) {
  EYRIE_CHECK_OK(refuse_members(code, {"ImageUri", "SourceKMSKeyArn"}));
  const json::value* inline_zip = code.if_contains("ZipFile");
  Bytes zip;
  if (inline_zip != nullptr && !inline_zip->is_null()) {
    if (!inline_zip->is_string()) return serialization("ZipFile");
    auto decoded = base64_decode(std::string_view(inline_zip->get_string()));
    if (!decoded) return serialization("ZipFile");
    zip = std::move(*decoded);
    if (zip.size() > functions::kMaxZipped)
      return std::unexpected(aws::WireError{413, "RequestTooLargeException", "Request must be smaller than " + std::to_string(functions::kMaxZipped) + " bytes for the operation"});
  } else {
    EYRIE_TRY(const auto bucket, text_member(code, "S3Bucket", 63));
    EYRIE_TRY(const auto key, text_member(code, "S3Key", 1024));
    if (!bucket || !key) return invalid("Please provide a source for function code.");
    EYRIE_TRY(const auto object_version, text_member(code, "S3ObjectVersion", 1024));
    if (object_version && *object_version != "null") return invalid("There are no versions of objects.");
    iam::GuardedObjects objects(backend.objects, *call.context.caller, backend.keys);
    auto reader = objects.open(*bucket, *key);
    if (!reader && reader.error().code == Code::kPermissionDenied)
      return std::unexpected(aws::WireError{403, "AccessDeniedException", "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for " + *bucket + "/" + *key + ". " + reader.error().message});
    if (!reader && !backend.objects.bucket(*bucket)) return invalid("Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist.");
    if (!reader) return invalid("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.");
    const std::uint64_t size = (*reader)->info().size;
    if (size > functions::kMaxUnzipped) return invalid("Unzipped size must be smaller than " + std::to_string(functions::kMaxUnzipped) + " bytes");
    zip.resize(size);
    for (std::size_t at = 0; at < zip.size();) {
      const auto got = (*reader)->read_at(at, std::span(zip).subspan(at));
      if (!got) return std::unexpected(wire_error(got.error()));
      if (*got == 0) return invalid("The object ended before its size.");
      at += *got;
    }
  }
  if (const Status good = functions::check_package(zip); !good) return invalid(good.error().message);
  return zip;
}

}  // namespace eyrie::api::lambda
