// Frees what a C library made, by its own function: std::unique_ptr<X509, Free<X509_free>>.
#pragma once

namespace eyrie {

template <auto release>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};

}  // namespace eyrie
