// Checks of a program as a whole: its block of variables and the names of its functions.
#include "ir/plan/BufferSize.h"
#include "ir/plan/PlanOps.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc::plan;

static LogicalResult verifyFields(ProgramOp program, DictionaryAttr entry) {
  StringRef texts[] = {"name", "kind", "owner", "file"}, numbers[] = {"offset", "bytes", "line", "column"};
  for (StringRef field : texts)
    if (!entry.getAs<StringAttr>(field))
      return program.emitOpError("a variable needs the string '") << field << "', got " << entry;
  for (StringRef field : numbers)
    if (!entry.getAs<IntegerAttr>(field))
      return program.emitOpError("a variable needs the integer '") << field << "', got " << entry;
  if (!entry.getAs<BoolAttr>("trainable") || !entry.getAs<TypeAttr>("type"))
    return program.emitOpError("a variable needs a bool 'trainable' and a 'type', got ") << entry;
  StringRef kinds[] = {"param", "state", "slot", "metric", "hyper", "session"};
  if (!llvm::is_contained(kinds, entry.getAs<StringAttr>("kind").getValue()))
    return program.emitOpError("kind of a variable must be param, state, slot, metric, hyper or session, got ")
           << entry.get("kind");
  return success();
}

// The place of one variable in the block; \p end: the end of those before it, in bytes.
static LogicalResult verifyPlace(ProgramOp program, DictionaryAttr entry, int64_t &end) {
  auto type = dyn_cast<RankedTensorType>(entry.getAs<TypeAttr>("type").getValue());
  if (!type || !type.hasStaticShape())
    return program.emitOpError("type of variable ") << entry.get("name") << " must be a tensor of fixed sizes";
  std::optional<dlc::graph::SymbolicSize> bytes = bytesOf(type);
  int64_t declared = entry.getAs<IntegerAttr>("bytes").getInt();
  if (!bytes || bytes->constant() != declared)
    return program.emitOpError("variable ")
           << entry.get("name") << " of type " << type << " does not take " << declared << " bytes";
  int64_t offset = entry.getAs<IntegerAttr>("offset").getInt();
  if (offset % 64 != 0 || offset < end)
    return program.emitOpError("offset of variable ")
           << entry.get("name") << " must be a multiple of 64 and at least " << end << ", got " << offset;
  end = offset + declared;
  if (Attribute value = entry.get("value")) {
    auto elements = dyn_cast<ElementsAttr>(value);
    if (!elements || elements.getType() != type)
      return program.emitOpError("value of variable ") << entry.get("name") << " must be of type " << type;
  }
  return success();
}

LogicalResult ProgramOp::verify() {
  int64_t end = 0;
  llvm::StringSet<> names;
  for (Attribute attribute : getVariables()) {
    auto entry = dyn_cast<DictionaryAttr>(attribute);
    if (!entry)
      return emitOpError("variables must be dictionaries, got ") << attribute;
    if (failed(verifyFields(*this, entry)) || failed(verifyPlace(*this, entry, end)))
      return failure();
    if (!names.insert(entry.getAs<StringAttr>("name").getValue()).second)
      return emitOpError("two variables are named ") << entry.get("name");
  }
  int64_t bytes = getVariablesBytes();
  if (bytes % 64 != 0 || bytes < end)
    return emitOpError("variables_bytes must be a multiple of 64 and at least ") << end << ", got " << bytes;
  llvm::StringSet<> functions;
  for (Operation &op : getBody().front()) {
    auto function = dyn_cast<FunctionOp>(op);
    if (!function)
      return op.emitOpError("a program holds plan.function ops only");
    if (!functions.insert(function.getSymName()).second)
      return function.emitOpError("two functions are named @") << function.getSymName();
  }
  return success();
}
