// The standard library's sources, embedded in the compiler.
#ifndef DLC_FRONTEND_STD_STANDARDLIBRARY_H
#define DLC_FRONTEND_STD_STANDARDLIBRARY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace dlc {

struct LibrarySource {
  llvm::StringRef name; // "std/layers/core.dl"
  llvm::StringRef text;
};

/// In an order in which names are declared before they are used at elaboration.
llvm::ArrayRef<LibrarySource> standardLibrary();

} // namespace dlc

#endif
