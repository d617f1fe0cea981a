// The fixed part of a program file: preamble, segments, padding, hashes.
#ifndef DLC_RUNTIME_PROGRAM_CONTAINER_H
#define DLC_RUNTIME_PROGRAM_CONTAINER_H

#include "runtime/abi/FileFormat.h"
#include "runtime/core/Api.h"

namespace dlc::runtime {

/// XXH3-64 of the first page with the hash field zero.
uint64_t hashOfPreamble(const uint8_t *page);

/// Checks everything about the file but the contents of its segments: magic, version, sizes, order, padding, hashes.
/// \p label names the file in messages. On success \p preamble is a copy of the file's.
dlc_status checkContainer(const uint8_t *bytes, uint64_t size, const char *label, abi::Preamble *preamble,
                          dlc_error *error);

/// "code"; "unknown" for a kind that this version does not know (it is kept, and not looked at).
const char *nameOfSegment(uint32_t kind);

} // namespace dlc::runtime

#endif
