#include "tools/fit/ProgramGraph.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ProgramHeader.h"
#include "tools/fit/ProtobufMessage.h"
#include <algorithm>
#include <map>
#include <set>

namespace dlc::fit {
namespace {

constexpr int64_t kUnknown = -1;

// tensorflow/core/framework/types.proto.
int64_t typeNumber(dlc_dtype dtype) {
  switch (dtype) {
  case DLC_F32:
    return 1;
  case DLC_F64:
    return 2;
  case DLC_I32:
    return 3;
  case DLC_U8:
    return 4;
  case DLC_I8:
    return 6;
  case DLC_I64:
    return 9;
  case DLC_BOOL:
    return 10;
  case DLC_BF16:
    return 14;
  case DLC_F16:
    return 19;
  default:
    return 0;
  }
}

// Of what tf.import_graph_def takes, letters and digits, between them underscores and, for scopes, slashes. A slash
// between spaces is a division.
std::string nodeName(const std::string &text) {
  std::string name;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool isWord = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    bool isScope = c == '/' && i && text[i - 1] != ' ' && i + 1 < text.size() && text[i + 1] != ' ';
    if (isScope && !name.empty() && name.back() == '_')
      name.pop_back();
    if (isWord || (isScope && !name.empty() && name.back() != '/'))
      name += c;
    else if (!name.empty() && name.back() != '_' && name.back() != '/')
      name += '_';
  }
  while (!name.empty() && (name.back() == '_' || name.back() == '/'))
    name.pop_back();
  return name;
}

// tensorflow/core/framework: NodeDef.name = 1, op = 2, input = 3, attr = 5; a map's entry has key = 1, value = 2.
// AttrValue: list = 1, s = 2, i = 3, type = 6, and in a list shape = 7; TensorShapeProto.dim = 2, Dim.size = 1.
struct Node {
  std::string name, op;
  std::vector<std::string> inputs;
  std::map<std::string, ProtobufMessage> attributes;

  void text(const char *key, const std::string &value) {
    if (!value.empty())
      attributes[key].bytes(2, value);
  }
  void type(dlc_dtype dtype) { attributes["dtype"].integer(6, typeNumber(dtype)); }
  void shapes(const std::vector<std::vector<int64_t>> &all) {
    ProtobufMessage list;
    for (const std::vector<int64_t> &shape : all) {
      ProtobufMessage dims;
      for (int64_t size : shape)
        dims.message(2, ProtobufMessage().integer(1, size));
      list.message(7, dims);
    }
    attributes["_output_shapes"].message(1, list);
  }
  ProtobufMessage encoded() const {
    ProtobufMessage node;
    node.bytes(1, name).bytes(2, op);
    for (const std::string &input : inputs)
      node.bytes(3, input);
    for (const auto &[key, value] : attributes)
      node.message(5, ProtobufMessage().bytes(1, key).message(2, value));
    return node;
  }
};

// The bytes that a buffer stands for, at a batch of 1; views of one value overlap.
struct Bytes {
  uint32_t kind, index;
  uint64_t begin, end;
  bool overlaps(const Bytes &other) const {
    return kind == other.kind && index == other.index && begin < other.end && other.begin < end;
  }
};

class GraphWriter {
public:
  GraphWriter(const Program &program, const schema::Program &header, const schema::Function &function,
              const dlc_function &ports)
      : program(program), header(header), function(function), ports(ports), symbols(program.symbols()),
        ones(valuesOfSymbols(program, {})) {}

  std::string write() {
    uint32_t loopEnd = 0;
    std::string loop;
    for (uint32_t at = 0; function.steps() && at < function.steps()->size(); ++at) {
      const schema::Step &step = *function.steps()->Get(at);
      if (step.kind() == kLoopStep) {
        // Of nested loops the outermost counts, as the bodies lie inside its own.
        if (at >= loopEnd) {
          loopEnd = at + 1 + step.body();
          loop = formulaText(step.count());
        }
        continue;
      }
      addStep(step, at < loopEnd ? loop : "");
    }
    for (uint32_t index = 0; index < ports.output_count; ++index)
      addOutput(index);
    ProtobufMessage graph;
    for (const Node &node : nodes)
      graph.message(1, node.encoded());
    graph.message(4, ProtobufMessage().integer(1, 1)); // versions.producer
    return graph.encoded();
  }

private:
  struct Write {
    Bytes bytes;
    std::string node;
  };

  std::string unusedName(const std::string &text, const std::string &otherwise) {
    std::string name = nodeName(text);
    if (name.empty())
      name = otherwise;
    std::string unused = name;
    for (int number = 1; !names.insert(unused).second; ++number)
      unused = name + "_" + std::to_string(number);
    return unused;
  }

  std::string formulaText(const schema::Formula *formula) const {
    std::optional<Polynomial> polynomial = polynomialOf(formula);
    return polynomial ? textOf(*polynomial, symbols) : "";
  }

  Bytes bytesOfBuffer(uint32_t index) const {
    const schema::Buffer *buffer = function.buffers()->Get(index);
    while (buffer->kind() == kElementBuffer) // each turn of a loop sees another part of it
      buffer = function.buffers()->Get(buffer->index());
    auto size = static_cast<uint64_t>(std::max<int64_t>(1, valueOf(buffer->size(), ones).value_or(0)));
    if (buffer->kind() == kConstantBuffer)
      return {kConstantBuffer, 0, buffer->offset(), buffer->offset() + size};
    return {buffer->kind(), buffer->index(), buffer->offset(), buffer->offset() + size};
  }

  // [batch, 16] where a port or a variable says it; of other values only the number of elements is known.
  static std::vector<int64_t> shapeOf(const dlc_port &port) {
    std::vector<int64_t> shape;
    for (uint32_t d = 0; d < port.rank; ++d)
      shape.push_back(port.dims[d].fixed >= 0 ? port.dims[d].fixed : kUnknown);
    return shape;
  }
  std::vector<int64_t> shapeOfBuffer(const schema::Buffer &buffer) const {
    if (buffer.kind() == kOutputBuffer && buffer.index() < ports.output_count && !buffer.offset())
      return shapeOf(ports.outputs[buffer.index()]);
    auto size = static_cast<int64_t>(std::max<size_t>(1, fit::bytesOf(buffer.dtype())));
    const auto *terms = buffer.size() ? buffer.size()->terms() : nullptr;
    if (!terms || terms->size() != 1)
      return {terms && terms->size() ? kUnknown : 0};
    int64_t count = terms->Get(0)->coefficient() / size;
    const auto *symbols = terms->Get(0)->symbols();
    if (!symbols || !symbols->size())
      return {count};
    return count == 1 ? std::vector<int64_t>{kUnknown} : std::vector<int64_t>{kUnknown, count};
  }

  // Who wrote what a step reads: the last writer, and earlier ones where that wrote only a part.
  std::vector<std::string> writersOf(const Bytes &bytes) {
    std::vector<std::string> found;
    for (auto write = writes.rbegin(); write != writes.rend(); ++write)
      if (write->bytes.overlaps(bytes)) {
        found.push_back(write->node);
        if (write->bytes.begin <= bytes.begin && write->bytes.end >= bytes.end)
          return found;
      }
    if (std::string source = sourceOf(bytes); !source.empty())
      found.push_back(source);
    return found;
  }

  // Values that are there before the first step.
  std::string sourceOf(const Bytes &bytes) {
    auto key = std::make_pair(bytes.kind, bytes.kind == kConstantBuffer ? bytes.begin : bytes.index);
    if (auto known = sources.find(key); known != sources.end())
      return known->second;
    Node node;
    if (bytes.kind == kInputBuffer && bytes.index < ports.input_count) {
      const dlc_port &port = ports.inputs[bytes.index];
      node.name = unusedName(port.name, "input");
      node.op = "Placeholder";
      node.type(port.dtype);
      node.shapes({shapeOf(port)});
    } else if (bytes.kind == kVariableBuffer) {
      std::vector<dlc_variable> variables = program.variables();
      if (bytes.index >= variables.size())
        return "";
      const dlc_variable &variable = variables[bytes.index];
      node.name = unusedName(variable.name, "variable");
      node.op = "VariableV2"; // TensorBoard knows it as one
      node.type(variable.dtype);
      node.shapes({std::vector<int64_t>(variable.shape, variable.shape + variable.rank)});
      if (variable.file && *variable.file && variable.line)
        node.text("source", std::string(variable.file) + ":" + std::to_string(variable.line));
    } else if (bytes.kind == kConstantBuffer) {
      node.name = unusedName("constant", "constant");
      node.op = "Const";
    } else {
      return ""; // not written yet: the first turn of a loop does not read it
    }
    std::string name = node.name;
    nodes.push_back(std::move(node));
    sources[key] = name;
    return name;
  }

  std::string placeText(const schema::Location *place) const {
    if (!place || !place->line() || !header.sources() || place->source() >= header.sources()->size())
      return "";
    return header.sources()->Get(place->source())->path()->str() + ":" + std::to_string(place->line()) +
           (place->column() ? ":" + std::to_string(place->column()) : "");
  }

  void read(Node &node, uint32_t buffer) {
    for (const std::string &writer : writersOf(bytesOfBuffer(buffer)))
      if (std::find(node.inputs.begin(), node.inputs.end(), writer) == node.inputs.end())
        node.inputs.push_back(writer);
  }

  void addStep(const schema::Step &step, const std::string &loop) {
    const auto *arguments = step.args();
    if (!arguments)
      return;
    Node node;
    const schema::Location *place = step.location();
    uint32_t outputsFrom = step.kind() == kCopyStep ? 1 : arguments->size();
    node.op = step.kind() == kCopyStep ? "copy" : "guard";
    if (step.kind() == kLaunchStep) {
      const schema::Kernel &kernel = *header.kernels()->Get(step.kernel());
      outputsFrom = kernel.outputs_from();
      node.op = kernel.kind() && kernel.kind()->size() ? kernel.kind()->str() : "kernel";
      node.text("kernel", kernel.name()->str());
      node.text("flop", formulaText(kernel.flops()));
      node.text("bytes", formulaText(kernel.bytes()));
      if (kernel.location())
        place = kernel.location();
    } else if (step.kind() == kGuardStep && step.reason()) {
      node.text("stops_if_false", step.reason()->str());
    }
    std::string where = place && place->where() ? place->where()->str() : "";
    node.name = unusedName(where, node.op);
    node.text("value", where);
    node.text("source", placeText(place));
    if (!loop.empty())
      node.text("turns", loop);
    for (uint32_t i = 0; i < std::min(outputsFrom, arguments->size()); ++i)
      read(node, arguments->Get(i));
    std::vector<std::vector<int64_t>> shapes;
    for (uint32_t i = outputsFrom; i < arguments->size(); ++i) {
      const schema::Buffer &buffer = *function.buffers()->Get(arguments->Get(i));
      if (i == outputsFrom)
        node.type(buffer.dtype());
      shapes.push_back(shapeOfBuffer(buffer));
      writes.push_back({bytesOfBuffer(arguments->Get(i)), node.name});
    }
    if (!shapes.empty())
      node.shapes(shapes);
    nodes.push_back(std::move(node));
  }

  void addOutput(uint32_t index) {
    const dlc_port &port = ports.outputs[index];
    Node node;
    node.inputs = writersOf({kOutputBuffer, index, 0, UINT64_MAX});
    node.name = unusedName(std::string("outputs/") + port.name, "outputs");
    node.op = "Identity";
    node.type(port.dtype);
    node.shapes({shapeOf(port)});
    nodes.push_back(std::move(node));
  }

  const Program &program;
  const schema::Program &header;
  const schema::Function &function;
  const dlc_function &ports;
  std::vector<std::string> symbols;
  std::vector<int64_t> ones; // the value of each symbol: bytes are compared at a batch of 1
  std::vector<Node> nodes;
  std::vector<Write> writes;
  std::set<std::string> names;
  std::map<std::pair<uint32_t, uint64_t>, std::string> sources;
};

} // namespace

std::string graphDef(const Program &program) {
  if (!program.has("predict"))
    return "";
  const schema::Program &header = headerOf(program);
  const schema::Function &function = *header.functions()->Get(program.functionIndex("predict"));
  dlc_function ports = program.function("predict");
  return GraphWriter(program, header, function, ports).write();
}

} // namespace dlc::fit
