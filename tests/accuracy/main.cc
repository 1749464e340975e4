// eyrie_accuracy [--check] [SECTION...]: prints how right Eyrie is on pictures with known truth. With --check the exit code
// is 1 where a stated target is missed. What is not there (pictures, a model set) is skipped, and said so.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

#include "sections.h"

namespace eyrie::accuracy {
namespace {

struct Section {
  std::string_view name;
  void (*measure)(Report&);
};

constexpr std::array kSections{
    Section{"labels", measure_labels},
    Section{"faces", measure_faces},
    Section{"orientation", measure_orientation},
    Section{"age-gender", measure_age_gender},
    Section{"text", measure_text},
    Section{"moderation", measure_moderation},
    Section{"celebrities", measure_celebrities},
};

int run(bool check, const std::vector<std::string_view>& wanted) {
  Report report;
  for (const Section& section : kSections) {
    if (!wanted.empty() && std::ranges::find(wanted, section.name) == wanted.end()) continue;
    section.measure(report);
  }
  std::printf("\n%s\n",
              report.missed() ? "a target was missed" : "every target that could be measured was met");
  return check && report.missed() ? 1 : 0;
}

}  // namespace
}  // namespace eyrie::accuracy

int main(int argc, char** argv) {
  bool check = false;
  std::vector<std::string_view> wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--dump") return eyrie::accuracy::dump_all();
    if (argument == "--check") {
      check = true;
    } else {
      wanted.push_back(argument);
    }
  }
  return eyrie::accuracy::run(check, wanted);
}
