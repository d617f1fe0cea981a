// Memory of one call: what the caller gave, and the tables and slots inside the workspace.
#ifndef DLC_RUNTIME_EXEC_MEMORY_H
#define DLC_RUNTIME_EXEC_MEMORY_H

#include "runtime/program/Program.h"

namespace dlc::runtime {

/// Tables of one call, at the start of its workspace, so that a call needs neither heap nor much stack.
struct CallTables {
  int64_t *symbols;
  uint64_t *slotOffsets, *slotBytes;
  void **addresses; // of buffers
  uint64_t *bytes;  // of buffers
  // Of the launch that is being run.
  void **launchAddresses;
  uint64_t *launchBytes;
  dlc_dtype *launchDtypes;
};

/// Bytes of tables and slots together, checked against overflow; at least 64.
dlc_status workspaceBytes(const dlc_program &program, const Function &function, const int64_t *symbols, uint64_t *bytes,
                          dlc_error *error);

/// Pointers, sizes, alignment and overlaps of everything that the caller gave; shapes were checked before.
dlc_status checkMemory(const dlc_program &program, const Function &function, const dlc_call &call,
                       uint64_t workspaceNeeded, dlc_error *error);

/// Lays out the workspace and finds the address of every buffer. The memory was checked.
dlc_status placeBuffers(const dlc_program &program, const Function &function, const dlc_call &call,
                        const int64_t *symbols, CallTables *tables, dlc_error *error);

} // namespace dlc::runtime

#endif
