// The compiler, loaded when a verb needs it.
#ifndef DLC_TOOLS_DLC_COMPILERLIBRARY_H
#define DLC_TOOLS_DLC_COMPILERLIBRARY_H

#include "tools/driver/CompilerApi.h"

namespace dlc {

/// The entries of libdlc_compiler.so.
struct CompilerLibrary {
  decltype(&dlc_compiler_compile) compile;
  decltype(&dlc_compiler_format) format;
  decltype(&dlc_compiler_language_server) languageServer;
  decltype(&dlc_compiler_reference_open) referenceOpen;
  decltype(&dlc_compiler_reference_kernel) referenceKernel;
  decltype(&dlc_compiler_reference_close) referenceClose;

  /// Looks beside the executable (../lib, then its own folder), then where the system looks; the environment variable
  /// DLC_COMPILER names another file. Throws a fit::Problem (Io): not found, or of another version.
  static const CompilerLibrary &load();
};

} // namespace dlc

#endif
