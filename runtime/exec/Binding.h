// What a call gives against what a function expects: shapes tell the symbols, then everything is checked.
#ifndef DLC_RUNTIME_EXEC_BINDING_H
#define DLC_RUNTIME_EXEC_BINDING_H

#include "runtime/program/Program.h"

namespace dlc::runtime {

/// Learns all symbols from the shapes of the inputs and checks those shapes. \p symbols holds kMaxSymbols values;
/// symbols that the function does not use are 0. Reads no data.
dlc_status bindSymbols(const dlc_program &program, const Function &function, const dlc_call &call, int64_t *symbols,
                       dlc_error *error);

/// Shape of output \p index for these symbols.
dlc_status outputShape(const Function &function, uint32_t index, const int64_t *symbols, int64_t *shape,
                       dlc_error *error);

dlc_status checkOutputs(const dlc_program &program, const Function &function, const dlc_call &call,
                        const int64_t *symbols, dlc_error *error);

/// Bytes of a dense tensor of this type and shape; false when that overflows or a dimension is negative.
bool tensorBytes(dlc_dtype dtype, uint32_t rank, const int64_t *shape, uint64_t *bytes);

} // namespace dlc::runtime

#endif
