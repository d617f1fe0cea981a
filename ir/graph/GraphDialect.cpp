#include "ir/graph/GraphDialect.h"
#include "ir/graph/BytecodeVersion.h"
#include "ir/graph/ConstantFolding.h"
#include "ir/graph/GraphOps.h"
#include "ir/graph/Splat.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "ir/graph/GraphDialect.cpp.inc"
#include "ir/graph/GraphEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/graph/GraphAttributes.cpp.inc"

namespace dlc::graph {

void GraphDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/graph/GraphAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "ir/graph/GraphOps.cpp.inc"
      >();
  addInterfaces<BytecodeVersion, ConstantFolding>();
}

void GraphDialect::getCanonicalizationPatterns(RewritePatternSet &patterns) const { populateSplatPatterns(patterns); }

Operation *GraphDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location location) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, location, elements);
}

} // namespace dlc::graph
