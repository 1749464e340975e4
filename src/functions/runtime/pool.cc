#include "functions/runtime/pool.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "aws/account.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"

extern "C" const char eyrie_python_bootstrap_start[], eyrie_python_bootstrap_end[];

namespace eyrie::functions {
namespace {

constexpr std::uint64_t kMebibyte = 1U << 20;
// User ids of sandboxes where the server is root: a range that systems hand out to nobody for long (systemd's dynamic users).
constexpr unsigned kFirstUser = 61184, kUsers = 4000;
// A process may reserve more than the sandbox may use: 1,024 threads' stacks of 8 MB and as much again, touched or not. What is touched
// is watched (MemoryWatch); this bounds what a single process can touch between two looks where there are no control groups.
constexpr std::uint64_t kDataSlack = 16'384 * kMebibyte;
// What a control group counts beside MemorySize and /tmp: /dev/shm (64 MiB), and what the kernel keeps for processes, pipes, and the 65,536 files that /tmp has at most.
constexpr std::uint64_t kGroupSlack = 192 * kMebibyte;
// As on AWS, and the two that make the walls.
constexpr unsigned kGroupProcesses = 1024 + 2;
// Where sandboxes lie if not in the data directory, and the file there that says so.
constexpr std::string_view kOutsideName = "eyrie-functions-";
constexpr const char* kOutside = "outside";
// How many sandboxes an event is handed to that end before their runtime takes it.
constexpr int kHandovers = 3;
// What a runtime may do after its answer takes no longer than an answer, and this at least.
constexpr std::chrono::seconds kLeastAfterwork{2};
constexpr std::string_view kAccountLimit = "ConcurrentInvocationLimitExceeded";
constexpr std::string_view kReservedLimit = "ReservedFunctionConcurrentInvocationLimitExceeded";

std::string random_token() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  return hex_encode(bytes);
}

// "2026/11/29/[$LATEST]" and what no other sandbox has.
std::string log_stream(const std::string& version) {
  std::string day = format_iso8601(Clock::system().now_ms()).substr(0, 10);
  std::ranges::replace(day, '-', '/');
  return day + "/[" + version + "]" + random_token();
}

Status write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return fail(Code::kIo, "cannot write " + path.string());
  std::error_code error;
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read, error);
  return {};
}

bool is_python(const std::string& runtime) { return runtime.starts_with("python"); }

}  // namespace

Result<std::unique_ptr<Pool>> Pool::start(PoolOptions options, FunctionLogs& logs) {
  std::unique_ptr<Pool> pool(new Pool(std::move(options), logs));
  EYRIE_CHECK_OK(pool->prepare());
  EYRIE_TRY(pool->api_, RuntimeApi::start(pool->options_.concurrency, pool->options_.body_bytes));
  pool->reaper_ = std::thread([raw = pool.get()] { raw->reap(); });
  return pool;
}

Pool::Pool(PoolOptions options, FunctionLogs& logs) : options_(std::move(options)), logs_(logs), cgroups_(kGroupProcesses) {}

Pool::~Pool() {
  stop();
  if (reaper_.joinable()) reaper_.join();
}

Status Pool::prepare() {
  std::error_code error;
  std::filesystem::path& directory = options_.directory;
  // What a killed process left outside, below.
  std::string left;
  if (std::getline(std::ifstream(directory / kOutside), left) && left.contains(kOutsideName)) std::filesystem::remove_all(left, error);
  std::filesystem::remove_all(directory, error);
  auto make_all = [&]() -> Status {
    error.clear();
    for (const char* name : {"", "code", "runtime", "root"}) {
      std::filesystem::create_directories(directory / name, error);
      if (error) return fail(Code::kIo, "cannot make " + (directory / name).string() + ": " + error.message());
      std::filesystem::permissions(directory / name, std::filesystem::perms(0755), error);
    }
    return {};
  };
  EYRIE_CHECK_OK(make_all());
  isolated_ = options_.isolate && can_isolate();
  if (!isolated_ && ::geteuid() == 0) {
    // Other users' processes must reach the code, and may not go through the data directory to it.
    std::string outside = (std::filesystem::temp_directory_path(error) / (std::string(kOutsideName) + "XXXXXX")).string();
    if (::mkdtemp(outside.data()) == nullptr) return fail(system_error("cannot make " + outside, errno));
    EYRIE_CHECK_OK(write_file(directory / kOutside, outside));
    directory = outside;
    EYRIE_CHECK_OK(make_all());
  }
  safe_ = isolated_ || ::geteuid() == 0 || !options_.isolate;
  if (!safe_) log_warning("functions will not run: this system allows no namespaces, and they would see what is this server's");
  else if (!isolated_ && options_.isolate) log_warning("functions are other users' processes only: this system allows no namespaces");
  if (const Status grouped = try_sandbox(isolated_, cgroups_.make(kGroupSlack)); !grouped) {
    cgroups_.give_up();
    log_info("no control groups", {{"reason", grouped.error().message}});
  }
  return write_file(directory / "runtime" / "bootstrap.py",
                    std::string_view(eyrie_python_bootstrap_start, static_cast<std::size_t>(eyrie_python_bootstrap_end - eyrie_python_bootstrap_start)));
}

// Tried, not guessed: what forbids namespaces and control groups is spread over settings, security modules and containers.
Status Pool::try_sandbox(bool isolate, const Cgroup& group) const {
  ProcessOptions options{.isolate = isolate, .uid = ::geteuid() == 0 ? kFirstUser : 0};
  options.root = options_.directory / "root";
  options.code = options_.directory / "code";
  options.runtime = options_.directory / "runtime";
  options.tmp_mb = 1;
  options.groups = group.folders();
  options.command = {"/bin/true"};
  EYRIE_TRY(SandboxProcess process, SandboxProcess::start(options));
  pollfd ended{.fd = process.ended_fd(), .events = POLLIN, .revents = 0};
  ::poll(&ended, 1, 10'000);
  if (process.ended() == 0) return {};
  char why[256];
  const ssize_t length = ::read(process.output(), why, sizeof why);
  return fail(Code::kFailedPrecondition, std::string(why, length > 0 ? static_cast<std::size_t>(length) : 0));
}

bool Pool::can_isolate() const {
  const Status worked = try_sandbox(true, {});
  if (!worked) log_info("no namespaces", {{"reason", worked.error().message}});
  return worked.has_value();
}

void Pool::set_endpoint(const std::string& endpoint, const std::filesystem::path& authority) {
  {
    const std::lock_guard lock(mutex_);
    endpoint_ = endpoint;
  }
  if (authority.empty()) return;
  std::error_code error;
  const auto copy = options_.directory / "runtime" / "authority.pem";
  std::filesystem::copy_file(authority, copy, std::filesystem::copy_options::overwrite_existing, error);
  if (error) return log_error("functions cannot trust this server", {{"error", error.message()}});
  std::filesystem::permissions(copy, std::filesystem::perms(0644), error);
  const std::lock_guard lock(mutex_);
  has_authority_ = true;
}

ProcessOptions Pool::process_options(const SandboxSpec& spec, unsigned number) const {
  ProcessOptions options{.isolate = isolated_, .uid = ::geteuid() == 0 ? kFirstUser + number % kUsers : 0};
  options.root = options_.directory / "root";
  options.code = spec.code;
  options.runtime = options_.directory / "runtime";
  options.hidden = options_.hidden;
  options.tmp_mb = spec.tmp_mb;
  options.data_bytes = static_cast<std::uint64_t>(spec.memory_mb) * kMebibyte + kDataSlack;
  options.cpu_seconds = static_cast<std::uint64_t>(options_.longest_life.count()) / 1000;
  const std::string task = isolated_ ? "/var/task" : spec.code.string();
  const std::string runtime = isolated_ ? "/var/runtime" : options.runtime.string();
  if (is_python(spec.runtime)) {
    options.command = {"/usr/bin/python3", runtime + "/bootstrap.py"};
  } else {
    options.command = {task + "/bootstrap"};
  }
  return options;
}

// As "Defined runtime environment variables" of the developer guide has it. What the function sets itself comes last, but cannot
// change what AWS reserves (the registry refuses such names).
std::vector<std::string> Pool::environment(const SandboxSpec& spec, const SandboxCredentials& credentials) const {
  const std::string task = isolated_ ? "/var/task" : spec.code.string();
  const std::string runtime = isolated_ ? "/var/runtime" : (options_.directory / "runtime").string();
  std::unique_lock lock(mutex_);
  const std::string endpoint = endpoint_;
  const bool has_authority = has_authority_;
  lock.unlock();
  std::map<std::string, std::string> all{
      {"PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"},
      {"LD_LIBRARY_PATH", task + ":" + task + "/lib"},
      {"LANG", "C.UTF-8"},
      {"TZ", ":UTC"},
      {"HOME", "/tmp"},
      {"PYTHONDONTWRITEBYTECODE", "1"},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      {"AWS_ENDPOINT_URL", endpoint}};
  for (const auto& [name, value] : spec.environment) all[name] = value;
  const std::string region(aws::kRegion);
  const std::pair<const char*, std::string> own[] = {
      {"_HANDLER", spec.handler},
      {"LAMBDA_TASK_ROOT", task},
      {"LAMBDA_RUNTIME_DIR", runtime},
      {"AWS_REGION", region},
      {"AWS_DEFAULT_REGION", region},
      {"AWS_EXECUTION_ENV", "AWS_Lambda_" + spec.runtime},
      {"AWS_LAMBDA_FUNCTION_NAME", spec.function},
      {"AWS_LAMBDA_FUNCTION_VERSION", spec.version},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(spec.memory_mb)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + spec.function},
      {"AWS_LAMBDA_LOG_STREAM_NAME", log_stream(spec.version)},
      {"AWS_LAMBDA_RUNTIME_API", api_->address()}};
  for (const auto& [name, value] : own) all[name] = value;
  if (!credentials.access_key.empty()) {
    all["AWS_ACCESS_KEY_ID"] = credentials.access_key;
    all["AWS_SECRET_ACCESS_KEY"] = credentials.secret;
    all["AWS_SESSION_TOKEN"] = credentials.session_token;
  }
  if (has_authority) all["AWS_CA_BUNDLE"] = runtime + "/authority.pem";
  std::vector<std::string> result;
  for (const auto& [name, value] : all) result.push_back(name + "=" + value);
  return result;
}

Result<std::shared_ptr<Sandbox>> Pool::start_sandbox(const SandboxSpec& spec, Slot& slot) {
  if (options_.issue) {
    EYRIE_TRY(slot.credentials, options_.issue(spec));
  }
  SandboxOptions options{.spec = spec, .process = process_options(spec, slot.number), .init_timeout = options_.init_timeout};
  options.process.environment = environment(spec, slot.credentials);
  api_->expect();
  const std::uint64_t memory = static_cast<std::uint64_t>(spec.memory_mb + spec.tmp_mb) * kMebibyte + kGroupSlack;
  auto started = Sandbox::start(std::move(options), cgroups_.make(memory), logs_);
  if (!started) {
    api_->give_up();
    return fail(started.error());
  }
  ++cold_starts_;
  std::shared_ptr<Sandbox> sandbox = std::move(*started);
  api_->add(sandbox);
  return sandbox;
}

// Of a user that no living sandbox has.
unsigned Pool::free_number() {
  while (std::ranges::any_of(slots_, [&](const Slot& slot) { return slot.number % kUsers == next_number_ % kUsers; })) ++next_number_;
  return next_number_++;
}

Result<Pool::Slots::iterator> Pool::take(const SandboxSpec& spec, const Limits& limits, bool patient, std::optional<Slots::iterator> before, Slots& ended) {
  const std::lock_guard lock(mutex_);
  if (before) {
    release(*before, ended);
    changed_.notify_all();
  }
  if (stopping_) return fail(Code::kUnavailable, "The server is stopping");
  if (!safe_) return fail(Code::kInternal, "functions do not run here: this system allows no namespaces (see docs/operations.md)");
  const auto busy = static_cast<unsigned>(std::ranges::count_if(slots_, &Slot::busy));
  const auto own = static_cast<unsigned>(std::ranges::count_if(slots_, [&](const Slot& s) { return s.busy && s.function == spec.function; }));
  if (limits.own ? own >= *limits.own : busy >= options_.concurrency - std::min(options_.concurrency, limits.reserved))
    return fail(Code::kUnavailable, std::string(limits.own ? kReservedLimit : kAccountLimit));
  if (busy >= options_.concurrency) return fail(Code::kUnavailable, std::string(kAccountLimit));
  const Time now = std::chrono::steady_clock::now();
  auto oldest = slots_.end(), soon = slots_.end();
  for (auto slot = slots_.begin(); slot != slots_.end();) {
    const auto at = slot++;
    if (at->busy) continue;
    const bool outdated = at->function == spec.function && at->version == spec.version && at->revision != spec.revision;
    if (outdated || !at->sandbox->alive()) {
      ended.splice(ended.end(), slots_, at);
      continue;
    }
    if (at->function == spec.function && at->version == spec.version) {
      if (at->sandbox->asks()) {
        at->busy = true;
        return at;
      }
      // Who answered last is the likeliest to ask: the others have taken longer already.
      const bool may_ask = patient && now - at->idle_since < options_.ask_again;
      if (may_ask && (soon == slots_.end() || at->idle_since > soon->idle_since)) soon = at;
    }
    if (oldest == slots_.end() || at->idle_since < oldest->idle_since) oldest = at;
  }
  if (soon != slots_.end()) {
    soon->busy = true;
    return soon;
  }
  if (slots_.size() >= options_.concurrency && oldest != slots_.end()) ended.splice(ended.end(), slots_, oldest);
  slots_.push_back({.sandbox = nullptr,
                    .function = spec.function,
                    .version = spec.version,
                    .revision = spec.revision,
                    .number = free_number(),
                    .busy = true,
                    .born = std::chrono::steady_clock::now()});
  return std::prev(slots_.end());
}

void Pool::release(Slots::iterator slot, Slots& ended) {
  slot->busy = false;
  const bool old = std::chrono::steady_clock::now() - slot->born > options_.longest_life;
  if (stopping_ || slot->retired || old || slot->sandbox == nullptr || !slot->sandbox->alive()) ended.splice(ended.end(), slots_, slot);
}

void Pool::give_back(Slots::iterator slot) {
  Slots ended;
  {
    const std::lock_guard lock(mutex_);
    slot->idle_since = std::chrono::steady_clock::now();
    release(slot, ended);
  }
  changed_.notify_all();
  end(std::move(ended));
}

void Pool::end(Slots ended) {
  for (Slot& slot : ended) {
    if (options_.revoke && !slot.credentials.access_key.empty()) options_.revoke(slot.credentials);
    if (slot.sandbox == nullptr) continue;
    api_->remove(slot.sandbox);
    slot.sandbox->kill();
  }
}

Result<Pool::Slots::iterator> Pool::find_sandbox(const SandboxSpec& spec, const Limits& limits, std::optional<Slots::iterator> before) {
  for (bool patient = true;; patient = false) {
    Slots ended;
    const auto slot = take(spec, limits, patient, before, ended);
    end(std::move(ended));
    if (!slot) return slot;
    if ((*slot)->sandbox == nullptr) {
      auto started = start_sandbox(spec, **slot);
      if (!started) {
        give_back(*slot);
        return fail(started.error());
      }
      const std::lock_guard lock(mutex_);
      (*slot)->sandbox = std::move(*started);
      // stop() may have looked already, when there was nothing to kill.
      if (stopping_) (*slot)->sandbox->kill();
      return slot;
    }
    if ((*slot)->sandbox->asks_by((*slot)->idle_since + options_.ask_again)) return slot;
    before = *slot;
  }
}

Result<InvocationOutcome> Pool::invoke(const SandboxSpec& spec, const Limits& limits, const Invocation& invocation) {
  std::optional<Slots::iterator> before;
  for (int handover = 1;; ++handover) {
    EYRIE_TRY(const Slots::iterator slot, find_sandbox(spec, limits, before));
    auto outcome = slot->sandbox->invoke(invocation, handover == kHandovers);
    if (!outcome) {
      before = slot;
      continue;
    }
    give_back(slot);
    const std::lock_guard lock(mutex_);
    if (stopping_ && outcome->failed) return fail(Code::kUnavailable, "The server is stopping");
    return *std::move(outcome);
  }
}

void Pool::retire(const std::string& function) {
  Slots ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto slot = slots_.begin(); slot != slots_.end();) {
      const auto at = slot++;
      if (at->function != function) continue;
      at->retired = true;
      if (!at->busy) ended.splice(ended.end(), slots_, at);
    }
  }
  end(std::move(ended));
}

// It idles for long, has ended, or does not ask for its next event.
bool Pool::is_over(const Slot& slot, Time now) const {
  const auto idle = now - slot.idle_since;
  const std::chrono::seconds afterwork = std::max(std::chrono::seconds(slot.sandbox->spec().timeout_s), kLeastAfterwork);
  return idle > options_.idle_timeout || !slot.sandbox->alive() || (idle > afterwork && !slot.sandbox->asks());
}

void Pool::reap() {
  const auto every = std::clamp(options_.idle_timeout / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(5000));
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, every, [this] { return stopping_; });
    const Time now = std::chrono::steady_clock::now();
    Slots ended;
    for (auto slot = slots_.begin(); slot != slots_.end();) {
      const auto at = slot++;
      if (!at->busy && is_over(*at, now)) ended.splice(ended.end(), slots_, at);
    }
    lock.unlock();
    end(std::move(ended));
    lock.lock();
    remove_discarded(lock);
  }
}

void Pool::discard(const std::filesystem::path& code) {
  const std::lock_guard lock(mutex_);
  discarded_.try_emplace(code, std::chrono::steady_clock::now());
}

void Pool::remove_discarded(std::unique_lock<std::mutex>& lock) {
  std::vector<std::filesystem::path> gone;
  for (auto entry = discarded_.begin(); entry != discarded_.end();) {
    const auto at = entry++;
    const bool young = std::chrono::steady_clock::now() - at->second < options_.discard_after;
    // One that starts now has not said yet what it uses.
    const bool used = std::ranges::any_of(slots_, [&](const Slot& slot) { return slot.sandbox == nullptr || slot.sandbox->spec().code == at->first; });
    if (young || used) continue;
    gone.push_back(at->first);
    discarded_.erase(at);
  }
  lock.unlock();
  std::error_code error;
  for (const auto& path : gone) std::filesystem::remove_all(path, error);
  lock.lock();
}

void Pool::stop() {
  Slots ended;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    for (Slot& slot : slots_) {
      if (slot.sandbox != nullptr) slot.sandbox->kill();
    }
    // Whoever is at work gets its answer now and gives the sandbox back.
    changed_.wait(lock, [this] { return std::ranges::none_of(slots_, &Slot::busy); });
    ended.splice(ended.end(), slots_);
  }
  end(std::move(ended));
  if (api_ != nullptr) api_->stop();
  std::error_code error;
  std::filesystem::remove_all(options_.directory, error);
}

bool Pool::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

Pool::Counts Pool::counts() const {
  const std::lock_guard lock(mutex_);
  const auto busy = static_cast<std::size_t>(std::ranges::count_if(slots_, &Slot::busy));
  return {.busy = busy, .idle = slots_.size() - busy, .cold_starts = cold_starts_};
}

}  // namespace eyrie::functions
