// The contract between generated kernels and the runtime that calls them.
#ifndef DLC_RUNTIME_ABI_KERNELABI_H
#define DLC_RUNTIME_ABI_KERNELABI_H

#include <cstdint>

namespace dlc::abi {

/// One kernel. \p buffers: base addresses (dense, row-major), inputs first, then results. 64-byte aligned, but for
/// those of the caller's inputs and outputs, which are aligned to their element. \p symbols: the values of all symbols
/// of the program, in the program's order. [\p begin, \p end) is the part of the kernel's parallel range to compute;
/// begin is a multiple of the kernel's grain. Touches nothing else: no allocation, no calls, no errno.
using KernelEntry = void (*)(void *const *buffers, const int64_t *symbols, int64_t begin, int64_t end);

} // namespace dlc::abi

#endif
