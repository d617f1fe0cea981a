#include "ir/plan/BufferSize.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

std::optional<int64_t> dlc::plan::elementBytes(Type element) {
  if (!element.isIntOrFloat())
    return std::nullopt;
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bits == 1)
    return 1;
  if (bits % 8 != 0 || bits > 64)
    return std::nullopt;
  return bits / 8;
}

std::optional<SymbolicSize> dlc::plan::bytesOf(RankedTensorType type) {
  std::optional<int64_t> width = elementBytes(type.getElementType());
  if (!width)
    return std::nullopt;
  return graph::elementCount(type) * SymbolicSize(*width);
}

bool dlc::plan::covers(const SymbolicSize &large, const SymbolicSize &small) {
  SymbolicSize difference = large - small;
  return llvm::all_of(difference.terms(), [](const auto &term) { return term.coefficient >= 0; });
}

void dlc::plan::addFormula(SmallVectorImpl<SymbolicSize> &formulas, const SymbolicSize &size) {
  if (llvm::any_of(formulas, [&](const SymbolicSize &known) { return covers(known, size); }))
    return;
  llvm::erase_if(formulas, [&](const SymbolicSize &known) { return covers(size, known); });
  formulas.push_back(size);
}
