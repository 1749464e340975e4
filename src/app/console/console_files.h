// The console's pages, as web/pack.mjs has put them into the binary: one line of JSON that says what there is, then the bytes.
//
//   [{"path": "/_console/", "type": "text/html; charset=utf-8", "etag": "\"...\"", "immutable": false,
//     "raw": [offset, length], "gzip": [offset, length]}, ...]\n BYTES
//
// Names that hold a digest of what they name may be kept for ever; the others are asked for again each time, by ETag. Thread-safe once made.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace eyrie::app {

class ConsoleFiles {
 public:
  // kCorrupt where the binary was not built whole.
  static Result<ConsoleFiles> open();
  static Result<ConsoleFiles> read(std::string_view pack);  // which must outlive it

  net::Response answer(const net::RequestHead& head) const;

 private:
  struct File {
    std::string type, etag;
    bool immutable = false;
    std::string_view raw, gzip;
  };
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace eyrie::app
