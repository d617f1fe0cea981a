#include "ir/plan/BufferSize.h"
#include "ir/plan/PlanOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "ir/plan/PlanDialect.cpp.inc"
#include "ir/plan/PlanEnums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "ir/plan/PlanTypes.cpp.inc"

namespace dlc::plan {

void PlanDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/plan/PlanTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "ir/plan/PlanOps.cpp.inc"
      >();
}

static LogicalResult verifyConstant(Operation *op, Attribute attribute, int64_t &end) {
  auto entry = dyn_cast<DictionaryAttr>(attribute);
  if (!entry)
    return op->emitError("plan.constants must be a list of dictionaries, got ") << attribute;
  auto offset = entry.getAs<IntegerAttr>("offset");
  auto bytes = entry.getAs<IntegerAttr>("bytes");
  auto value = entry.getAs<ElementsAttr>("value");
  if (!offset || !bytes || !value)
    return op->emitError("an entry of plan.constants needs offset, bytes and value");
  auto type = dyn_cast<RankedTensorType>(value.getType());
  std::optional<graph::SymbolicSize> size = type ? bytesOf(type) : std::nullopt;
  if (!size || !size->isConstant() || size->constant() != bytes.getInt())
    return op->emitError("bytes of a constant do not match its value's type ") << value.getType();
  if (offset.getInt() % 64 != 0 || offset.getInt() < end)
    return op->emitError("offset of a constant must be a multiple of 64 behind the one before, got ")
           << offset.getInt();
  end = offset.getInt() + bytes.getInt();
  return success();
}

LogicalResult PlanDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != "plan.constants")
    return op->emitError("the plan dialect has no attribute ") << attribute.getName();
  auto list = dyn_cast<ArrayAttr>(attribute.getValue());
  if (!isa<ModuleOp>(op) || !list)
    return op->emitError("plan.constants must be a list on the module");
  int64_t end = 0;
  for (Attribute entry : list)
    if (failed(verifyConstant(op, entry, end)))
      return failure();
  return success();
}

} // namespace dlc::plan
