#include "vision/networks/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "vision/networks/run_times.h"
#include "vision/networks/testing.h"

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kOnnxUint8;
using testing::OnnxGraph;
using testing::write_onnx;

// y = x + (1, 2, 3, 4), z = -x
const OnnxGraph kSums{.inputs = {{"x", {1, 4}}},
                      .outputs = {{"y", {1, 4}}, {"z", {1, 4}}},
                      .nodes = {{"Add", {"x", "c"}, {"y"}}, {"Neg", {"x"}, {"z"}}},
                      .constants = {{"c", {1, 4}, {1, 2, 3, 4}}}};

Tensor floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  Tensor tensor{.type = ElementType::kFloat32, .shape = std::move(shape), .bytes = {}};
  tensor.bytes.resize(values.size() * sizeof(float));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

class SessionTest : public testing::RuntimeTest {
 protected:
  // The file of a graph, with what a pack would tell of it.
  SessionFile file(const OnnxGraph& graph, std::vector<std::string> outputs = {"y"}) const {
    return file(write_onnx(graph), std::move(outputs));
  }
  SessionFile file(std::string_view onnx, std::vector<std::string> outputs = {"y"}) const {
    write_file(model_, onnx);
    return {.path = model_, .input = "x", .input_shape = {1, 4}, .outputs = std::move(outputs)};
  }
  void expect_refused(const SessionFile& told, std::string_view why) const {
    const auto session = Session::open(told);
    ASSERT_FALSE(session) << why;
    EXPECT_EQ(session.error().code, Code::kUnavailable) << session.error().message;
    EXPECT_THAT(session.error().message, HasSubstr(std::string(why)));
    EXPECT_THAT(session.error().message, HasSubstr(told.path.string()));
  }

  const std::filesystem::path model_ = directory_.path() / "sums" / "model.onnx";
};

TEST_F(SessionTest, AnswersInTheOrderAskedFor) {
  const auto session = Session::open(file(kSums, {"z", "y"}));
  ASSERT_TRUE(session) << session.error().message;
  const auto outputs = (*session)->run(floats({1, 4}, {10, 20, 30, 40}));
  ASSERT_TRUE(outputs) << outputs.error().message;
  ASSERT_EQ(outputs->size(), 2U);
  EXPECT_THAT((*outputs)[0].values, ElementsAre(-10, -20, -30, -40));
  EXPECT_THAT((*outputs)[1].values, ElementsAre(11, 22, 33, 44));
  EXPECT_THAT((*outputs)[1].shape, ElementsAre(1, 4));
  EXPECT_EQ(outputs->end() - outputs->begin(), 2);
}

TEST_F(SessionTest, OutputsOutliveTheSession) {
  auto session = Session::open(file(kSums));
  ASSERT_TRUE(session);
  const auto outputs = (*session)->run(floats({1, 4}, {0, 0, 0, 0}));
  ASSERT_TRUE(outputs);
  session->reset();
  EXPECT_THAT((*outputs)[0].values, ElementsAre(1, 2, 3, 4));
}

TEST_F(SessionTest, TakesBytesWhereTheNetworkDoes) {
  SessionFile told = file(OnnxGraph{.inputs = {{"x", {1, 4}, kOnnxUint8}},
                                    .outputs = {{"y", {1, 4}}},
                                    .nodes = {{"Cast", {"x"}, {"y"}, {{"to", testing::kOnnxFloat}}}}});
  expect_refused(told, "element type");
  told.type = ElementType::kUint8;
  const auto session = Session::open(told);
  ASSERT_TRUE(session) << session.error().message;
  const auto outputs =
      (*session)->run({.type = ElementType::kUint8, .shape = {1, 4}, .bytes = {0, 1, 128, 255}});
  ASSERT_TRUE(outputs);
  EXPECT_THAT((*outputs)[0].values, ElementsAre(0, 1, 128, 255));
}

TEST_F(SessionTest, AFreeSideOfEitherFitsAny) {
  const OnnxGraph free{
      .inputs = {{"x", {1, -1}}}, .outputs = {{"y", {1, -1}}}, .nodes = {{"Neg", {"x"}, {"y"}}}};
  for (const std::int64_t side : {4, -1}) {
    SessionFile told = file(free);
    told.input_shape = {1, side};
    const auto session = Session::open(told);
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_THAT((*(*session)->run(floats({1, 2}, {1, 2})))[0].values, ElementsAre(-1, -2));
    EXPECT_THAT((*(*session)->run(floats({1, 3}, {1, 2, 3})))[0].shape, ElementsAre(1, 3));
  }
  SessionFile told = file(kSums);
  told.input_shape = {-1, 4};
  EXPECT_TRUE(Session::open(told));
}

TEST_F(SessionTest, AFileThatIsNoNetworkIsRefused) {
  const std::string whole = write_onnx(kSums);
  expect_refused(file("not a network"), "can load");
  expect_refused(file(""), "can load");
  expect_refused(file(whole.substr(0, whole.size() / 2)), "can load");
  std::filesystem::remove(model_);
  SessionFile told{.path = model_, .input = "x", .input_shape = {1, 4}, .outputs = {"y"}};
  expect_refused(told, "missing");
  told.path = model_.parent_path();
  expect_refused(told, "missing");
}

// Whatever breaks in the file: refused, or loaded to answer something; never worse.
TEST_F(SessionTest, EveryDamagedByteIsRefusedOrLoaded) {
  const std::string whole = write_onnx(kSums);
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
    const auto session = Session::open(file(damaged));
    refused += session ? 0 : 1;
    if (!session)
      EXPECT_EQ(session.error().code, Code::kUnavailable) << at << ": " << session.error().message;
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()) / 4);
}

TEST_F(SessionTest, AnotherInputThanThePacksIsRefused) {
  SessionFile told = file(kSums);
  told.input = "picture";
  expect_refused(told, "\"picture\"");
  told = file(kSums);
  for (const std::vector<std::int64_t>& shape :
       std::vector<std::vector<std::int64_t>>{{1, 5}, {1, 4, 1}, {4}, {}}) {
    told.input_shape = shape;
    expect_refused(told, "[1,4]");
  }
  told = file(OnnxGraph{.inputs = {{"x", {1, 4}}, {"w", {1, 4}}},
                        .outputs = {{"y", {1, 4}}},
                        .nodes = {{"Add", {"x", "w"}, {"y"}}}});
  expect_refused(told, "2 inputs");
}

TEST_F(SessionTest, AMissingOutputIsRefused) {
  expect_refused(file(kSums, {"y", "scores"}), "\"scores\"");
  expect_refused(file(kSums, {"c"}), "\"c\"");  // a constant is none
  const OnnxGraph bytes{.inputs = {{"x", {1, 4}}},
                        .outputs = {{"y", {1, 4}, kOnnxUint8}},
                        .nodes = {{"Cast", {"x"}, {"y"}, {{"to", kOnnxUint8}}}}};
  expect_refused(file(bytes), "no float32 output \"y\"");
}

TEST_F(SessionTest, ARunThatFailsSaysOfWhichModel) {
  const auto session = Session::open(file(kSums));
  ASSERT_TRUE(session);
  const Tensor wrong[] = {floats({1, 5}, {1, 2, 3, 4, 5}),  // of another shape
                          {.type = ElementType::kUint8, .shape = {1, 4}, .bytes = {1, 2, 3, 4}}};
  for (const Tensor& input : wrong) {
    const auto outputs = (*session)->run(input);
    ASSERT_FALSE(outputs);
    EXPECT_EQ(outputs.error().code, Code::kInternal);
    EXPECT_THAT(outputs.error().message, HasSubstr("sums"));
  }
  const auto too_short = (*session)->run(floats({1, 4}, {1, 2, 3}));  // fewer bytes than the shape says
  ASSERT_FALSE(too_short);
  EXPECT_EQ(too_short.error().code, Code::kInternal);
  EXPECT_TRUE((*session)->run(floats({1, 4}, {1, 2, 3, 4}))) << "a failed run spoiled the session";
}

TEST_F(SessionTest, ThreadsShareIt) {
  const auto session = Session::open(file(kSums));
  ASSERT_TRUE(session);
  std::vector<std::jthread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto x = static_cast<float>(t * 1000 + i);
        const auto outputs = (*session)->run(floats({1, 4}, {x, x, x, x}));
        if (outputs && (*outputs)[0].values[3] == x + 4) ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 200);
}

TEST_F(SessionTest, InferenceTimeIsTheThreadsOwn) {
  const auto session = Session::open(file(kSums));
  ASSERT_TRUE(session);
  const double before = inference_ms_of_this_thread();
  ASSERT_TRUE((*session)->run(floats({1, 4}, {1, 2, 3, 4})));
  EXPECT_GT(inference_ms_of_this_thread(), before);
  std::jthread([] { EXPECT_EQ(inference_ms_of_this_thread(), 0); }).join();
}

TEST_F(SessionTest, RunsAreTimedByFile) {
  const std::filesystem::path path = file(kSums).path;
  const RunTimes before = run_times_of(path);
  const auto session = Session::open(file(kSums));
  ASSERT_TRUE(session);
  EXPECT_EQ(run_times_of(path).runs, before.runs) << "opening is no run";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE((*session)->run(floats({1, 4}, {1, 2, 3, 4})));
  EXPECT_EQ(run_times_of(path).runs, before.runs + 3);
  EXPECT_GT(run_times_of(path).ms, before.ms);
  EXPECT_EQ(run_times_of(path.parent_path() / "other.onnx").runs, 0U);
}

// ---- finding the library

TEST(Runtime, TheNamedLibraryComesFirst) {
  const char* named = std::getenv("EYRIE_ONNXRUNTIME");
  const std::string saved = named != nullptr ? named : "";
  ::setenv("EYRIE_ONNXRUNTIME", "/some/libonnxruntime.so", 1);
  EXPECT_EQ(runtime_candidates().front(), "/some/libonnxruntime.so");
  saved.empty() ? ::unsetenv("EYRIE_ONNXRUNTIME") : ::setenv("EYRIE_ONNXRUNTIME", saved.c_str(), 1);
  const auto candidates = runtime_candidates();
  EXPECT_NE(candidates.front(), "/some/libonnxruntime.so");
  EXPECT_FALSE(candidates.back().has_parent_path()) << "the system's libraries come last";
}

TEST(Runtime, TheUsersCacheFollowsXdg) {
  const char* given = std::getenv("XDG_CACHE_HOME");
  const std::string saved = given != nullptr ? given : "";
  ::setenv("XDG_CACHE_HOME", "/caches", 1);
  EXPECT_EQ(user_cache_directory(), "/caches/eyrie");
  ::setenv("XDG_CACHE_HOME", "", 1);
  EXPECT_EQ(user_cache_directory(), std::filesystem::path(std::getenv("HOME")) / ".cache" / "eyrie");
  saved.empty() ? ::unsetenv("XDG_CACHE_HOME") : ::setenv("XDG_CACHE_HOME", saved.c_str(), 1);
}

}  // namespace
}  // namespace eyrie::vision
