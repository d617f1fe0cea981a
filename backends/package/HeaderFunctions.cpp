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

auto HeaderBuilder::step(Operation &op, const llvm::DenseMap<Value, uint32_t> &buffers) -> Offset<schema::Step> {
  location = op.getLoc();
  abi::StepKind kind = abi::StepKind::Launch;
  uint32_t kernel = 0;
  StringRef reason;
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](plan::LaunchOp launch) { kernel = kernels.indices.lookup(launch.getKernel()); })
      .Case([&](plan::GuardOp guard) {
        kind = abi::StepKind::Guard;
        reason = guard.getReason();
      })
      .Case([&](plan::CopyOp) { kind = abi::StepKind::Copy; })
      .Default([&](Operation *other) {
        report("a program file of version 1 cannot hold " + other->getName().getStringRef());
      });
  std::vector<uint32_t> arguments;
  for (Value operand : op.getOperands())
    arguments.push_back(buffers.lookup(operand));
  auto argumentVector = builder.CreateVector(arguments);
  auto reasonText = reason.empty() ? Offset<flatbuffers::String>() : text(reason);
  return schema::CreateStep(builder, uint32_t(kind), kernel, argumentVector, reasonText,
                            place(plan::sourceOf(op.getLoc())));
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
  llvm::DenseMap<Value, uint32_t> numbers;
  Offsets<schema::Buffer> buffers;
  Offsets<schema::Step> steps;
  for (Operation &inner : op.getBody().front()) {
    if (auto declared = dyn_cast<plan::BufferOp>(inner)) {
      numbers[declared] = buffers.size();
      buffers.push_back(buffer(declared));
    } else if (!isa<plan::ReturnOp>(inner)) {
      steps.push_back(step(inner, numbers));
    }
  }
  auto name = text(op.getSymName());
  auto inputTables = builder.CreateVector(inputs), outputTables = builder.CreateVector(outputs);
  auto bufferTables = builder.CreateVector(buffers);
  auto slotTables = builder.CreateVector(slots);
  auto stepTables = builder.CreateVector(steps);
  return schema::CreateFunction(builder, name, inputTables, outputTables, bufferTables, slotTables, stepTables);
}
