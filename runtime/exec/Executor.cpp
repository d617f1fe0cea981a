#include "runtime/exec/Executor.h"

#include "runtime/core/CheckedMath.h"
#include "runtime/core/FloatEnvironment.h"
#include "runtime/exec/FiniteCheck.h"
#include "runtime/exec/Launch.h"

#include <cstring>

namespace dlc::runtime {

dlc_status Executor::run() {
  if (dlc_status status = checkSteps())
    return status;
  FloatEnvironment environment;
  return runSteps(0, function_.stepCount);
}

dlc_status Executor::runSteps(uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; ++i) {
    const Step &step = function_.steps[i];
    // Until the first update nothing is lost by stopping; after it the state would be half a step's.
    if (host_.should_stop && step.kind != StepKind::Guard && i <= function_.firstUpdate &&
        host_.should_stop(host_.context))
      return failAt(error_, DLC_CANCELLED, step.location, "function %s was cancelled, no variable was changed",
                    function_.description.name);
    dlc_status status = DLC_OK;
    switch (step.kind) {
    case StepKind::Launch:
      status = launch(step, i);
      break;
    case StepKind::Guard:
      status = guard(step);
      break;
    case StepKind::Copy:
      copy(step);
      break;
    case StepKind::Loop:
      status = loop(step, i);
      i += step.body;
      break;
    }
    if (status)
      return status;
  }
  return DLC_OK;
}

// Each turn, elements move on by their size. The count was checked against the stacks' ends.
dlc_status Executor::loop(const Step &step, uint32_t index) {
  if (step.hasWhen && !*static_cast<const uint8_t *>(tables_.addresses[step.when]))
    return DLC_OK;
  uint64_t count = 0;
  (void)!step.count.evaluateSize(tables_.symbols, &count); // checkSteps saw that it can be
  for (uint64_t turn = 0; turn < count; ++turn) {
    uint64_t element = step.reverse ? count - 1 - turn : turn;
    if (step.hasIndex)
      *static_cast<int64_t *>(tables_.addresses[step.index]) = int64_t(element);
    for (uint32_t i = 0; i < step.argumentCount; ++i) {
      uint32_t buffer = step.arguments[i];
      const Buffer &moved = function_.buffers[buffer];
      tables_.addresses[buffer] =
          static_cast<uint8_t *>(tables_.addresses[moved.index]) + moved.offset + element * tables_.bytes[buffer];
    }
    if (dlc_status status = runSteps(index + 1, index + 1 + step.body))
      return status;
  }
  return DLC_OK;
}

bool Executor::checkLoop(const Step &step) {
  uint64_t count, whole;
  if (!step.count.evaluateSize(tables_.symbols, &count) || (step.hasIndex && tables_.bytes[step.index] < 8) ||
      (step.hasWhen && tables_.bytes[step.when] < 1))
    return false;
  for (uint32_t i = 0; i < step.argumentCount; ++i) {
    const Buffer &element = function_.buffers[step.arguments[i]];
    if (!checkedMultiply(count, tables_.bytes[step.arguments[i]], &whole) ||
        !isInside(element.offset, whole, tables_.bytes[element.index]))
      return false;
  }
  return true;
}

// What depends on sizes and could fail in the middle is looked at before the first step, so that a call that fails
// for such a reason has changed nothing.
dlc_status Executor::checkSteps() {
  for (uint32_t i = 0; i < function_.stepCount; ++i) {
    const Step &step = function_.steps[i];
    uint64_t trips;
    bool good = true;
    if (step.kind == StepKind::Launch)
      good = program_.kernels[step.kernel].parallel.evaluateSize(tables_.symbols, &trips);
    else if (step.kind == StepKind::Guard)
      good = tables_.bytes[step.arguments[0]] >= 1;
    else if (step.kind == StepKind::Loop)
      good = checkLoop(step);
    else
      good = tables_.bytes[step.arguments[0]] == tables_.bytes[step.arguments[1]];
    if (!good)
      return failAt(error_, DLC_CORRUPT_FILE, step.location, "function %s: the sizes of step %u do not fit together",
                    function_.description.name, i);
  }
  return DLC_OK;
}

dlc_status Executor::launch(const Step &step, uint32_t index) {
  const Kernel &kernel = program_.kernels[step.kernel];
  for (uint32_t i = 0; i < step.argumentCount; ++i) {
    tables_.launchAddresses[i] = tables_.addresses[step.arguments[i]];
    tables_.launchBytes[i] = tables_.bytes[step.arguments[i]];
    tables_.launchDtypes[i] = function_.buffers[step.arguments[i]].dtype;
  }
  dlc_launch_info info = {};
  info.struct_size = sizeof info;
  info.function = uint32_t(&function_ - program_.functions);
  info.step = index;
  info.kernel = step.kernel;
  info.buffer_count = step.argumentCount;
  info.outputs_from = kernel.outputsFrom;
  info.buffers = tables_.launchAddresses;
  info.buffer_bytes = tables_.launchBytes;
  info.buffer_dtypes = tables_.launchDtypes;
  info.symbols = tables_.symbols;
  if (host_.before_kernel)
    host_.before_kernel(host_.context, &info);
  uint64_t trips = 0;
  (void)!kernel.parallel.evaluateSize(tables_.symbols, &trips); // checkSteps saw that it can be
  launchKernel(kernel, program_.entries[step.kernel], tables_.launchAddresses, tables_.symbols, trips, host_);
  if (host_.on_kernel)
    host_.on_kernel(host_.context, &info);
  return call_.flags & DLC_CHECK_FINITE ? checkFinite(step) : DLC_OK;
}

dlc_status Executor::checkFinite(const Step &step) {
  const Kernel &kernel = program_.kernels[step.kernel];
  for (uint32_t i = kernel.outputsFrom; i < step.argumentCount; ++i) {
    NotFinite found;
    if (allFinite(tables_.launchAddresses[i], tables_.launchBytes[i], tables_.launchDtypes[i], &found))
      continue;
    // Equal kernels are one, so the launch knows its place in the source better than the kernel.
    const dlc_kernel &description = kernel.description;
    Location place = step.location;
    if (!place.line && !*place.where)
      place = {description.file, description.where, description.line, description.column};
    return failAt(error_, DLC_NOT_FINITE, place, "function %s: kernel %s wrote %s as element %llu of its result %u",
                  function_.description.name, description.name, found.isNan ? "nan" : "infinity",
                  (unsigned long long)found.element, i - kernel.outputsFrom);
  }
  return DLC_OK;
}

dlc_status Executor::guard(const Step &step) {
  if (*static_cast<const uint8_t *>(tables_.addresses[step.arguments[0]]))
    return DLC_OK;
  return failAt(error_, DLC_NOT_FINITE, step.location, "%s",
                *step.reason ? step.reason : "a check of the model failed");
}

void Executor::copy(const Step &step) {
  // Both may be the same memory.
  uint32_t from = step.arguments[0], to = step.arguments[1];
  memmove(tables_.addresses[to], tables_.addresses[from], size_t(tables_.bytes[from]));
}

} // namespace dlc::runtime
