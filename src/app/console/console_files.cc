#include "app/console/console_files.h"

#include <optional>

#include "base/json.h"

extern "C" {
extern const char eyrie_console_start[], eyrie_console_end[];
}

namespace eyrie::app {
namespace {

// Everything comes from here, nothing is inline, and no text becomes markup or code: the policy says so. blob: is for previews of files that
// are about to be uploaded. A form without the scripts must not send a password.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";

std::optional<std::string_view> part(std::string_view bytes, const json::object& entry, std::string_view name) {
  const json::value* range = entry.if_contains(name);
  if (range == nullptr || !range->is_array() || range->get_array().size() != 2) return std::nullopt;
  const json::value &at = range->get_array()[0], &size = range->get_array()[1];
  if (!at.is_int64() || !size.is_int64() || at.get_int64() < 0 || size.get_int64() < 0) return std::nullopt;
  const auto offset = static_cast<std::size_t>(at.get_int64()), length = static_cast<std::size_t>(size.get_int64());
  if (offset > bytes.size() || length > bytes.size() - offset) return std::nullopt;
  return bytes.substr(offset, length);
}

bool takes_gzip(const net::RequestHead& head) {
  return head.headers.get("Accept-Encoding").contains("gzip");
}

}  // namespace

Result<ConsoleFiles> ConsoleFiles::open() {
  return read({eyrie_console_start, static_cast<std::size_t>(eyrie_console_end - eyrie_console_start)});
}

Result<ConsoleFiles> ConsoleFiles::read(std::string_view pack) {
  const std::size_t line = pack.find('\n');
  if (line == std::string_view::npos) return fail(Code::kCorrupt, "the console's pages have no table of contents");
  EYRIE_TRY(const json::value table, parse_json(pack.substr(0, line)));
  if (!table.is_array()) return fail(Code::kCorrupt, "the console's table of contents is no list");
  const std::string_view bytes = pack.substr(line + 1);
  ConsoleFiles files;
  for (const json::value& entry : table.get_array()) {
    if (!entry.is_object()) return fail(Code::kCorrupt, "the console's table of contents holds no objects");
    const auto raw = part(bytes, entry.get_object(), "raw"), gzip = part(bytes, entry.get_object(), "gzip");
    if (!raw || !gzip) return fail(Code::kCorrupt, "the console's table of contents names bytes that are not there");
    files.files_[text_of(entry.get_object(), "path")] = {.type = text_of(entry.get_object(), "type"),
                                                         .etag = text_of(entry.get_object(), "etag"),
                                                         .immutable = flag_of(entry.get_object(), "immutable"),
                                                         .raw = *raw,
                                                         .gzip = *gzip};
  }
  return files;
}

net::Response ConsoleFiles::answer(const net::RequestHead& head) const {
  const auto found = files_.find(head.path);
  if (found == files_.end()) return net::text_response(404, "not found\n");
  const File& file = found->second;
  const bool same = head.headers.get("If-None-Match") == file.etag;
  const bool gzip = takes_gzip(head);
  net::Response page = net::text_response(same ? 304 : 200, same ? "" : std::string(gzip ? file.gzip : file.raw), file.type);
  if (gzip && !same) page.headers.set("Content-Encoding", "gzip");
  page.headers.set("Vary", "Accept-Encoding");
  page.headers.set("ETag", file.etag);
  page.headers.set("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  page.headers.set("Content-Security-Policy", kPolicy);
  page.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  page.headers.set("X-Content-Type-Options", "nosniff");
  page.headers.set("Referrer-Policy", "no-referrer");
  return page;
}

}  // namespace eyrie::app
