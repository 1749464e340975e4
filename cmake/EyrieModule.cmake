# eyrie_module(NAME DEPS ...): one folder of src/ becomes
#   library  eyrie_NAME      from *.cc
#   test     NAME_test       from *_test.cc   (GoogleTest, registered with CTest)
#   bench    NAME_bench      from *_bench.cc  (Google Benchmark)
#   fuzzers  x_fuzz          from x_fuzz.cc   (libFuzzer, one each, where EYRIE_FUZZ is on; of a sanitized build's, tests/fuzz makes one program)
# OPTIMIZE_TESTS: the tests compute much themselves. FOLDERS names folders below whose files belong to the same module. EXCLUDE names sources that another target has. A slash in NAME becomes an underscore, so api/s3 is eyrie_api_s3.
function(eyrie_module name)
  cmake_parse_arguments(ARG "OPTIMIZE_TESTS" "" "DEPS;TEST_DEPS;EXCLUDE;FOLDERS" ${ARGN})
  string(REPLACE "/" "_" id "${name}")
  file(GLOB all CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  foreach(folder IN LISTS ARG_FOLDERS)
    file(GLOB more CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc")
    list(APPEND all ${more})
  endforeach()
  foreach(excluded IN LISTS ARG_EXCLUDE)
    list(REMOVE_ITEM all "${CMAKE_CURRENT_SOURCE_DIR}/${excluded}")
  endforeach()
  set(sources "")
  set(tests "")
  set(benches "")
  set(fuzzers "")
  foreach(source IN LISTS all)
    if(source MATCHES "_test\\.cc$")
      list(APPEND tests ${source})
    elseif(source MATCHES "_bench\\.cc$")
      list(APPEND benches ${source})
    elseif(source MATCHES "_fuzz\\.cc$")
      list(APPEND fuzzers ${source})
    else()
      list(APPEND sources ${source})
    endif()
  endforeach()

  add_library(eyrie_${id} STATIC ${sources})
  target_link_libraries(eyrie_${id} PUBLIC eyrie_options ${ARG_DEPS})
  if(EYRIE_PRECOMPILE)
    target_precompile_headers(eyrie_${id} REUSE_FROM eyrie_precompiled)
  endif()

  if(tests AND EYRIE_TESTS AND EYRIE_UNIT_TESTS)
    add_executable(${id}_test ${tests})
    target_link_libraries(${id}_test PRIVATE eyrie_${id} ${ARG_TEST_DEPS} GTest::gmock GTest::gtest_main)
    # Half of a test's compile time is optimizing it; what it tests is optimized in its library.
    if(NOT ARG_OPTIMIZE_TESTS)
      target_compile_options(${id}_test PRIVATE -O0)
      if(EYRIE_PRECOMPILE)
        target_precompile_headers(${id}_test REUSE_FROM eyrie_precompiled_test)
      endif()
    endif()
    gtest_discover_tests(${id}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${id}/"
                         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                         PROPERTIES TIMEOUT 300 LABELS "unit")
  endif()
  if(benches AND EYRIE_BENCHES)
    add_executable(${id}_bench ${benches})
    target_link_libraries(${id}_bench PRIVATE eyrie_${id} ${ARG_TEST_DEPS} benchmark::benchmark_main)
  endif()
  if(EYRIE_FUZZ)
    foreach(fuzzer IN LISTS fuzzers)
      get_filename_component(fuzzer_name ${fuzzer} NAME_WE)
      add_executable(${fuzzer_name} ${fuzzer})
      target_link_libraries(${fuzzer_name} PRIVATE eyrie_${id})
      target_link_options(${fuzzer_name} PRIVATE -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY EYRIE_FUZZERS ${fuzzer_name})
    endforeach()
  elseif(fuzzers AND EYRIE_SANITIZE)
    foreach(fuzzer IN LISTS fuzzers)
      get_filename_component(fuzzer_name ${fuzzer} NAME_WE)
      set_source_files_properties(${fuzzer} PROPERTIES COMPILE_DEFINITIONS LLVMFuzzerTestOneInput=eyrie_${fuzzer_name})
      set_property(GLOBAL APPEND PROPERTY EYRIE_FUZZERS ${fuzzer_name})
    endforeach()
    add_library(${id}_fuzzers OBJECT ${fuzzers})
    set_property(GLOBAL APPEND PROPERTY EYRIE_FUZZER_LIBRARIES ${id}_fuzzers eyrie_${id})
    target_link_libraries(${id}_fuzzers PRIVATE eyrie_${id})
    if(EYRIE_PRECOMPILE)
      target_precompile_headers(${id}_fuzzers REUSE_FROM eyrie_precompiled)
    endif()
  endif()
endfunction()

# eyrie_embed(TARGET SYMBOL FILE): puts a data file into the binary as `extern "C" const char SYMBOL_start[], SYMBOL_end[]`.
# An assembler stub rather than #embed: ccache 4.7 does not see what #embed depends on.
function(eyrie_embed target symbol file)
  set(stub "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S")
  file(CONFIGURE OUTPUT ${stub} @ONLY CONTENT
".section .rodata
.global @symbol@_start
.global @symbol@_end
.balign 16
@symbol@_start:
.incbin \"@file@\"
@symbol@_end:
.byte 0
.section .note.GNU-stack,\"\",%progbits
")
  set_source_files_properties(${stub} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${stub})
endfunction()
