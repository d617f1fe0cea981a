#include "frontend/dsl/FunctionScope.h"
#include "ir/graph/GraphOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace dlc::dsl {

FunctionScope::FunctionScope(ModuleOp module, StringRef name, VariableTable &variables,
                             FunctionScope *parent, Location location)
    : variables(variables), parent(parent), opBuilder(module.getContext()) {
  opBuilder.setInsertionPointToEnd(module.getBody());
  func = func::FuncOp::create(opBuilder, location, name, opBuilder.getFunctionType({}, {}));
  if (parent)
    func.setPrivate();
  opBuilder.setInsertionPointToStart(func.addEntryBlock());
}

mlir::Value FunctionScope::addArgument(RankedTensorType type, StringRef attribute, StringRef name) {
  Block &body = func.getBody().front();
  unsigned index = body.getNumArguments();
  (void)func.insertArgument(index, type, DictionaryAttr::get(func.getContext()), func.getLoc());
  if (!parent && !attribute.empty())
    func.setArgAttr(index, attribute, opBuilder.getStringAttr(name));
  return body.getArgument(index);
}

mlir::Value FunctionScope::addCapture(mlir::Value outer) {
  mlir::Value argument = addArgument(cast<RankedTensorType>(outer.getType()), "", "");
  captured[cast<BlockArgument>(argument).getArgNumber()] = outer;
  inner[outer] = argument;
  return argument;
}

mlir::Value FunctionScope::read(unsigned variable) {
  auto [it, isNew] = current.try_emplace(variable);
  if (!isNew)
    return it->second;
  mlir::Value value =
      parent ? use(parent->read(variable))
             : addArgument(variables[variable].type, "graph.variable", variables[variable].name);
  if (firstRead)
    value = firstRead(variable, value);
  current[variable] = value;
  return value;
}

void FunctionScope::write(unsigned variable, mlir::Value value) {
  current[variable] = value;
  writes[variable] = value;
}

mlir::Value FunctionScope::use(mlir::Value value) {
  if (value.getParentRegion() == &func.getBody())
    return value;
  if (auto it = inner.find(value); it != inner.end())
    return it->second;
  // A constant costs less as a copy than as an argument, and folds.
  if (auto constant = value.getDefiningOp<graph::ConstantOp>())
    return inner[value] = opBuilder.clone(*constant)->getResult(0);
  mlir::Value outer = parent ? parent->use(value) : mlir::Value();
  if (!outer)
    return {};
  // `value` may be an argument further out that the parent itself had to capture.
  mlir::Value argument = addCapture(outer);
  inner[value] = argument;
  return argument;
}

void FunctionScope::setReturn(ArrayRef<mlir::Value> results) {
  func::ReturnOp::create(opBuilder, func.getLoc(), results);
  SmallVector<Type> types = llvm::map_to_vector(results, [](mlir::Value value) { return value.getType(); });
  func.setFunctionType(opBuilder.getFunctionType(func.getArgumentTypes(), types));
}

void FunctionScope::finishWithoutWrites(ArrayRef<std::pair<std::string, mlir::Value>> outputs) {
  writes.clear();
  finish(outputs);
}

void FunctionScope::finish(ArrayRef<std::pair<std::string, mlir::Value>> outputs) {
  SmallVector<mlir::Value> results;
  for (const auto &output : outputs)
    results.push_back(output.second);
  for (const auto &write : writes)
    results.push_back(write.second);
  setReturn(results);
  unsigned index = 0;
  for (const auto &output : outputs)
    func.setResultAttr(index++, "graph.output", opBuilder.getStringAttr(output.first));
  for (const auto &write : writes)
    func.setResultAttr(index++, "graph.variable", opBuilder.getStringAttr(variables[write.first].name));
}

void FunctionScope::finishNested(ArrayRef<mlir::Value> results) {
  SmallVector<mlir::Value> all(results);
  for (const auto &write : writes)
    all.push_back(write.second);
  setReturn(all);
}

std::string freshName(ModuleOp module, StringRef prefix) {
  for (unsigned number = 1;; ++number) {
    std::string name = (prefix + "_" + Twine(number)).str();
    if (!module.lookupSymbol(name))
      return name;
  }
}

void eraseUnused(func::FuncOp function) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
  // Inputs stay, they are the signature.
  for (unsigned index = function.getNumArguments(); index-- > 0;)
    if (function.getArgument(index).use_empty() && function.getArgAttr(index, "graph.variable"))
      (void)function.eraseArgument(index);
}

} // namespace dlc::dsl
