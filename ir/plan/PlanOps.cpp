// Text and local checks of the single ops. What needs the whole program or function: Program.cpp, Function.cpp.
#include "ir/plan/PlanOps.h"
#include "ir/plan/BufferSize.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace dlc::plan;

// A list of attributes, one a line: variables and ports are read by people.
static ParseResult parseEntries(OpAsmParser &parser, ArrayAttr &entries) {
  SmallVector<Attribute> list;
  auto parseEntry = [&]() -> ParseResult { return parser.parseAttribute(list.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseEntry))
    return failure();
  entries = ArrayAttr::get(parser.getContext(), list);
  return success();
}

// A dictionary's own order is by name; people look for the name and the type first.
static void printEntry(OpAsmPrinter &printer, Attribute entry) {
  auto fields = dyn_cast<DictionaryAttr>(entry);
  if (!fields)
    return printer.printAttribute(entry);
  static constexpr StringRef order[] = {"name", "kind", "role", "type", "dtype", "dims", "offset", "bytes"};
  SmallVector<NamedAttribute> sorted(fields.begin(), fields.end());
  llvm::stable_sort(sorted, [](NamedAttribute a, NamedAttribute b) {
    return llvm::find(order, a.getName()) < llvm::find(order, b.getName());
  });
  printer << '{';
  llvm::interleaveComma(sorted, printer, [&](NamedAttribute field) {
    printer.printKeywordOrString(field.getName());
    printer << " = ";
    printer.printAttribute(field.getValue());
  });
  printer << '}';
}

static void printEntries(OpAsmPrinter &printer, Operation *op, ArrayAttr entries) {
  printer << '[';
  if (!entries.empty()) {
    printer.increaseIndent();
    llvm::interleave(
        entries,
        [&](Attribute entry) {
          printer.printNewline();
          printEntry(printer, entry);
        },
        [&] { printer << ','; });
    printer.decreaseIndent();
    printer.printNewline();
  }
  printer << ']';
}

// In-place pairs: `[input:output, ...]`.
static ParseResult parsePairs(OpAsmParser &parser, DenseI64ArrayAttr &pairs) {
  SmallVector<int64_t> flat;
  auto parsePair = [&]() -> ParseResult {
    int64_t input = 0, output = 0;
    if (parser.parseInteger(input) || parser.parseColon() || parser.parseInteger(output))
      return failure();
    flat.append({input, output});
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parsePair))
    return failure();
  pairs = DenseI64ArrayAttr::get(parser.getContext(), flat);
  return success();
}

static void printPairs(OpAsmPrinter &printer, Operation *op, DenseI64ArrayAttr pairs) {
  ArrayRef<int64_t> flat = pairs.asArrayRef();
  printer << '[';
  for (size_t i = 0; i + 1 < flat.size(); i += 2)
    printer << (i == 0 ? "" : ", ") << flat[i] << ':' << flat[i + 1];
  printer << ']';
}

#define GET_OP_CLASSES
#include "ir/plan/PlanOps.cpp.inc"

void BufferOp::getAsmResultNames(OpAsmSetValueNameFn setName) { setName(getResult(), stringifyBufferKind(getKind())); }

LogicalResult BufferOp::verify() {
  if (!elementBytes(getElement()))
    return emitOpError("element must be i1 or a number of 1, 2, 4 or 8 bytes, got ") << getElement();
  if (failed(graph::SymbolicSize::parse(getSize())))
    return emitOpError("size must be a polynomial of the symbols, got \"") << getSize() << '"';
  if (!getIndex() && getKind() != BufferKind::Workspace)
    return emitOpError("needs an index: only workspace buffers wait for --dlc-assign-buffers");
  return success();
}

static BufferOp bufferOf(Value value) { return value.getDefiningOp<BufferOp>(); }

// The pairs of `inout` are in range, name one buffer each, and none occurs twice.
static LogicalResult verifyPairs(LaunchOp launch, llvm::DenseSet<std::pair<int64_t, int64_t>> &marked) {
  ArrayRef<int64_t> flat = launch.getInout();
  if (flat.size() % 2 != 0)
    return launch.emitOpError("inout must be pairs of an input and an output index");
  int64_t inputCount = launch.getInputs().size(), outputCount = launch.getOutputs().size();
  for (size_t i = 0; i < flat.size(); i += 2) {
    if (flat[i] < 0 || flat[i] >= inputCount || flat[i + 1] < 0 || flat[i + 1] >= outputCount)
      return launch.emitOpError("inout pair ") << flat[i] << ':' << flat[i + 1] << " is out of range: " << inputCount
                                               << " inputs, " << outputCount << " outputs";
    if (launch.getInputs()[flat[i]] != launch.getOutputs()[flat[i + 1]])
      return launch.emitOpError("inout pair ") << flat[i] << ':' << flat[i + 1] << " must be one buffer";
    if (!marked.insert({flat[i], flat[i + 1]}).second)
      return launch.emitOpError("inout pair ") << flat[i] << ':' << flat[i + 1] << " is given twice";
  }
  return success();
}

static bool inSameSlot(BufferOp a, BufferOp b) {
  return a && b && a.getKind() == BufferKind::Workspace && b.getKind() == BufferKind::Workspace && a.getIndex() &&
         a.getIndex() == b.getIndex();
}

LogicalResult LaunchOp::verify() {
  llvm::DenseSet<std::pair<int64_t, int64_t>> marked;
  if (failed(verifyPairs(*this, marked)))
    return failure();
  for (auto [o, output] : llvm::enumerate(getOutputs())) {
    for (Value other : getOutputs().drop_front(o + 1))
      if (output == other || inSameSlot(bufferOf(output), bufferOf(other)))
        return emitOpError("output ") << o << " shares its bytes with a later output";
    for (auto [i, input] : llvm::enumerate(getInputs())) {
      if (input == output && !marked.contains({int64_t(i), int64_t(o)}))
        return emitOpError("input ") << i << " is also output " << o << ", but inout does not mark the pair";
      if (input != output && inSameSlot(bufferOf(input), bufferOf(output)))
        return emitOpError("input ") << i << " and output " << o << " are different buffers in one slot";
    }
  }
  return success();
}

static LogicalResult verifyOperand(LaunchOp launch, Value operand, Type type, Twine what) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  BufferOp buffer = bufferOf(operand);
  if (!tensor || !buffer)
    return success(); // below the tensor form a signature no longer tells sizes
  std::optional<dlc::graph::SymbolicSize> size = bytesOf(tensor);
  if (tensor.getElementType() != buffer.getElement() || !size || size->str() != buffer.getSize())
    return launch.emitOpError() << what << " must be " << tensor.getElementType() << " bytes \""
                                << (size ? size->str() : "?") << "\" as in the kernel, got " << buffer.getElement()
                                << " bytes \"" << buffer.getSize() << '"';
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // Programs are not symbol tables: kernels live in the module around them.
  auto module = (*this)->getParentOfType<ModuleOp>();
  Operation *kernel = module ? symbols.lookupSymbolIn(module, getKernelAttr()) : nullptr;
  if (!kernel)
    return emitOpError("kernel ") << getKernelAttr() << " is not in the module";
  auto function = dyn_cast<FunctionOpInterface>(kernel);
  bool onTensors = function && function.getNumResults() != 0 &&
                   llvm::all_of(function.getResultTypes(), llvm::IsaPred<RankedTensorType>);
  if (!onTensors)
    return success(); // lowered further: results have become arguments
  size_t tensorCount = llvm::count_if(function.getArgumentTypes(), llvm::IsaPred<RankedTensorType>);
  if (tensorCount != getInputs().size() || function.getNumResults() != getOutputs().size())
    return emitOpError("kernel ") << getKernelAttr() << " takes " << tensorCount << " tensors and returns "
                                  << function.getNumResults() << ", got " << getInputs().size() << " inputs and "
                                  << getOutputs().size() << " outputs";
  for (auto [i, input] : llvm::enumerate(getInputs()))
    if (failed(verifyOperand(*this, input, function.getArgumentTypes()[i], "input " + Twine(i))))
      return failure();
  for (auto [o, output] : llvm::enumerate(getOutputs()))
    if (failed(verifyOperand(*this, output, function.getResultTypes()[o], "output " + Twine(o))))
      return failure();
  return success();
}

LogicalResult GuardOp::verify() {
  BufferOp ok = bufferOf(getOk());
  if (ok && (!ok.getElement().isInteger(1) || ok.getSize() != "1"))
    return emitOpError("ok must be one i1 element, got ") << ok.getElement() << " bytes \"" << ok.getSize() << '"';
  return success();
}

LogicalResult CopyOp::verify() {
  if (getSource() == getTarget())
    return emitOpError("source and target are one buffer");
  BufferOp source = bufferOf(getSource()), target = bufferOf(getTarget());
  if (source && target && (source.getSize() != target.getSize() || source.getElement() != target.getElement()))
    return emitOpError("source and target must have one element and size, got ")
           << source.getElement() << " bytes \"" << source.getSize() << "\" and " << target.getElement() << " bytes \""
           << target.getSize() << '"';
  return success();
}

LogicalResult LoopOp::verify() {
  if (failed(graph::SymbolicSize::parse(getCount())))
    return emitOpError("count must be a polynomial of the symbols, got \"") << getCount() << '"';
  for (GuardOp guard : getBody().getOps<GuardOp>())
    return guard.emitOpError("must be outside of loops: it names the step of the function");
  BufferOp index = getIndex() ? bufferOf(getIndex()) : BufferOp();
  if (index && (!index.getElement().isInteger(64) || index.getSize() != "8"))
    return emitOpError("index must be one i64 element, got ")
           << index.getElement() << " bytes \"" << index.getSize() << '"';
  if (!getWhen())
    return success();
  auto [element, size] =
      TypeSwitch<Operation *, std::pair<Type, StringRef>>(getWhen().getDefiningOp())
          .Case<BufferOp, ElementOp>([](auto op) { return std::pair(op.getElement(), op.getSize()); })
          .Default(std::pair(Type(), StringRef()));
  if (!element || !element.isInteger(1) || size != "1")
    return emitOpError("when must be one bool, got ") << element << " bytes \"" << size << '"';
  return success();
}

BufferOp ElementOp::getBuffer() {
  Value stack = getStack();
  while (auto outer = stack.getDefiningOp<ElementOp>())
    stack = outer.getStack();
  return stack.getDefiningOp<BufferOp>();
}

LogicalResult ElementOp::verify() {
  FailureOr<graph::SymbolicSize> size = graph::SymbolicSize::parse(getSize());
  FailureOr<graph::SymbolicSize> count = graph::SymbolicSize::parse(cast<LoopOp>((*this)->getParentOp()).getCount());
  if (failed(size) || failed(count))
    return emitOpError("size must be a polynomial of the symbols, got \"") << getSize() << '"';
  Type element;
  StringRef whole;
  if (auto outer = getStack().getDefiningOp<ElementOp>()) {
    element = outer.getElement();
    whole = outer.getSize();
  } else if (BufferOp buffer = bufferOf(getStack())) {
    element = buffer.getElement();
    whole = buffer.getSize();
  }
  if (element != getElement() || whole != (*count * *size).str())
    return emitOpError("a stack of ") << *count << " elements of " << getElement() << " bytes \"" << *size
                                      << "\" must have bytes \"" << (*count * *size) << "\", got " << element
                                      << " bytes \"" << whole << '"';
  return success();
}

LogicalResult BranchOp::verify() {
  if (failed(graph::SymbolicSize::parse(getSize())))
    return emitOpError("size must be a polynomial of the symbols, got \"") << getSize() << '"';
  return success();
}

LogicalResult CollectiveOp::verify() {
  if (getBuffers().empty())
    return emitOpError("needs at least one buffer");
  for (Value value : getBuffers()) {
    BufferOp buffer = bufferOf(value);
    if (buffer && buffer.getElement().isInteger(1))
      return emitOpError("combines numbers, got a buffer of i1");
  }
  return success();
}
