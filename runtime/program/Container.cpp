#include "runtime/program/Container.h"

#include "runtime/core/CheckedMath.h"
#include "runtime/core/Failure.h"
#include "runtime/core/Hash.h"

#include <cstring>

namespace dlc::runtime {
namespace {

using abi::kPage;
using abi::Preamble;
using abi::Segment;

bool allZero(const uint8_t *bytes, uint64_t size) {
  uint8_t any = 0;
  for (uint64_t i = 0; i < size; ++i)
    any |= bytes[i];
  return !any;
}

dlc_status checkPreamble(const uint8_t *bytes, uint64_t size, const char *label, const Preamble &preamble,
                         dlc_error *error) {
  if (preamble.version != abi::kFormatVersion)
    return fail(error, DLC_UNSUPPORTED, "%s: the file has format version %u, this runtime reads version %u", label,
                preamble.version, abi::kFormatVersion);
  if (preamble.fileSize != size)
    return fail(error, DLC_CORRUPT_FILE, "%s: the file should have %llu bytes and has %llu", label,
                (unsigned long long)preamble.fileSize, (unsigned long long)size);
  if (hashOfPreamble(bytes) != preamble.hash)
    return fail(error, DLC_CORRUPT_FILE, "%s: the first page does not match its hash; the file was changed or damaged",
                label);
  if (preamble.segmentCount > abi::kMaxSegments)
    return fail(error, DLC_CORRUPT_FILE, "%s: the file lists %u segments, at most %u are allowed", label,
                preamble.segmentCount, abi::kMaxSegments);
  uint64_t used = offsetof(Preamble, segments) + preamble.segmentCount * sizeof(Segment);
  if (!allZero(bytes + used, kPage - used))
    return fail(error, DLC_CORRUPT_FILE, "%s: the first page is not zero after its last segment", label);
  return DLC_OK;
}

// Segments follow each other without gaps but the padding, so no byte of the file goes unchecked.
dlc_status checkPlaces(uint64_t size, const char *label, const Preamble &preamble, dlc_error *error) {
  uint64_t expected = kPage;
  for (uint32_t i = 0; i < preamble.segmentCount; ++i) {
    const Segment &segment = preamble.segments[i];
    uint64_t padded;
    if (!segment.kind || segment.offset != expected || !checkedRoundUp(segment.size, kPage, &padded) ||
        !isInside(segment.offset, padded, size))
      return fail(error, DLC_CORRUPT_FILE, "%s: segment %u (%s) should start at byte %llu and end inside the file",
                  label, i, nameOfSegment(segment.kind), (unsigned long long)expected);
    expected += padded;
  }
  if (expected != size)
    return fail(error, DLC_CORRUPT_FILE, "%s: the file goes on for %llu bytes after its last segment", label,
                (unsigned long long)(size - expected));
  return DLC_OK;
}

dlc_status checkContents(const uint8_t *bytes, const char *label, const Preamble &preamble, dlc_error *error) {
  for (uint32_t i = 0; i < preamble.segmentCount; ++i) {
    const Segment &segment = preamble.segments[i];
    const uint8_t *start = bytes + segment.offset;
    if (hashBytes(start, segment.size) != segment.hash)
      return fail(error, DLC_CORRUPT_FILE,
                  "%s: segment %u (%s) does not match its hash; the file was changed or damaged", label, i,
                  nameOfSegment(segment.kind));
    uint64_t rest = (kPage - segment.size % kPage) % kPage;
    if (!allZero(start + segment.size, rest))
      return fail(error, DLC_CORRUPT_FILE, "%s: the padding after segment %u (%s) is not zero", label, i,
                  nameOfSegment(segment.kind));
  }
  return DLC_OK;
}

} // namespace

const char *nameOfSegment(uint32_t kind) {
  switch (kind) {
  case abi::kSegmentHeader:
    return "header";
  case abi::kSegmentVariables:
    return "variables";
  case abi::kSegmentConstants:
    return "constants";
  case abi::kSegmentCode:
    return "code";
  case abi::kSegmentIr:
    return "portable IR";
  }
  return "unknown";
}

uint64_t hashOfPreamble(const uint8_t *page) {
  uint8_t copy[kPage];
  memcpy(copy, page, kPage);
  memset(copy + offsetof(Preamble, hash), 0, sizeof(Preamble::hash));
  return hashBytes(copy, kPage);
}

dlc_status checkContainer(const uint8_t *bytes, uint64_t size, const char *label, Preamble *preamble,
                          dlc_error *error) {
  if (size < sizeof preamble->magic || memcmp(bytes, abi::kMagic, sizeof preamble->magic))
    return fail(error, DLC_CORRUPT_FILE, "%s: not a dlc program: it does not start with %.8s", label, abi::kMagic);
  if (size < kPage)
    return fail(error, DLC_CORRUPT_FILE, "%s: the file has %llu bytes, a program has at least %llu", label,
                (unsigned long long)size, (unsigned long long)kPage);
  memcpy(preamble, bytes, sizeof *preamble);
  dlc_status status = checkPreamble(bytes, size, label, *preamble, error);
  if (!status)
    status = checkPlaces(size, label, *preamble, error);
  if (!status)
    status = checkContents(bytes, label, *preamble, error);
  return status;
}

} // namespace dlc::runtime
