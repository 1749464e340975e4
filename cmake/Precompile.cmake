# Two precompiled headers: eyrie_precompiled for libraries, eyrie_precompiled_test for unit tests, which are compiled without optimization.
# They halve what compiling costs a release build, and take a quarter off a sanitized one. They hold absolute paths, so ccache does not find
# in one checkout what another has compiled: who works in several turns them off (-DEYRIE_PRECOMPILE=OFF).
set(common_headers <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <expected> <filesystem> <fstream> <functional> <map> <memory>
    <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map> <variant> <vector> <boost/json.hpp>)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cc CONTENT "// Carries a precompiled header.\n")
foreach(name eyrie_precompiled eyrie_precompiled_test)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
  target_link_libraries(${name} PRIVATE eyrie_options Boost::json)
  # Without it the file's times are in it, and ccache never meets it again.
  target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(${name} PRIVATE ${common_headers})
endforeach()
# As executables are compiled, whatever this is: a header fits only where the options do.
set_target_properties(eyrie_precompiled_test PROPERTIES POSITION_INDEPENDENT_CODE OFF)
target_compile_options(eyrie_precompiled_test PRIVATE -fPIE -O0)
target_link_libraries(eyrie_precompiled_test PRIVATE GTest::gmock)
target_precompile_headers(eyrie_precompiled_test PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
