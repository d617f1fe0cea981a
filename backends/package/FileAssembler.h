// Segments become a file: padding, preamble, hashes.
#ifndef DLC_BACKENDS_PACKAGE_FILEASSEMBLER_H
#define DLC_BACKENDS_PACKAGE_FILEASSEMBLER_H

#include "runtime/abi/FileFormat.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace dlc::package {

struct FileSegment {
  abi::SegmentKind kind;
  uint32_t flags;
  llvm::ArrayRef<char> bytes;
};

/// \p segments: at most abi::kMaxSegments, in the order of the file.
std::vector<char> assembleFile(llvm::ArrayRef<FileSegment> segments);

} // namespace dlc::package

#endif
