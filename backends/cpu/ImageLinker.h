// Makes one flat, position-independent block of object files.
#ifndef DLC_BACKENDS_CPU_IMAGELINKER_H
#define DLC_BACKENDS_CPU_IMAGELINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace dlc {

/// Code and constants that run wherever they are mapped, read and execute only, at a multiple of 64. Begins with one
/// int64 for each kernel: where its entry (runtime/abi/KernelAbi.h) is, in bytes from the start.
struct KernelImage {
  std::vector<char> bytes;
  std::vector<std::string> kernels; // in the table's order
};

/// \p objects: ELF for x86-64 that together define `<kernel>.entry` for each of \p kernels and do not refer to each
/// other. An error if one refers to anything undefined, has writable data, or needs a relocation that depends on where
/// the image is.
llvm::Expected<KernelImage> linkImage(llvm::ArrayRef<llvm::StringRef> objects, llvm::ArrayRef<std::string> kernels);

/// Suffix of the symbol of a kernel's entry.
inline constexpr llvm::StringLiteral kEntrySuffix = ".entry";

} // namespace dlc

#endif
