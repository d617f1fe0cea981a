#include "test/unit/runtime/ProgramFile.h"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dlc::test {

using abi::kPage;
using abi::Preamble;

Bytes packHeader(const schema::ProgramT &program) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(schema::Program::Pack(builder, &program), schema::ProgramIdentifier());
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

Bytes assemble(const std::vector<SegmentContents> &segments) {
  Preamble preamble = {};
  std::memcpy(preamble.magic, abi::kMagic, sizeof preamble.magic);
  preamble.version = abi::kFormatVersion;
  preamble.segmentCount = uint32_t(segments.size());
  Bytes file(kPage);
  for (size_t i = 0; i < segments.size(); ++i) {
    const SegmentContents &segment = segments[i];
    preamble.segments[i] = {segment.kind, segment.flags, file.size(), segment.bytes.size(), 0};
    file.insert(file.end(), segment.bytes.begin(), segment.bytes.end());
    file.resize((file.size() + kPage - 1) / kPage * kPage);
  }
  preamble.fileSize = file.size();
  std::memcpy(file.data(), &preamble, sizeof preamble);
  rehash(file);
  return file;
}

void rehash(Bytes &file) {
  if (file.size() < kPage)
    return;
  Preamble preamble;
  std::memcpy(&preamble, file.data(), sizeof preamble);
  uint32_t count = std::min(preamble.segmentCount, abi::kMaxSegments);
  for (uint32_t i = 0; i < count; ++i) {
    abi::Segment &segment = preamble.segments[i];
    if (segment.size <= file.size() && segment.offset <= file.size() - segment.size)
      segment.hash = XXH3_64bits(file.data() + segment.offset, segment.size);
  }
  preamble.hash = 0;
  std::memcpy(file.data(), &preamble, sizeof preamble);
  preamble.hash = XXH3_64bits(file.data(), kPage);
  std::memcpy(file.data(), &preamble, sizeof preamble);
}

} // namespace dlc::test
