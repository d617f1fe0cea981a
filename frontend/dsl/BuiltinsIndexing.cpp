// Builtins that select by index tensors.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

/// Indices as i32; null after an error.
static mlir::Value toIndices(Interpreter &interpreter, const Value &value, SourceRange range) {
  Type type = Builder(interpreter.context).getI32Type();
  mlir::Value indices = interpreter.toTensor(value, range, type);
  if (!indices)
    return {};
  Type given = elementTypeOf(indices);
  if (isa<FloatType>(given) || given.isInteger(1)) {
    interpreter.fail(range, "indices must be ints, found " + typeText(indices.getType()) + "; write cast(x, i32)");
    return {};
  }
  return convertTo(interpreter.place(range), indices, type);
}

Value Interpreter::takeRows(mlir::Value table, const Value &indices, int64_t axis, SourceRange range) {
  mlir::Value rows = toIndices(*this, indices, range);
  if (!rows)
    return Value();
  Sizes sizes = sizesOf(table), rowSizes = sizesOf(rows);
  if (sizes.empty())
    return fail(range, "a tensor of rank 0 has no elements to take");
  if (sizes[axis] == SymbolicSize(0))
    return fail(range, "nothing can be taken from an axis of size 0");
  Sizes result = sizes;
  result.erase(result.begin() + axis);
  result.insert(result.begin() + axis, rowSizes.begin(), rowSizes.end());
  if (!checkElementCount(result, range))
    return Value();
  Place here = place(range);
  int64_t rank = sizes.size(), added = rowSizes.size();
  if (axis != 0) {
    SmallVector<int64_t> permutation = {axis};
    for (int64_t i = 0; i < rank; ++i)
      if (i != axis)
        permutation.push_back(i);
    table = graph::TransposeOp::create(here.builder, here.location, table, permutation);
  }
  mlir::Value taken = graph::TakeOp::create(here.builder, here.location, table, rows);
  if (axis == 0 || added + rank - 1 < 2)
    return Value::tensor(taken);
  // The indices' axes come first; they belong where the axis was.
  SmallVector<int64_t> permutation;
  for (int64_t i = 0; i < axis; ++i)
    permutation.push_back(added + i);
  for (int64_t i = 0; i < added; ++i)
    permutation.push_back(i);
  for (int64_t i = axis; i < rank - 1; ++i)
    permutation.push_back(added + i);
  if (llvm::is_sorted(permutation))
    return Value::tensor(taken);
  return Value::tensor(graph::TransposeOp::create(here.builder, here.location, taken, permutation));
}

static Value take(BuiltinCall &call) {
  mlir::Value table = tensorArgument(call, 0);
  if (!table)
    return Value();
  std::optional<int64_t> axis = call.interpreter.toAxis(call[2], sizesOf(table).size(), call.place(2));
  return axis ? call.interpreter.takeRows(table, call[1], *axis, call.place(1)) : Value();
}

static Value oneHot(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  if (!interpreter.canBuild(call.range))
    return Value();
  mlir::Value indices = toIndices(interpreter, call[0], call.place(0));
  std::optional<int64_t> classes = interpreter.toInt(call[1], call.place(1), "the number of classes");
  std::optional<Type> type = dtypeArgument(call, 2);
  if (!indices || !classes || !type)
    return Value();
  Sizes shape = sizesOf(indices);
  shape.push_back(SymbolicSize(*classes));
  if (!interpreter.checkElementCount(shape, call.range))
    return Value();
  Place place = interpreter.place(call.range);
  RankedTensorType counterType = graph::makeTensorType(interpreter.context, shape, elementTypeOf(indices));
  mlir::Value counter =
      graph::IotaOp::create(place.builder, place.location, counterType, static_cast<int64_t>(shape.size() - 1));
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, shape.size() - 1));
  mlir::Value wanted = graph::BroadcastOp::create(place.builder, place.location, counterType, indices, dims);
  mlir::Value isHot =
      graph::CompareOp::create(place.builder, place.location, graph::ComparisonDirection::Eq, wanted, counter);
  return Value::tensor(convertTo(place, isHot, *type));
}

void addIndexingBuiltins(BuiltinTable &table) {
  table.add("take(x, indices, axis = 0)", take);
  table.add("one_hot(indices, classes, dtype = none)", oneHot);
}

} // namespace dlc::dsl
