#include "test/unit/passes/fusion/PassRunner.h"

#include "ir/graph/GraphOps.h"
#include "ir/plan/PlanOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "passes/autodiff/Passes.h"
#include "passes/fusion/Passes.h"
#include "passes/graph/Passes.h"
#include "passes/plan/Passes.h"
#include "gtest/gtest.h"
#include <cstring>
#include <random>

using namespace mlir;
using namespace dlc;
using reference::Symbols;
using reference::Tensor;

MLIRContext &dlc::test::context() {
  static MLIRContext *context = [] {
    registerDlcAutodiffPasses();
    registerDlcFusionPasses();
    registerDlcGraphPasses();
    registerDlcPlanPasses();
    auto *made = new MLIRContext(MLIRContext::Threading::DISABLED);
    made->loadDialect<graph::GraphDialect, plan::PlanDialect, func::FuncDialect>();
    return made;
  }();
  return *context;
}

OwningOpRef<ModuleOp> dlc::test::parse(StringRef text) {
  auto module = parseSourceString<ModuleOp>(text, &context());
  EXPECT_TRUE(module) << text.str();
  return module;
}

OwningOpRef<ModuleOp> dlc::test::runPasses(ModuleOp module, StringRef pipeline) {
  OwningOpRef<ModuleOp> copy(module.clone());
  PassManager manager(&context());
  if (failed(parsePassPipeline(pipeline, manager)) || failed(manager.run(*copy)))
    return nullptr;
  return copy;
}

Tensor dlc::test::randomTensor(RankedTensorType type, const Symbols &symbols, unsigned seed) {
  FailureOr<Tensor> tensor = reference::emptyTensor(type, symbols);
  EXPECT_TRUE(succeeded(tensor));
  std::mt19937 generator(seed);
  for (int64_t i = 0; i < tensor->count(); ++i) {
    // Quarters: sums and products of few of them are exact, so that comparisons do not tip over.
    int64_t quarters = int64_t(generator() % 15) - 7;
    if (tensor->isFloat())
      tensor->setFloat(i, quarters / 8.0 + 1.0 / 64);
    else
      tensor->setInt(i, type.getElementType().isInteger(1) ? quarters & 1 : quarters);
  }
  return *tensor;
}

SmallVector<Tensor> dlc::test::randomArguments(func::FuncOp function, const Symbols &symbols, unsigned seed) {
  SmallVector<Tensor> arguments;
  for (Type type : function.getArgumentTypes())
    arguments.push_back(randomTensor(cast<RankedTensorType>(type), symbols, seed * 100 + arguments.size()));
  return arguments;
}

static std::string nameOfResult(func::FuncOp function, unsigned index) {
  if (auto output = function.getResultAttrOfType<StringAttr>(index, "graph.output"))
    return "out:" + output.str();
  return "var:" + function.getResultAttrOfType<StringAttr>(index, "graph.variable").str();
}

test::Effects dlc::test::runFunction(ModuleOp module, StringRef name, ArrayRef<Tensor> arguments,
                                     const Symbols &symbols) {
  Effects effects;
  auto function = module.lookupSymbol<func::FuncOp>(name);
  reference::Interpreter interpreter;
  FailureOr<SmallVector<Tensor>> results = interpreter.run(function, arguments, symbols);
  EXPECT_TRUE(succeeded(results));
  if (succeeded(results))
    for (auto [index, tensor] : llvm::enumerate(*results))
      effects[nameOfResult(function, index)] = tensor;
  return effects;
}

namespace {

using Bytes = std::vector<char>;

class PlanRunner {
public:
  PlanRunner(ModuleOp module, plan::FunctionOp function, const Symbols &symbols)
      : module(module), function(function), symbols(symbols) {}

  /// Of a buffer, or of the part of a stack that the present turn sees.
  MutableArrayRef<char> bytesOf(Value value);
  int64_t sizeOf(StringRef formula) const;
  void run() { run(function.getBody().front()); }

private:
  Bytes &placeOf(plan::BufferOp buffer);
  Tensor load(Value buffer, RankedTensorType type);
  void run(Block &steps);
  void launch(plan::LaunchOp op);
  void loop(plan::LoopOp op);

  ModuleOp module;
  plan::FunctionOp function;
  const Symbols &symbols;
  reference::Interpreter interpreter;
  std::map<std::pair<unsigned, uint64_t>, Bytes> places;
  llvm::DenseMap<Operation *, int64_t> elements; ///< the present one of each loop
};

} // namespace

int64_t PlanRunner::sizeOf(StringRef formula) const {
  return graph::SymbolicSize::parse(formula)
      ->evaluate([&](StringRef symbol) { return std::optional<int64_t>(symbols.lookup(symbol)); })
      .value();
}

MutableArrayRef<char> PlanRunner::bytesOf(Value value) {
  auto element = value.getDefiningOp<plan::ElementOp>();
  if (!element)
    return placeOf(value.getDefiningOp<plan::BufferOp>());
  MutableArrayRef<char> stack = bytesOf(element.getStack());
  int64_t size = sizeOf(element.getSize()), begin = elements.at(element->getParentOp()) * size;
  EXPECT_LE(begin + size, int64_t(stack.size()));
  return stack.slice(begin, size);
}

Bytes &PlanRunner::placeOf(plan::BufferOp buffer) {
  auto [place, isNew] = places.try_emplace({unsigned(buffer.getKind()), *buffer.getIndex()});
  if (!isNew)
    return place->second;
  int64_t size = sizeOf(buffer.getSize());
  if (buffer.getKind() == plan::BufferKind::Workspace) {
    size = 0;
    for (Attribute formula : cast<ArrayAttr>((*function.getSlots())[*buffer.getIndex()]))
      size = std::max(size, sizeOf(cast<StringAttr>(formula).getValue()));
  }
  place->second.assign(size, char(0xa5));
  if (buffer.getKind() == plan::BufferKind::Constant) {
    auto entries = module->getAttrOfType<ArrayAttr>("plan.constants");
    auto entry = cast<DictionaryAttr>(entries[*buffer.getIndex()]);
    ArrayRef<char> raw = entry.getAs<DenseElementsAttr>("value").getRawData();
    place->second.assign(raw.begin(), raw.end());
  }
  return place->second;
}

Tensor PlanRunner::load(Value buffer, RankedTensorType type) {
  Tensor tensor = *reference::emptyTensor(type, symbols);
  MutableArrayRef<char> bytes = bytesOf(buffer);
  EXPECT_LE(tensor.bytes.size(), bytes.size());
  std::memcpy(tensor.bytes.data(), bytes.data(), tensor.bytes.size());
  return tensor;
}

void PlanRunner::launch(plan::LaunchOp op) {
  auto kernel = module.lookupSymbol<func::FuncOp>(op.getKernel());
  SmallVector<Tensor> arguments;
  for (auto [buffer, type] : llvm::zip_equal(op.getInputs(), kernel.getArgumentTypes()))
    arguments.push_back(load(buffer, cast<RankedTensorType>(type)));
  FailureOr<SmallVector<Tensor>> results = interpreter.run(kernel, arguments, symbols);
  ASSERT_TRUE(succeeded(results));
  for (auto [buffer, tensor] : llvm::zip_equal(op.getOutputs(), *results)) {
    MutableArrayRef<char> bytes = bytesOf(buffer);
    ASSERT_LE(tensor.bytes.size(), bytes.size());
    std::memcpy(bytes.data(), tensor.bytes.data(), tensor.bytes.size());
  }
}

void PlanRunner::loop(plan::LoopOp op) {
  if (op.getWhen() && !bytesOf(op.getWhen())[0])
    return;
  int64_t count = sizeOf(op.getCount());
  for (int64_t turn = 0; turn < count; ++turn) {
    int64_t element = op.getReverse() ? count - 1 - turn : turn;
    elements[op] = element;
    if (op.getIndex())
      std::memcpy(bytesOf(op.getIndex()).data(), &element, sizeof element);
    run(op.getBody().front());
  }
}

void PlanRunner::run(Block &steps) {
  for (Operation &step : steps) {
    if (auto op = dyn_cast<plan::LaunchOp>(step))
      launch(op);
    else if (auto op = dyn_cast<plan::LoopOp>(step))
      loop(op);
    else if (auto guard = dyn_cast<plan::GuardOp>(step))
      EXPECT_TRUE(bytesOf(guard.getOk())[0]);
    else if (auto copy = dyn_cast<plan::CopyOp>(step)) {
      auto buffer = copy.getSource().getDefiningOp<plan::BufferOp>();
      auto element = copy.getSource().getDefiningOp<plan::ElementOp>();
      int64_t size = sizeOf(buffer ? buffer.getSize() : element.getSize());
      ASSERT_LE(size, int64_t(bytesOf(copy.getTarget()).size()));
      std::memcpy(bytesOf(copy.getTarget()).data(), bytesOf(copy.getSource()).data(), size);
    } else
      EXPECT_TRUE((isa<plan::BufferOp, plan::ElementOp, plan::ReturnOp>(step)));
  }
}

static uint64_t indexOf(ArrayAttr entries, StringRef name) {
  for (auto [index, entry] : llvm::enumerate(entries.getAsRange<DictionaryAttr>()))
    if (entry.getAs<StringAttr>("name").getValue() == name)
      return index;
  ADD_FAILURE() << name.str();
  return 0;
}

test::Effects dlc::test::runPlan(ModuleOp module, func::FuncOp original, ArrayRef<Tensor> arguments,
                                 const Symbols &symbols) {
  Effects effects;
  auto program = *module.getOps<plan::ProgramOp>().begin();
  auto functions = program.getBody().front().getOps<plan::FunctionOp>();
  auto function =
      *llvm::find_if(functions, [&](plan::FunctionOp op) { return op.getSymName() == original.getSymName(); });
  PlanRunner runner(module, function, symbols);
  auto buffers = llvm::to_vector(function.getBody().front().getOps<plan::BufferOp>());
  auto bufferAt = [&](plan::BufferKind kind, uint64_t index) {
    for (plan::BufferOp op : buffers)
      if (op.getKind() == kind && op.getIndex() == index)
        return op;
    return plan::BufferOp();
  };
  for (auto [index, tensor] : llvm::enumerate(arguments)) {
    auto variable = original.getArgAttrOfType<StringAttr>(index, "graph.variable");
    auto input = original.getArgAttrOfType<StringAttr>(index, "graph.input");
    plan::BufferOp buffer = variable ? bufferAt(plan::BufferKind::Variable, indexOf(program.getVariables(), variable))
                                     : bufferAt(plan::BufferKind::Input, indexOf(function.getInputs(), input));
    if (buffer) // else nobody reads it
      std::memcpy(runner.bytesOf(buffer).data(), tensor.bytes.data(), tensor.bytes.size());
  }
  runner.run();
  for (auto [index, type] : llvm::enumerate(original.getResultTypes())) {
    Tensor tensor = *reference::emptyTensor(cast<RankedTensorType>(type), symbols);
    std::string name = nameOfResult(original, index);
    StringRef own = StringRef(name).drop_front(4);
    bool isOutput = StringRef(name).starts_with("out:");
    plan::BufferOp buffer = isOutput ? bufferAt(plan::BufferKind::Output, indexOf(function.getOutputs(), own))
                                     : bufferAt(plan::BufferKind::Variable, indexOf(program.getVariables(), own));
    if (!buffer) // a variable that keeps its value takes no part
      for (auto [number, argument] : llvm::enumerate(arguments))
        if (original.getArgAttr(number, "graph.variable") == StringAttr::get(&context(), own))
          tensor = argument;
    if (buffer)
      std::memcpy(tensor.bytes.data(), runner.bytesOf(buffer).data(), tensor.bytes.size());
    effects[name] = tensor;
  }
  return effects;
}

unsigned dlc::test::launchCount(ModuleOp module, StringRef name) {
  unsigned count = 0;
  module.lookupSymbol<func::FuncOp>(name).walk([&](graph::LaunchOp) { ++count; });
  return count;
}

void dlc::test::expectSame(const Effects &actual, const Effects &expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (const auto &entry : expected) {
    auto found = actual.find(entry.first());
    ASSERT_NE(found, actual.end()) << entry.first().str();
    const Tensor &left = found->second, &right = entry.second;
    ASSERT_EQ(left.shape, right.shape) << entry.first().str();
    for (int64_t i = 0; i < right.count(); ++i) {
      if (!right.isFloat()) {
        ASSERT_EQ(left.getInt(i), right.getInt(i)) << entry.first().str() << " element " << i;
        continue;
      }
      double a = left.getFloat(i), b = right.getFloat(i);
      bool bothNan = a != a && b != b;
      ASSERT_TRUE(bothNan || a == b || std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b)))
          << entry.first().str() << " element " << i << ": " << a << ", expected " << b;
    }
  }
}
