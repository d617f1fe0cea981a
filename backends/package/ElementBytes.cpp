#include "backends/package/ElementBytes.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/Endian.h"

using namespace mlir;
using dlc::abi::DataType;

std::optional<DataType> dlc::package::dataTypeOf(Type element) {
  if (element.isF32())
    return DataType::F32;
  if (element.isF16())
    return DataType::F16;
  if (element.isBF16())
    return DataType::BF16;
  if (element.isF64())
    return DataType::F64;
  if (element.isInteger(1))
    return DataType::Bool;
  if (element.isInteger(8))
    return element.isUnsignedInteger() ? DataType::U8 : DataType::I8;
  if (element.isInteger(32) && !element.isUnsignedInteger())
    return DataType::I32;
  if (element.isInteger(64) && !element.isUnsignedInteger())
    return DataType::I64;
  return std::nullopt;
}

// A file is little-endian wherever the compiler runs.
static char *writeBits(const llvm::APInt &bits, char *to) {
  unsigned bytes = (bits.getBitWidth() + 7) / 8;
  uint64_t word = bits.getZExtValue();
  for (unsigned i = 0; i < bytes; ++i)
    *to++ = static_cast<char>(word >> (8 * i));
  return to;
}

bool dlc::package::writeElements(ElementsAttr value, char *to) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || !llvm::sys::IsLittleEndianHost || value.getElementType().isInteger(1))
      return false;
    llvm::copy(blob->getData(), to);
    return true;
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return false;
  bool isBool = dense.getElementType().isInteger(1);
  if (llvm::sys::IsLittleEndianHost && !isBool && !dense.isSplat() && isa<DenseIntOrFPElementsAttr>(dense)) {
    llvm::copy(dense.getRawData(), to);
    return true;
  }
  if (isBool) {
    for (bool element : dense.getValues<bool>())
      *to++ = static_cast<char>(element);
    return true;
  }
  if (isa<FloatType>(dense.getElementType())) {
    for (const llvm::APFloat &element : dense.getValues<llvm::APFloat>())
      to = writeBits(element.bitcastToAPInt(), to);
    return true;
  }
  for (const llvm::APInt &element : dense.getValues<llvm::APInt>())
    to = writeBits(element, to);
  return true;
}
