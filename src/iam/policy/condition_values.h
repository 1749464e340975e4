// What one request says of itself, by condition key: {"aws:sourceip": ["127.0.0.1"]}. Keys compare without case, so they
// are kept in lower case. Plain values, but for what is told lazily: copies share that, so they are one thread's at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace eyrie::iam {

class ConditionValues {
 public:
  // Further values of a key that has some stand beside them.
  void add(std::string_view key, std::string value);
  // Values of keys that begin with `prefix` (lower case; "": of any), which cost something to tell: `tell` is called once, when a policy first asks for one
  // of them that is not there otherwise.
  void add_lazily(std::string prefix, std::function<ConditionValues()> tell);
  bool empty() const { return values_.empty() && lazy_.empty(); }
  // These and those of `more`.
  ConditionValues with(const ConditionValues& more) const;
  // Where a key is not here, its values are those that `below` has, which is not copied and must outlive this. Of several the first counts.
  void lay_over(const ConditionValues& below) { below_.push_back(&below); }
  // nullptr where the request has no such key.
  const std::vector<std::string>* find(std::string_view lower_key) const;

 private:
  using Values = std::map<std::string, std::vector<std::string>, std::less<>>;
  struct Lazy {
    std::string prefix;
    std::function<ConditionValues()> tell;  // empty once it has told
    std::shared_ptr<const ConditionValues> told;
  };

  Values values_;
  std::vector<std::shared_ptr<Lazy>> lazy_;
  std::vector<const ConditionValues*> below_;
};

// Whether Eyrie tells requests' values of this key at all (or, as AWS with long-term keys, truly has none). Conditions on other keys
// cannot be judged: see evaluate.h.
bool is_known_key(std::string_view lower_key);

}  // namespace eyrie::iam
