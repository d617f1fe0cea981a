#include "backends/package/ProgramWriter.h"

#include "backends/package/ElementBytes.h"
#include "backends/package/FileAssembler.h"
#include "backends/package/HeaderBuilder.h"
#include "runtime/abi/ProgramNumbers.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::package;

static LogicalResult writeValue(ModuleOp module, StringRef what, Attribute value, char *to) {
  if (writeElements(cast<ElementsAttr>(value), to))
    return success();
  return module.emitError("the value of ") << what << " is kept in a way that cannot be written to a program";
}

// The block of variables: initial values where the plan has them, zeros elsewhere.
static FailureOr<std::vector<char>> variablesOf(const ProgramInput &input, plan::ProgramOp program) {
  std::vector<char> block(program.getVariablesBytes());
  for (auto entry : program.getVariables().getAsRange<DictionaryAttr>())
    if (Attribute value = entry.get("value"))
      if (failed(writeValue(input.plan, entry.getAs<StringAttr>("name").getValue(), value,
                            block.data() + entry.getAs<IntegerAttr>("offset").getInt())))
        return failure();
  return block;
}

static LogicalResult checkConstant(ModuleOp module, Attribute attribute, uint64_t end) {
  auto entry = dyn_cast<DictionaryAttr>(attribute);
  auto offset = entry ? entry.getAs<IntegerAttr>("offset") : IntegerAttr();
  auto bytes = entry ? entry.getAs<IntegerAttr>("bytes") : IntegerAttr();
  auto value = entry ? dyn_cast_or_null<ElementsAttr>(entry.get("value")) : ElementsAttr();
  if (!offset || !bytes || !value)
    return module.emitError("an entry of plan.constants needs offset, bytes and value, got ") << attribute;
  // A bool takes a byte, not a bit.
  uint64_t elementBytes = (value.getElementType().getIntOrFloatBitWidth() + 7) / 8;
  if (offset.getInt() < int64_t(end) || offset.getInt() % int64_t(abi::kAlignment) ||
      uint64_t(bytes.getInt()) != elementBytes * uint64_t(value.getNumElements()))
    return module.emitError("offset and bytes of an entry of plan.constants do not fit: ") << attribute;
  return success();
}

static FailureOr<std::vector<char>> constantsOf(const ProgramInput &input) {
  std::vector<char> segment;
  auto entries = input.plan->getAttrOfType<ArrayAttr>("plan.constants");
  for (Attribute attribute : entries ? entries.getValue() : ArrayRef<Attribute>()) {
    if (failed(checkConstant(input.plan, attribute, segment.size())))
      return failure();
    auto entry = cast<DictionaryAttr>(attribute);
    uint64_t offset = entry.getAs<IntegerAttr>("offset").getInt();
    segment.resize(offset + entry.getAs<IntegerAttr>("bytes").getInt());
    if (failed(writeValue(input.plan, "a constant", entry.get("value"), segment.data() + offset)))
      return failure();
  }
  return segment;
}

static FailureOr<plan::ProgramOp> programOf(ModuleOp module) {
  auto programs = llvm::to_vector(module.getOps<plan::ProgramOp>());
  if (programs.size() != 1)
    return module.emitError("expected one plan.program, got ") << programs.size();
  return programs.front();
}

// A table entry that points nowhere would be a jump to nowhere: it is better to find it here than in a user's process.
static LogicalResult checkImages(const ProgramInput &input) {
  ModuleOp module = input.plan;
  constexpr uint64_t kOtherSegments = 4;
  if (input.images.size() + kOtherSegments > abi::kMaxSegments)
    return module.emitError("a program holds code for at most ")
           << abi::kMaxSegments - kOtherSegments << " targets, got " << input.images.size();
  for (const KernelImage &image : input.images) {
    uint64_t tableBytes = image.kernels.size() * sizeof(int64_t);
    for (auto [i, kernel] : llvm::enumerate(image.kernels)) {
      int64_t offset = 0;
      if (tableBytes <= image.image.size())
        std::memcpy(&offset, image.image.data() + i * sizeof offset, sizeof offset);
      if (offset < int64_t(tableBytes) || offset >= int64_t(image.image.size()))
        return module.emitError("the code for ") << image.level << " has no entry for kernel @" << kernel.name;
    }
  }
  return success();
}

FailureOr<std::vector<char>> package::writeProgram(const ProgramInput &input) {
  FailureOr<plan::ProgramOp> program = programOf(input.plan);
  if (failed(program) || failed(checkImages(input)))
    return failure();
  FailureOr<KernelTable> kernels = buildKernelTable(input);
  if (failed(kernels))
    return failure();
  FailureOr<std::vector<char>> variables = variablesOf(input, *program), constants = constantsOf(input);
  if (failed(variables) || failed(constants))
    return failure();
  constexpr unsigned kFirstImage = 3;
  FailureOr<std::vector<char>> header = HeaderBuilder(input, *program, *kernels).build(kFirstImage);
  if (failed(header))
    return failure();
  std::vector<FileSegment> segments = {{abi::kSegmentHeader, 0, *header},
                                       {abi::kSegmentVariables, 0, *variables},
                                       {abi::kSegmentConstants, 0, *constants}};
  for (auto [i, image] : llvm::enumerate(input.images))
    segments.push_back({abi::kSegmentCode, uint32_t(i), image.image});
  if (!input.portableIr.empty())
    segments.push_back({abi::kSegmentIr, 0, ArrayRef<char>(input.portableIr.data(), input.portableIr.size())});
  return assembleFile(segments);
}
