#include "frontend/dsl/Variables.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace dlc::dsl {

llvm::StringRef kindText(VariableKind kind) {
  switch (kind) {
  case VariableKind::Param:
    return "param";
  case VariableKind::State:
    return "state";
  case VariableKind::Slot:
    return "slot";
  case VariableKind::Metric:
    return "metric";
  case VariableKind::Hyper:
    return "hyper";
  case VariableKind::Session:
    return "session";
  }
  llvm_unreachable("unknown variable kind");
}

unsigned VariableTable::add(Variable variable) {
  unsigned id = variables.size();
  [[maybe_unused]] bool isNew = ids.try_emplace(variable.name, id).second;
  assert(isNew && "two variables of one name");
  variables.push_back(std::move(variable));
  return id;
}

std::optional<unsigned> VariableTable::find(llvm::StringRef name) const {
  auto it = ids.find(name);
  return it == ids.end() ? std::nullopt : std::optional<unsigned>(it->second);
}

static DictionaryAttr describeVariable(Builder &builder, const Variable &variable) {
  SmallVector<NamedAttribute> fields = {
      builder.getNamedAttr("name", builder.getStringAttr(variable.name)),
      builder.getNamedAttr("type", TypeAttr::get(variable.type)),
      builder.getNamedAttr("kind", builder.getStringAttr(kindText(variable.kind))),
      builder.getNamedAttr("trainable", builder.getBoolAttr(variable.trainable)),
      builder.getNamedAttr("owner", builder.getStringAttr(variable.owner)),
      builder.getNamedAttr("file", variable.location.getFilename()),
      builder.getNamedAttr("line", builder.getI64IntegerAttr(variable.location.getLine())),
      builder.getNamedAttr("column", builder.getI64IntegerAttr(variable.location.getColumn())),
  };
  if (variable.initial)
    fields.push_back(builder.getNamedAttr("value", variable.initial));
  if (variable.pinned)
    fields.push_back(builder.getNamedAttr("pinned", builder.getBoolAttr(true)));
  return builder.getDictionaryAttr(fields);
}

ArrayAttr VariableTable::attribute(MLIRContext *context) const {
  Builder builder(context);
  SmallVector<Attribute> entries;
  for (const Variable &variable : variables)
    entries.push_back(describeVariable(builder, variable));
  return builder.getArrayAttr(entries);
}

} // namespace dlc::dsl
