// Races on purpose, for control_test.py: a check that finds nothing must be known to find what there is.
//   races_control plain | copied | order | guarded
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace {

void at_once(const std::function<void()>& one, const std::function<void()>& other) {
  std::thread first(one), second(other);
  first.join();
  second.join();
}

void plain() {
  static volatile int number = 0;  // that it is not left out as useless
  const auto add = [] { number = number + 1; };
  at_once(add, add);
}

// By the C library's memcpy, which is not instrumented itself: what hides false reports of such libraries must not hide our own use of them.
void copied() {
  static const volatile std::size_t size = 4096;  // not known, so that there is a call
  std::string text(size, 'a');
  const std::string other(size, 'b');
  const auto copy = [&] { std::memcpy(text.data(), other.data(), size); };
  at_once(copy, copy);
  if (text != other) std::abort();
}

// Nothing is raced for here: the locks could only ever meet in the wrong order.
void order() {
  static std::mutex a, b;
  const auto take = [](std::mutex& outer, std::mutex& inner) {
    const std::lock_guard first(outer);
    const std::lock_guard second(inner);
  };
  std::thread([&] { take(a, b); }).join();
  std::thread([&] { take(b, a); }).join();
}

void guarded() {
  static std::mutex mutex;
  static volatile int number = 0;
  const auto add = [] {
    const std::lock_guard lock(mutex);
    number = number + 1;
  };
  at_once(add, add);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count == 2 ? arguments[1] : "";
  if (what == "plain") plain();
  else if (what == "copied") copied();
  else if (what == "order") order();
  else if (what == "guarded") guarded();
  else return 2;
  std::cout << "done\n";
  return 0;
}
