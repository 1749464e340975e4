// For tests: networks of a few nodes, written as ONNX files without any library, and folders that are packs
// of them.
//
// Format: onnx.proto of ONNX (IR version 8, operator set 13) in Protocol Buffers' wire format; only the
// fields that ONNX Runtime asks for. Thread safety: plain data and functions.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/testing.h"
#include "vision/networks/runtime.h"

namespace eyrie::vision::testing {

// A message in Protocol Buffers' wire format, written field by field.
class ProtoWriter {
 public:
  ProtoWriter& number(int field, std::int64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtoWriter& bytes(int field, std::string_view value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(value.size());
    text_ += value;
    return *this;
  }
  ProtoWriter& message(int field, const ProtoWriter& value) { return bytes(field, value.text_); }
  const std::string& text() const { return text_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
    text_ += static_cast<char>(value);
  }

  std::string text_;
};

// TensorProto.DataType
inline constexpr int kOnnxFloat = 1;
inline constexpr int kOnnxUint8 = 2;

struct OnnxValue {
  std::string name;
  std::vector<std::int64_t> shape;  // -1 where free
  int type = kOnnxFloat;
};

struct OnnxConstant {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

struct OnnxNode {
  std::string op;
  std::vector<std::string> inputs, outputs;
  std::vector<std::pair<std::string, std::int64_t>> attributes = {};
};

struct OnnxGraph {
  std::vector<OnnxValue> inputs, outputs;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxConstant> constants = {};
};

inline ProtoWriter onnx_value(const OnnxValue& value) {
  ProtoWriter shape;
  for (const std::int64_t n : value.shape) {
    ProtoWriter dimension;
    n < 0 ? dimension.bytes(2, "free") : dimension.number(1, n);
    shape.message(1, dimension);
  }
  const ProtoWriter tensor = ProtoWriter().number(1, value.type).message(2, shape);
  return ProtoWriter().bytes(1, value.name).message(2, ProtoWriter().message(1, tensor));
}

inline ProtoWriter onnx_constant(const OnnxConstant& constant) {
  static_assert(std::endian::native == std::endian::little);  // as raw_data is
  ProtoWriter tensor;
  for (const std::int64_t n : constant.shape) tensor.number(1, n);
  const std::string_view raw(reinterpret_cast<const char*>(constant.values.data()),
                             constant.values.size() * sizeof(float));
  return tensor.number(2, kOnnxFloat).bytes(8, constant.name).bytes(9, raw);
}

inline ProtoWriter onnx_node(const OnnxNode& node) {
  constexpr int kInt = 2;  // AttributeProto.AttributeType
  ProtoWriter out;
  for (const std::string& name : node.inputs) out.bytes(1, name);
  for (const std::string& name : node.outputs) out.bytes(2, name);
  out.bytes(4, node.op);
  for (const auto& [name, value] : node.attributes) {
    out.message(5, ProtoWriter().bytes(1, name).number(3, value).number(20, kInt));
  }
  return out;
}

// The bytes of model.onnx.
inline std::string write_onnx(const OnnxGraph& graph) {
  ProtoWriter out;
  for (const OnnxNode& node : graph.nodes) out.message(1, onnx_node(node));
  out.bytes(2, "test");
  for (const OnnxConstant& constant : graph.constants) out.message(5, onnx_constant(constant));
  for (const OnnxValue& value : graph.inputs) out.message(11, onnx_value(value));
  for (const OnnxValue& value : graph.outputs) out.message(12, onnx_value(value));
  return ProtoWriter()
      .number(1, 8)
      .message(8, ProtoWriter().bytes(1, "").number(2, 13))
      .message(7, out)
      .text();
}

// Any input is answered with these values.
inline std::string write_onnx_constants(const OnnxValue& input, const std::vector<OnnxConstant>& answers) {
  OnnxGraph graph{.inputs = {input}};
  for (const OnnxConstant& answer : answers) {
    graph.constants.push_back({"constant " + answer.name, answer.shape, answer.values});
    graph.nodes.push_back({"Identity", {"constant " + answer.name}, {answer.name}});
    graph.outputs.push_back({answer.name, answer.shape});
  }
  return write_onnx(graph);
}

// Where packs are installed: $EYRIE_MODELS, else the user's cache. May not exist.
inline std::filesystem::path installed_models() {
  const char* given = std::getenv("EYRIE_MODELS");
  return given != nullptr ? std::filesystem::path(given) : user_cache_directory() / "models";
}

// A folder PARENT/id with the three files of a pack; `labels` may be "" for none.
inline std::filesystem::path write_pack(const std::filesystem::path& parent, const std::string& id,
                                        std::string_view pack_json, std::string_view labels,
                                        std::string_view onnx) {
  const std::filesystem::path folder = parent / id;
  write_file(folder / "pack.json", pack_json);
  write_file(folder / "model.onnx", onnx);
  if (!labels.empty()) write_file(folder / "labels.txt", labels);
  return folder;
}

// Skips where there is no ONNX Runtime.
class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto runtime = Runtime::get(); !runtime) GTEST_SKIP() << runtime.error().message;
  }

  TemporaryDirectory directory_;
};

}  // namespace eyrie::vision::testing
