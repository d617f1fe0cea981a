#include "test/unit/runtime/LoopProgram.h"

#include "runtime/abi/ProgramNumbers.h"
#include "test/unit/runtime/SampleProgram.h"

namespace dlc::test {
namespace {

using Size = std::pair<int64_t, int>; // coefficient, power of batch

void addPort(schema::FunctionT &f, bool isInput, const char *name, dlc_dtype dtype, std::vector<Size> dims) {
  auto port = std::make_unique<schema::PortT>();
  port->name = name;
  port->dtype = dtype;
  port->role = isInput ? 0 : 2;
  for (Size dim : dims)
    port->dims.push_back(formula({dim}));
  (isInput ? f.inputs : f.outputs).push_back(std::move(port));
}

void addBuffer(schema::FunctionT &f, abi::BufferKind kind, uint32_t index, dlc_dtype dtype, Size size) {
  auto buffer = std::make_unique<schema::BufferT>();
  buffer->kind = uint32_t(kind);
  buffer->index = index;
  buffer->dtype = dtype;
  buffer->size = formula({size});
  f.buffers.push_back(std::move(buffer));
}

void addSlot(schema::FunctionT &f, int64_t bytes) {
  f.slots.push_back(std::make_unique<schema::SlotT>());
  f.slots.back()->sizes.push_back(formula({{bytes, 0}}));
}

schema::StepT &addStep(schema::FunctionT &f, abi::StepKind kind, std::vector<uint32_t> arguments) {
  f.steps.push_back(std::make_unique<schema::StepT>());
  f.steps.back()->kind = uint32_t(kind);
  f.steps.back()->args = std::move(arguments);
  return *f.steps.back();
}

void addLoop(schema::FunctionT &f, Size count, uint32_t body, uint32_t flags, std::vector<uint32_t> arguments) {
  schema::StepT &step = addStep(f, abi::StepKind::Loop, std::move(arguments));
  step.count = formula({count});
  step.body = body;
  step.flags = flags;
}

std::unique_ptr<schema::FunctionT> sums(const char *name, uint32_t flags) {
  auto f = std::make_unique<schema::FunctionT>();
  f->name = name;
  addPort(*f, true, "x", DLC_F32, {{1, 1}, {4, 0}});
  addPort(*f, false, "last", DLC_F32, {{4, 0}});
  addPort(*f, false, "all", DLC_F32, {{1, 1}, {4, 0}});
  addPort(*f, false, "steps", DLC_I64, {{1, 1}});
  addSlot(*f, 16);
  addSlot(*f, 8);
  addBuffer(*f, abi::BufferKind::Input, 0, DLC_F32, {16, 1});
  addBuffer(*f, abi::BufferKind::Output, 0, DLC_F32, {16, 0});
  addBuffer(*f, abi::BufferKind::Output, 1, DLC_F32, {16, 1});
  addBuffer(*f, abi::BufferKind::Output, 2, DLC_I64, {8, 1});
  addBuffer(*f, abi::BufferKind::Workspace, 0, DLC_F32, {16, 0}); // 4: h
  addBuffer(*f, abi::BufferKind::Workspace, 1, DLC_I64, {8, 0});  // 5: the number of the step
  addBuffer(*f, abi::BufferKind::Constant, 0, DLC_F32, {16, 0});
  addBuffer(*f, abi::BufferKind::Element, 0, DLC_F32, {16, 0}); // 7: of x
  addBuffer(*f, abi::BufferKind::Element, 2, DLC_F32, {16, 0}); // 8: of all
  addBuffer(*f, abi::BufferKind::Element, 3, DLC_I64, {8, 0});  // 9: of steps
  addStep(*f, abi::StepKind::Copy, {6, 4});
  addLoop(*f, {1, 1}, 3, flags, {5, 7, 8, 9});
  addStep(*f, abi::StepKind::Launch, {4, 7, 4}).kernel = 2; // add_one: 4 elements
  addStep(*f, abi::StepKind::Copy, {4, 8});
  addStep(*f, abi::StepKind::Copy, {5, 9});
  addStep(*f, abi::StepKind::Copy, {4, 1});
  return f;
}

std::unique_ptr<schema::FunctionT> blocks() {
  auto f = std::make_unique<schema::FunctionT>();
  f->name = "blocks";
  addPort(*f, true, "x", DLC_F32, {{1, 1}, {2, 0}, {4, 0}});
  addPort(*f, false, "y", DLC_F32, {{1, 1}, {2, 0}, {4, 0}});
  addPort(*f, false, "last", DLC_F32, {{4, 0}});
  addSlot(*f, 8);
  addBuffer(*f, abi::BufferKind::Input, 0, DLC_F32, {32, 1});
  addBuffer(*f, abi::BufferKind::Output, 0, DLC_F32, {32, 1});
  addBuffer(*f, abi::BufferKind::Output, 1, DLC_F32, {16, 0});
  addBuffer(*f, abi::BufferKind::Element, 0, DLC_F32, {32, 0}); // 3: of x
  addBuffer(*f, abi::BufferKind::Element, 1, DLC_F32, {32, 0}); // 4: of y
  addBuffer(*f, abi::BufferKind::Element, 3, DLC_F32, {16, 0}); // 5: of a block of x
  addBuffer(*f, abi::BufferKind::Element, 4, DLC_F32, {16, 0}); // 6: of a block of y
  addBuffer(*f, abi::BufferKind::Workspace, 0, DLC_I64, {8, 0});
  addBuffer(*f, abi::BufferKind::Constant, 0, DLC_F32, {16, 0});
  addStep(*f, abi::StepKind::Copy, {8, 2});
  addLoop(*f, {1, 1}, 3, 0, {3, 4});
  addLoop(*f, {2, 0}, 2, abi::kLoopReverse | abi::kLoopIndex, {7, 5, 6});
  addStep(*f, abi::StepKind::Copy, {5, 6});
  addStep(*f, abi::StepKind::Copy, {5, 2});
  return f;
}

} // namespace

schema::ProgramT loopHeader() {
  schema::ProgramT header = sampleHeader();
  header.functions.push_back(sums("sums", abi::kLoopIndex));
  header.functions.push_back(sums("sums_back", abi::kLoopIndex | abi::kLoopReverse));
  header.functions.push_back(blocks());
  return header;
}

} // namespace dlc::test
