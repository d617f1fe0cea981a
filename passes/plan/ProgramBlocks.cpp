#include "passes/plan/ProgramBlocks.h"

#include "ir/plan/BufferSize.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

static constexpr int64_t kAlignment = 64; // a cache line, and the widest vector

LogicalResult VariableBlock::layOut(ModuleOp module) {
  auto variables = module->getAttrOfType<ArrayAttr>("graph.variables");
  if (!variables)
    return success();
  for (Attribute attribute : variables) {
    auto entry = dyn_cast<DictionaryAttr>(attribute);
    if (!entry || failed(add(module, entry)))
      return entry ? failure() : module.emitError("graph.variables must be a list of dictionaries");
  }
  return success();
}

LogicalResult VariableBlock::add(ModuleOp module, DictionaryAttr entry) {
  auto name = entry.getAs<StringAttr>("name");
  auto type = entry.getAs<TypeAttr>("type");
  if (!name || !type)
    return module.emitError("an entry of graph.variables needs name and type, got ") << entry;
  auto tensor = dyn_cast<RankedTensorType>(type.getValue());
  std::optional<graph::SymbolicSize> bytes = tensor ? plan::bytesOf(tensor) : std::nullopt;
  if (!bytes || !bytes->isConstant())
    return module.emitError("variable ") << name << " must be a tensor of fixed sizes, got " << type.getValue();
  if (!byName.try_emplace(name.getValue(), Variable{list.size(), tensor}).second)
    return module.emitError("two entries of graph.variables are named ") << name;

  Builder builder(module.getContext());
  NamedAttrList fields(entry);
  fields.set("offset", builder.getI64IntegerAttr(end));
  fields.set("bytes", builder.getI64IntegerAttr(bytes->constant()));
  for (StringRef text : {"owner", "file", "kind"})
    if (!fields.get(text))
      fields.set(text, builder.getStringAttr(""));
  for (StringRef number : {"line", "column"})
    if (!fields.get(number))
      fields.set(number, builder.getI64IntegerAttr(0));
  if (!fields.get("trainable"))
    fields.set("trainable", builder.getBoolAttr(false));
  list.push_back(fields.getDictionary(module.getContext()));
  end = llvm::alignTo(end + bytes->constant(), kAlignment);
  return success();
}

std::optional<VariableBlock::Variable> VariableBlock::find(StringRef name) const {
  auto found = byName.find(name);
  return found == byName.end() ? std::nullopt : std::optional(found->second);
}

uint64_t ConstantSegment::indexOf(ElementsAttr value) {
  auto [place, isNew] = offsets.insert({value, end});
  if (isNew)
    end = llvm::alignTo(end + plan::bytesOf(cast<RankedTensorType>(value.getType()))->constant(), kAlignment);
  return place - offsets.begin();
}

ArrayAttr ConstantSegment::entries(MLIRContext *context) const {
  Builder builder(context);
  SmallVector<Attribute> list;
  for (auto [value, offset] : offsets) {
    int64_t bytes = plan::bytesOf(cast<RankedTensorType>(value.getType()))->constant();
    list.push_back(builder.getDictionaryAttr({
        builder.getNamedAttr("offset", builder.getI64IntegerAttr(offset)),
        builder.getNamedAttr("bytes", builder.getI64IntegerAttr(bytes)),
        builder.getNamedAttr("value", value),
    }));
  }
  return builder.getArrayAttr(list);
}
