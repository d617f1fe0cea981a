// Functions of a program: a plain walk over the plan, no case for any graph op.
#include "backends/package/HeaderBuilder.h"
#include "runtime/abi/ProgramNumbers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::package;

auto HeaderBuilder::port(DictionaryAttr entry) -> Offset<schema::Port> {
  StringRef role = entry.getAs<StringAttr>("role").getValue();
  plan::SourcePlace where;
  where.file = entry.getAs<StringAttr>("file").getValue();
  where.line = entry.getAs<IntegerAttr>("line").getInt();
  where.column = entry.getAs<IntegerAttr>("column").getInt();
  where.where = entry.getAs<StringAttr>("where").getValue();
  Offsets<schema::Formula> dims;
  for (StringRef dim : entry.getAs<ArrayAttr>("dims").getAsValueRange<StringAttr>())
    dims.push_back(formula(dim));
  auto name = text(entry.getAs<StringAttr>("name").getValue());
  if (dims.size() > abi::kMaxRank)
    report("a port has rank " + Twine(dims.size()) + ", at most " + Twine(abi::kMaxRank) + " is allowed");
  auto dimTables = builder.CreateVector(dims);
  auto roleNumber = role == "output"   ? abi::PortRole::Output
                    : role == "target" ? abi::PortRole::Target
                                       : abi::PortRole::Input;
  uint32_t type = dataType(entry.getAs<TypeAttr>("dtype").getValue());
  return schema::CreatePort(builder, name, type, dimTables, uint32_t(roleNumber), place(where));
}

auto HeaderBuilder::buffer(plan::BufferOp op) -> Offset<schema::Buffer> {
  location = op.getLoc();
  uint32_t index = 0;
  uint64_t offset = 0;
  if (!op.getIndex()) {
    report("a workspace buffer has no slot, run --dlc-assign-buffers first");
  } else if (op.getKind() == plan::BufferKind::Constant) {
    auto constants = input.plan->getAttrOfType<ArrayAttr>("plan.constants");
    offset = cast<DictionaryAttr>(constants[*op.getIndex()]).getAs<IntegerAttr>("offset").getInt();
  } else {
    index = *op.getIndex();
  }
  // The numbers of the dialect's enum are those of the file.
  static_assert(uint32_t(plan::BufferKind::Variable) == uint32_t(abi::BufferKind::Variable) &&
                uint32_t(plan::BufferKind::Constant) == uint32_t(abi::BufferKind::Constant));
  auto size = formula(op.getSize());
  return schema::CreateBuffer(builder, uint32_t(op.getKind()), index, offset, size, dataType(op.getElement()));
}

auto HeaderBuilder::element(plan::ElementOp op, uint32_t stack) -> Offset<schema::Buffer> {
  location = op.getLoc();
  auto size = formula(op.getSize());
  return schema::CreateBuffer(builder, uint32_t(abi::BufferKind::Element), stack, 0, size, dataType(op.getElement()));
}

auto HeaderBuilder::step(Operation &op, ArrayRef<uint32_t> arguments, uint32_t bodySteps) -> Offset<schema::Step> {
  location = op.getLoc();
  abi::StepKind kind = abi::StepKind::Launch;
  uint32_t kernel = 0, flags = 0;
  StringRef reason;
  Offset<schema::Formula> count;
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](plan::LaunchOp launch) { kernel = kernels.indices.lookup(launch.getKernel()); })
      .Case([&](plan::GuardOp guard) {
        kind = abi::StepKind::Guard;
        reason = guard.getReason();
      })
      .Case([&](plan::CopyOp) { kind = abi::StepKind::Copy; })
      .Case([&](plan::LoopOp loop) {
        kind = abi::StepKind::Loop;
        count = formula(loop.getCount());
        flags = (loop.getReverse() ? abi::kLoopReverse : 0) | (loop.getIndex() ? abi::kLoopIndex : 0) |
                (loop.getWhen() ? abi::kLoopWhen : 0);
      })
      .Default([&](Operation *other) {
        report("a program file of version 1 cannot hold " + other->getName().getStringRef());
      });
  auto argumentVector = builder.CreateVector(arguments.data(), arguments.size());
  auto reasonText = reason.empty() ? Offset<flatbuffers::String>() : text(reason);
  return schema::CreateStep(builder, uint32_t(kind), kernel, argumentVector, reasonText,
                            place(plan::sourceOf(op.getLoc())), count, bodySteps, flags);
}

void HeaderBuilder::steps(Block &block, FunctionTables &tables) {
  for (Operation &inner : block) {
    if (auto declared = dyn_cast<plan::BufferOp>(inner)) {
      tables.numbers[declared] = tables.buffers.size();
      tables.buffers.push_back(buffer(declared));
      continue;
    }
    if (isa<plan::ElementOp, plan::ReturnOp>(inner))
      continue;
    SmallVector<uint32_t> arguments;
    for (Value operand : inner.getOperands())
      arguments.push_back(tables.numbers.lookup(operand));
    auto loop = dyn_cast<plan::LoopOp>(inner);
    if (!loop) {
      tables.steps.push_back(step(inner, arguments, 0));
      continue;
    }
    for (auto moved : loop.getBody().front().getOps<plan::ElementOp>()) {
      arguments.push_back(tables.buffers.size());
      tables.numbers[moved] = tables.buffers.size();
      tables.buffers.push_back(element(moved, tables.numbers.lookup(moved.getStack())));
    }
    // The loop's own step comes before those of its body, which are counted first.
    size_t at = tables.steps.size();
    tables.steps.emplace_back();
    steps(loop.getBody().front(), tables);
    tables.steps[at] = step(inner, arguments, uint32_t(tables.steps.size() - at - 1));
  }
}

auto HeaderBuilder::function(plan::FunctionOp op) -> Offset<schema::Function> {
  location = op.getLoc();
  Offsets<schema::Port> inputs, outputs;
  for (auto entry : op.getInputs().getAsRange<DictionaryAttr>())
    inputs.push_back(port(entry));
  for (auto entry : op.getOutputs().getAsRange<DictionaryAttr>())
    outputs.push_back(port(entry));
  Offsets<schema::Slot> slots;
  if (op.getSlots())
    for (auto sizes : op.getSlots()->getAsRange<ArrayAttr>()) {
      Offsets<schema::Formula> formulas;
      for (StringRef size : sizes.getAsValueRange<StringAttr>())
        formulas.push_back(formula(size));
      slots.push_back(schema::CreateSlot(builder, builder.CreateVector(formulas)));
    }
  FunctionTables tables;
  steps(op.getBody().front(), tables);
  auto name = text(op.getSymName());
  auto inputTables = builder.CreateVector(inputs), outputTables = builder.CreateVector(outputs);
  auto bufferTables = builder.CreateVector(tables.buffers);
  auto slotTables = builder.CreateVector(slots);
  auto stepTables = builder.CreateVector(tables.steps);
  return schema::CreateFunction(builder, name, inputTables, outputTables, bufferTables, slotTables, stepTables);
}
