// Taxonomies: a form feed parts the labels from the classes of a role. Hostile text must be refused or make
// labels whose ancestors end.
#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "vision/labels/taxonomy.h"

using namespace eyrie;
using namespace eyrie::vision;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const std::size_t middle = std::min(text.find('\f'), text.size());
  const auto taxonomy =
      Taxonomy::parse({.labels = text.substr(0, middle), .classes = {{Role::kTagger, text.substr(middle)}}});
  if (!taxonomy) return 0;
  for (const auto& label : taxonomy->labels()) {
    if (taxonomy->find(label->name) != label.get()) std::abort();
    if (std::ranges::count(label->ancestors, label.get()) > 0) std::abort();
    for (const std::string& alias : label->aliases) (void)taxonomy->find_loosely(alias);
  }
  return 0;
}
