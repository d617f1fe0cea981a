#include "backends/package/FileAssembler.h"

#include "llvm/Support/MathExtras.h"
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

using namespace dlc;

std::vector<char> package::assembleFile(llvm::ArrayRef<FileSegment> segments) {
  abi::Preamble preamble = {};
  std::memcpy(preamble.magic, abi::kMagic, sizeof preamble.magic);
  preamble.version = abi::kFormatVersion;
  preamble.segmentCount = segments.size();
  uint64_t end = abi::kPage;
  for (auto [to, segment] : llvm::zip(preamble.segments, segments)) {
    to = {segment.kind, segment.flags, end, segment.bytes.size(),
          XXH3_64bits(segment.bytes.data(), segment.bytes.size())};
    end += llvm::alignTo(segment.bytes.size(), abi::kPage);
  }
  preamble.fileSize = end;
  std::vector<char> file(end);
  for (auto [place, segment] : llvm::zip(preamble.segments, segments))
    llvm::copy(segment.bytes, file.begin() + place.offset);
  std::memcpy(file.data(), &preamble, sizeof preamble);
  preamble.hash = XXH3_64bits(file.data(), abi::kPage); // its own field is zero here
  std::memcpy(file.data(), &preamble, sizeof preamble);
  return file;
}
