// Which segments a program has, the flatbuffer itself, and the native images.
#include "runtime/program/Decoder.h"

#include "runtime/program/Container.h"

#include <cstring>

namespace dlc::runtime {

using abi::kMaxHeaderBytes;

dlc_status Decoder::decode() {
  bool good = findSegments() && verifyHeader() && decodeSymbols() && decodeTexts() && decodeVariables() &&
              decodeKernels() && decodeTargets() && decodeFunctions();
  return good ? DLC_OK : status_;
}

bool Decoder::findSegments() {
  const abi::Preamble &preamble = program_.preamble;
  const uint8_t *bytes = program_.file.bytes();
  uint32_t counts[abi::kSegmentIr + 1] = {};
  for (uint32_t i = 0; i < preamble.segmentCount; ++i) {
    const abi::Segment &segment = preamble.segments[i];
    if (segment.kind > abi::kSegmentIr)
      continue;
    if (counts[segment.kind]++ && segment.kind != abi::kSegmentCode)
      return corrupt("the file has two segments of kind %s", nameOfSegment(segment.kind));
    if (segment.kind == abi::kSegmentVariables) {
      program_.initialVariables = bytes + segment.offset;
      program_.variablesBytes = segment.size;
    } else if (segment.kind == abi::kSegmentConstants) {
      program_.constants = bytes + segment.offset;
      program_.constantsBytes = segment.size;
    }
  }
  for (uint32_t kind : {abi::kSegmentHeader, abi::kSegmentVariables})
    if (!counts[kind])
      return corrupt("the file has no segment of kind %s", nameOfSegment(kind));
  return true;
}

bool Decoder::verifyHeader() {
  const abi::Segment *segment = program_.preamble.segments;
  while (segment->kind != abi::kSegmentHeader)
    ++segment;
  if (segment->size > kMaxHeaderBytes)
    return corrupt("the header has %llu bytes, at most %llu are allowed", (unsigned long long)segment->size,
                   (unsigned long long)kMaxHeaderBytes);
  const uint8_t *bytes = program_.file.bytes() + segment->offset;
  flatbuffers::Verifier::Options options;
  options.max_depth = 16;
  options.max_tables = abi::kMaxHeaderTables;
  flatbuffers::Verifier verifier(bytes, segment->size, options);
  if (!schema::VerifyProgramBuffer(verifier))
    return corrupt("the header is not a valid flatbuffer");
  header_ = schema::GetProgram(bytes);
  if (header_->version() != abi::kFormatVersion) {
    status_ = fail(error_, DLC_UNSUPPORTED, "%s: the header has version %u, this runtime reads version %u", label_,
                   header_->version(), abi::kFormatVersion);
    return false;
  }
  return text(header_->name(), "the program's name", &program_.name);
}

bool Decoder::decodeTargets() {
  auto *from = header_->targets();
  uint32_t count = from ? from->size() : 0, images = 0;
  for (uint32_t i = 0; i < program_.preamble.segmentCount; ++i)
    images += program_.preamble.segments[i].kind == abi::kSegmentCode;
  if (images != count)
    return corrupt("the file has %u targets and %u code segments", count, images);
  Target *targets;
  if (!allocate(count, &targets))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    const schema::Target *target = from->Get(i);
    targets[i].segment = target->segment();
    if (!text(target->level(), "a target's level", &targets[i].level))
      return false;
    if (target->segment() >= program_.preamble.segmentCount)
      return corrupt("target %s names segment %u of %u", targets[i].level, target->segment(),
                     program_.preamble.segmentCount);
    const abi::Segment &segment = program_.preamble.segments[target->segment()];
    if (segment.kind != abi::kSegmentCode || segment.flags != i)
      return corrupt("segment %u is not the code of target %s", target->segment(), targets[i].level);
    if (!checkImage(targets[i]))
      return false;
  }
  program_.targets = targets;
  program_.targetCount = count;
  return true;
}

// An image begins with a table of offsets; entry points lie behind the table and inside the image.
bool Decoder::checkImage(const Target &target) {
  const abi::Segment &segment = program_.preamble.segments[target.segment];
  const uint8_t *image = program_.file.bytes() + segment.offset;
  uint64_t tableBytes = 0;
  for (uint32_t i = 0; i < program_.kernelCount; ++i) {
    uint64_t end = (uint64_t(program_.kernels[i].entry) + 1) * sizeof(int64_t);
    tableBytes = end > tableBytes ? end : tableBytes;
  }
  if (!spend(program_.kernelCount))
    return false;
  if (tableBytes > segment.size)
    return corrupt("the code for %s is too short for its table of kernels", target.level);
  for (uint32_t i = 0; i < program_.kernelCount; ++i) {
    const Kernel &kernel = program_.kernels[i];
    int64_t offset;
    memcpy(&offset, image + uint64_t(kernel.entry) * sizeof offset, sizeof offset);
    if (offset < int64_t(tableBytes) || uint64_t(offset) >= segment.size)
      return corrupt("kernel %s starts outside the code for %s", kernel.description.name, target.level);
  }
  return true;
}

} // namespace dlc::runtime
