// Rewrites kernels of graph ops as linalg.generic on tensors whose dynamic sizes are index arguments; names of sizes end
// here. Works value by value (KernelLowering) instead of by conversion patterns, because movement ops turn into indexing
// maps of their readers and leave no op behind.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/KernelLowering.h"
#include "passes/lower/Passes.h"
#include <set>

using namespace mlir;
namespace dlc {
#define GEN_PASS_DEF_GRAPHTOLINALGPASS
#include "passes/lower/Passes.h.inc"
} // namespace dlc

namespace dlc {
namespace {

// `batch` first, then by name; the module's own order where it has one.
SmallVector<std::string> programSymbols(ModuleOp module) {
  SmallVector<std::string> symbols;
  if (auto given = module->getAttrOfType<ArrayAttr>("kernel.symbols")) {
    for (Attribute name : given)
      symbols.push_back(cast<StringAttr>(name).str());
    return symbols;
  }
  std::set<std::string> found;
  module.walk([&](Operation *op) {
    auto collect = [&](Type type) {
      if (auto ranked = dyn_cast<RankedTensorType>(type))
        for (const graph::SymbolicSize &size : graph::sizesOf(ranked))
          size.collectSymbols(found);
    };
    llvm::for_each(op->getOperandTypes(), collect);
    llvm::for_each(op->getResultTypes(), collect);
    if (auto size = dyn_cast<graph::SizeOp>(op))
      if (auto formula = graph::SymbolicSize::parse(size.getSize()); succeeded(formula))
        formula->collectSymbols(found);
  });
  if (found.erase("batch"))
    symbols.push_back("batch");
  symbols.append(found.begin(), found.end());
  return symbols;
}

// The symbols that one kernel's types and sizes name, in program order.
SmallVector<std::string> kernelSymbols(func::FuncOp kernel, ArrayRef<std::string> program) {
  std::set<std::string> used;
  auto collect = [&](Type type) {
    if (auto ranked = dyn_cast<RankedTensorType>(type))
      for (const graph::SymbolicSize &size : graph::sizesOf(ranked))
        size.collectSymbols(used);
  };
  llvm::for_each(kernel.getArgumentTypes(), collect);
  kernel.walk([&](Operation *op) {
    llvm::for_each(op->getResultTypes(), collect);
    if (auto size = dyn_cast<graph::SizeOp>(op))
      if (auto formula = graph::SymbolicSize::parse(size.getSize()); succeeded(formula))
        formula->collectSymbols(used);
  });
  SmallVector<std::string> symbols;
  for (const std::string &symbol : program)
    if (used.count(symbol))
      symbols.push_back(symbol);
  return symbols;
}

ArrayAttr sizesAttribute(Builder &builder, TypeRange types) {
  SmallVector<Attribute> lists;
  for (Type type : types) {
    SmallVector<Attribute> sizes;
    for (const graph::SymbolicSize &size : graph::sizesOf(cast<RankedTensorType>(type)))
      sizes.push_back(builder.getStringAttr(size.str()));
    lists.push_back(builder.getArrayAttr(sizes));
  }
  return builder.getArrayAttr(lists);
}

StringRef kindOf(func::FuncOp kernel) {
  bool contraction = false, reduction = false;
  kernel.walk([&](FusibleOpInterface op) {
    contraction |= op.getFusionKind() == FusionKind::Contraction;
    reduction |= op.getFusionKind() == FusionKind::Reduction || isa<graph::ScatterAddOp>(op);
  });
  return contraction && reduction ? "mixed" : contraction ? "contraction" : reduction ? "reduction" : "elementwise";
}

struct GraphToLinalgPass : impl::GraphToLinalgPassBase<GraphToLinalgPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    lower::addElementwiseLowerings(table);
    lower::addContractionLowerings(table);
    lower::addControlLowerings(table);
    lower::addConvolutionLowerings(table);
    lower::addPoolingLowerings(table);
    lower::addReductionLowerings(table);
    lower::addShapeLowerings(table);
    lower::addIndexingLowerings(table);
    lower::addRandomLowerings(table);
    SmallVector<std::string> symbols = programSymbols(module);
    SmallVector<StringRef> names(symbols.begin(), symbols.end());
    module->setAttr("kernel.symbols", Builder(module.getContext()).getStrArrayAttr(names));
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (!function->hasAttr("graph.kernel")) {
        function.erase();
      } else if (failed(lowerKernel(function, symbols))) {
        return signalPassFailure();
      } else {
        ++kernels;
      }
    }
  }

  LogicalResult lowerKernel(func::FuncOp kernel, ArrayRef<std::string> program) {
    OpBuilder builder(kernel);
    SmallVector<std::string> symbols = kernelSymbols(kernel, program);
    SmallVector<Type> inputs, results;
    for (Type type : llvm::concat<const Type>(kernel.getArgumentTypes(), kernel.getResultTypes()))
      if (!isa<RankedTensorType>(type))
        return kernel.emitOpError("must take and give tensors, got ") << type;
    for (Type type : kernel.getArgumentTypes())
      inputs.push_back(lower::memoryType(cast<RankedTensorType>(type)));
    inputs.append(symbols.size(), builder.getIndexType());
    for (Type type : kernel.getResultTypes())
      results.push_back(lower::memoryType(cast<RankedTensorType>(type)));
    auto target = func::FuncOp::create(builder, kernel.getLoc(), kernel.getName(), builder.getFunctionType(inputs, results));
    target.setPrivate();
    for (NamedAttribute attribute : kernel->getDiscardableAttrs())
      target->setAttr(attribute.getName(), attribute.getValue());
    SmallVector<StringRef> names(symbols.begin(), symbols.end());
    target->setAttr("kernel.symbols", builder.getStrArrayAttr(names));
    target->setAttr("kernel.arg_sizes", sizesAttribute(builder, kernel.getArgumentTypes()));
    target->setAttr("kernel.result_sizes", sizesAttribute(builder, kernel.getResultTypes()));
    target->setAttr("kernel.kind", builder.getStringAttr(kindOf(kernel)));
    target.addEntryBlock();

    lower::KernelLowering lowering(target, symbols);
    for (auto [index, argument] : llvm::enumerate(kernel.getArguments()))
      lowering.define(argument, {target.getArgument(index), lowering.identity(argument), {}});
    for (Operation &op : kernel.getBody().front()) {
      if (isa<func::ReturnOp>(op)) {
        SmallVector<Value> returned;
        for (Value operand : op.getOperands())
          returned.push_back(lowering.materialize(operand));
        func::ReturnOp::create(lowering.builder, op.getLoc(), returned);
        break;
      }
      auto found = table.find(op.getName().getStringRef());
      if (found == table.end())
        return op.emitError("has no lowering to linalg");
      if (failed(found->second(lowering, &op)))
        return failure();
    }
    kernel.erase();
    return success();
  }

  lower::LoweringTable table;
};

} // namespace
} // namespace dlc
