// Steps of a function, and what must hold for all of them together.
#include "runtime/program/Decoder.h"

namespace dlc::runtime {
namespace {

const char *nameOf(StepKind kind) { return kind == StepKind::Guard ? "guard" : "copy"; }

/// The kind of the buffer that the element is part of; elements come behind what they are part of.
BufferKind wholeKind(const Function &function, uint32_t buffer) {
  while (function.buffers[buffer].kind == BufferKind::Element)
    buffer = function.buffers[buffer].index;
  return function.buffers[buffer].kind;
}

} // namespace

bool Decoder::decodeSteps(const schema::Function &from, Function *to) {
  uint32_t count = from.steps() ? from.steps()->size() : 0;
  Step *steps;
  if (!allocate(count, &steps))
    return false;
  to->firstUpdate = count;
  for (uint32_t i = 0; i < count; ++i) {
    const schema::Step &step = *from.steps()->Get(i);
    steps[i].kind = StepKind(step.kind());
    steps[i].kernel = step.kernel();
    steps[i].argumentCount = step.args() ? step.args()->size() : 0;
    uint32_t *arguments;
    if (!optionalText(step.reason(), &steps[i].reason) || !location(step.location(), &steps[i].location) ||
        !spend(steps[i].argumentCount) || !allocate(steps[i].argumentCount, &arguments))
      return false;
    for (uint32_t j = 0; j < steps[i].argumentCount; ++j) {
      arguments[j] = step.args()->Get(j);
      if (arguments[j] >= to->bufferCount)
        return corrupt("function %s: step %u uses buffer %u of %u", to->description.name, i, arguments[j],
                       to->bufferCount);
    }
    steps[i].arguments = arguments;
    if (steps[i].kind == StepKind::Loop ? !decodeLoop(step, &steps[i], *to, i) : !checkStep(steps[i], to, i))
      return false;
  }
  to->steps = steps;
  to->stepCount = count;
  return checkLoops(*to);
}

bool Decoder::decodeLoop(const schema::Step &from, Step *to, const Function &function, uint32_t index) {
  const char *name = function.description.name;
  if (!formula(from.count(), "a loop", &to->count))
    return false;
  to->body = from.body();
  to->reverse = from.flags() & abi::kLoopReverse;
  to->hasIndex = from.flags() & abi::kLoopIndex;
  to->hasWhen = from.flags() & abi::kLoopWhen;
  if (from.flags() > (abi::kLoopReverse | abi::kLoopIndex | abi::kLoopWhen) ||
      to->argumentCount < uint32_t(to->hasIndex) + uint32_t(to->hasWhen))
    return corrupt("function %s: the loop at step %u has flags %u", name, index, from.flags());
  if (to->hasIndex) {
    to->index = *to->arguments++;
    --to->argumentCount;
    if (function.buffers[to->index].kind != BufferKind::Workspace || function.buffers[to->index].dtype != DLC_I64)
      return corrupt("function %s: the loop at step %u counts in a buffer that is no i64 of the workspace", name,
                     index);
  }
  if (to->hasWhen) {
    to->when = *to->arguments++;
    --to->argumentCount;
    if (function.buffers[to->when].dtype != DLC_BOOL)
      return corrupt("function %s: the loop at step %u depends on a buffer that is no bool", name, index);
  }
  for (uint32_t i = 0; i < to->argumentCount; ++i)
    if (function.buffers[to->arguments[i]].kind != BufferKind::Element)
      return corrupt("function %s: the loop at step %u moves buffer %u, which is no element", name, index,
                     to->arguments[i]);
  return true;
}

// Loops lie within each other or beside each other, and end within the function. What can stop a call, or changes
// variables, is not repeated; and an element has a place within its loop only.
bool Decoder::checkLoops(const Function &function) {
  uint32_t loops[abi::kMaxLoopDepth], depth = 0; // steps
  const char *name = function.description.name;
  uint8_t *moved; // for each buffer, whether it is an element of a loop around the present step
  if (!allocate(function.bufferCount, &moved))
    return false;
  auto endOf = [&](uint32_t loop) { return loop + 1 + function.steps[loop].body; };
  auto setMoved = [&](const Step &loop, uint8_t value) {
    for (uint32_t j = 0; j < loop.argumentCount; ++j)
      moved[loop.arguments[j]] = value;
  };
  for (uint32_t i = 0; i < function.stepCount; ++i) {
    for (; depth && endOf(loops[depth - 1]) == i; --depth)
      setMoved(function.steps[loops[depth - 1]], 0);
    const Step &step = function.steps[i];
    if (step.kind == StepKind::Guard && depth)
      return corrupt("function %s: the guard at step %u is in a loop", name, i);
    for (uint32_t j = 0; j < step.argumentCount; ++j) {
      // A loop moves its elements itself, but not what they are elements of.
      uint32_t buffer = step.arguments[j];
      if (step.kind == StepKind::Loop && moved[buffer])
        return corrupt("function %s: two loops at step %u move buffer %u", name, i, buffer);
      if (step.kind == StepKind::Loop)
        buffer = function.buffers[buffer].index;
      if (function.buffers[buffer].kind == BufferKind::Element && !moved[buffer])
        return corrupt("function %s: step %u uses buffer %u outside of its loop", name, i, buffer);
    }
    if (step.kind != StepKind::Loop)
      continue;
    if (step.hasWhen && function.buffers[step.when].kind == BufferKind::Element && !moved[step.when])
      return corrupt("function %s: step %u uses buffer %u outside of its loop", name, i, step.when);
    uint32_t end = depth ? endOf(loops[depth - 1]) : function.stepCount;
    if (step.body > end - i - 1 || depth == abi::kMaxLoopDepth)
      return corrupt("function %s: the loop at step %u does not end where it may", name, i);
    if (i < function.firstUpdate && function.firstUpdate <= i + step.body)
      return corrupt("function %s: the loop at step %u changes a variable", name, i);
    if (!step.body)
      continue;
    loops[depth++] = i;
    setMoved(step, 1);
  }
  return true;
}

bool Decoder::checkStep(const Step &step, Function *function, uint32_t index) {
  const char *name = function->description.name;
  uint32_t firstWritten;
  switch (step.kind) {
  case StepKind::Launch:
    if (!checkLaunch(step, function, index))
      return false;
    firstWritten = program_.kernels[step.kernel].outputsFrom;
    break;
  case StepKind::Guard:
  case StepKind::Copy:
    firstWritten = 1;
    if (step.argumentCount != (step.kind == StepKind::Guard ? 1u : 2u))
      return corrupt("function %s: step %u is a %s of %u buffers", name, index, nameOf(step.kind), step.argumentCount);
    break;
  default:
    return corrupt("function %s: step %u has kind %u", name, index, uint32_t(step.kind));
  }
  // A call that a guard stops must leave the variables as they were.
  if (step.kind == StepKind::Guard &&
      (function->buffers[step.arguments[0]].dtype != DLC_BOOL || function->firstUpdate < index))
    return corrupt("function %s: the guard at step %u comes after an update, or does not look at a bool", name, index);
  for (uint32_t i = firstWritten; i < step.argumentCount; ++i) {
    BufferKind kind = wholeKind(*function, step.arguments[i]);
    if (kind == BufferKind::Input || kind == BufferKind::Constant)
      return corrupt("function %s: step %u writes an input or a constant", name, index);
    if (kind == BufferKind::Variable && index < function->firstUpdate)
      function->firstUpdate = index;
  }
  return true;
}

bool Decoder::checkLaunch(const Step &step, Function *function, uint32_t index) {
  const char *name = function->description.name;
  if (step.kernel >= program_.kernelCount)
    return corrupt("function %s: step %u launches kernel %u of %u", name, index, step.kernel, program_.kernelCount);
  // Decoding owns the tables until it is done.
  Kernel &kernel = const_cast<Kernel &>(program_.kernels[step.kernel]);
  if (step.argumentCount == 0 || kernel.outputsFrom > step.argumentCount ||
      (kernel.bufferCount && kernel.bufferCount != step.argumentCount))
    return corrupt("function %s: step %u gives kernel %s %u buffers", name, index, kernel.description.name,
                   step.argumentCount);
  kernel.bufferCount = step.argumentCount;
  ++function->description.launch_count;
  if (step.argumentCount > function->maxArguments)
    function->maxArguments = step.argumentCount;
  return true;
}

// A call learns the symbols from the shapes of its inputs, so each one in use needs a dimension that says it.
bool Decoder::checkSymbols(const Function &function) {
  uint64_t known = 0, used = 0;
  const dlc_function &description = function.description;
  for (uint32_t i = 0; i < description.input_count; ++i)
    for (uint32_t j = 0; j < description.inputs[i].rank; ++j) {
      const Formula &dim = function.inputDims[i][j];
      uint32_t symbol;
      int64_t factor, constant;
      if (dim.isLinear(&symbol, &factor, &constant))
        known |= uint64_t(1) << symbol;
      used |= dim.symbols;
    }
  for (uint32_t i = 0; i < description.output_count; ++i)
    for (uint32_t j = 0; j < description.outputs[i].rank; ++j)
      used |= function.outputDims[i][j].symbols;
  for (uint32_t i = 0; i < function.bufferCount; ++i)
    used |= function.buffers[i].size.symbols;
  for (uint32_t i = 0; i < function.slotCount; ++i)
    for (uint32_t j = 0; j < function.slots[i].sizeCount; ++j)
      used |= function.slots[i].sizes[j].symbols;
  for (uint32_t i = 0; i < function.stepCount; ++i)
    if (function.steps[i].kind == StepKind::Launch)
      used |= program_.kernels[function.steps[i].kernel].parallel.symbols;
    else if (function.steps[i].kind == StepKind::Loop)
      used |= function.steps[i].count.symbols;
  if (uint64_t unknown = used & ~known)
    return corrupt("function %s: no input's shape gives the symbol %s", description.name,
                   program_.symbols[__builtin_ctzll(unknown)]);
  return true;
}

} // namespace dlc::runtime
