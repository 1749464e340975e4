// Names that many pictures have in common - of labels, of buckets - each kept once, and for as long as some
// picture has it.
//
//   const auto id = names.take("Sports Car");   // one use
//   names[id] == "Sports Car";
//   names.give_back(id);                        // its end; after the last the number is another name's
//
// Invariant: a number below size() without uses has the empty name. Errors: none. Thread safety: none; its
// owner's lock.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eyrie::analysis {

class SharedNames {
 public:
  using Id = std::uint32_t;

  SharedNames() = default;
  SharedNames(const SharedNames&) = delete;
  SharedNames& operator=(const SharedNames&) = delete;

  Id take(std::string_view name);
  void give_back(Id id);  // one that take() gave
  std::string_view operator[](Id id) const { return held_[id].name; }
  // All numbers in use are below.
  std::size_t size() const { return held_.size(); }

 private:
  struct Held {
    std::string name;
    std::size_t uses = 0;
  };
  std::deque<Held> held_;  // stays where it is: by_name_ looks into it
  std::vector<Id> free_;
  std::map<std::string_view, Id> by_name_;
};

}  // namespace eyrie::analysis
