#include "runtime/exec/Binding.h"

#include "runtime/core/DataType.h"

#include <cstring>
#include <initializer_list>

namespace dlc::runtime {
namespace {

struct BoundPort { // a port, its dimensions as formulas, and the tensor given for it
  const dlc_port &port;
  const Formula *dims;
  const dlc_tensor &tensor;
};

const char *nameOfRole(uint32_t role) { return role == 0 ? "input" : role == 1 ? "target" : "output"; }

void printExpected(TextBuilder &text, const BoundPort &bound) {
  text << nameOf(bound.port.dtype) << "[";
  for (uint32_t i = 0; i < bound.port.rank; ++i)
    text << (i ? ", " : "") << bound.port.dims[i].formula;
  text << "]";
}

void printFound(TextBuilder &text, const dlc_tensor &tensor) {
  text << nameOf(tensor.dtype) << "[";
  for (uint32_t i = 0; i < tensor.rank && i <= kMaxRank; ++i)
    text << (i ? ", " : "") << tensor.shape[i];
  text << "]";
}

// " where batch = 4": the symbols in dimensions that do not fit, so that the reader sees what they were compared with.
void printSymbols(TextBuilder &text, const dlc_program &program, const BoundPort &bound, const int64_t *symbols) {
  uint64_t shown = 0;
  for (uint32_t i = 0; i < bound.port.rank; ++i) {
    int64_t size;
    if (!bound.dims[i].evaluate(symbols, &size) || size != bound.tensor.shape[i])
      shown |= bound.dims[i].symbols;
  }
  for (uint32_t i = 0, count = 0; i < program.symbolCount; ++i)
    if (shown >> i & 1)
      text << (count++ ? ", " : " where ") << program.symbols[i] << " = " << symbols[i];
}

dlc_status wrongShape(const dlc_program &program, const BoundPort &bound, const int64_t *symbols, dlc_error *error) {
  char expected[128], found[96];
  TextBuilder expectedText(expected, sizeof expected), foundText(found, sizeof found);
  printExpected(expectedText, bound);
  if (symbols)
    printSymbols(expectedText, program, bound, symbols);
  printFound(foundText, bound.tensor);
  return fail(error, DLC_INVALID_ARGUMENT, "%s %s: expected %s, got %s", nameOfRole(bound.port.role), bound.port.name,
              expected, found);
}

// Everything but the sizes, so that sizes can be read afterwards.
dlc_status checkKind(const dlc_program &program, const BoundPort &bound, dlc_error *error) {
  const dlc_tensor &tensor = bound.tensor;
  if (tensor.rank && !tensor.shape)
    return fail(error, DLC_INVALID_ARGUMENT, "%s %s: its shape is null", nameOfRole(bound.port.role), bound.port.name);
  if (tensor.dtype != bound.port.dtype || tensor.rank != bound.port.rank)
    return wrongShape(program, bound, nullptr, error);
  return DLC_OK;
}

dlc_status checkSizes(const dlc_program &program, const BoundPort &bound, const int64_t *symbols, dlc_error *error) {
  for (uint32_t i = 0; i < bound.port.rank; ++i) {
    int64_t size;
    if (!bound.dims[i].evaluate(symbols, &size) || size < 0 || size != bound.tensor.shape[i])
      return wrongShape(program, bound, symbols, error);
  }
  uint64_t bytes;
  if (!tensorBytes(bound.tensor.dtype, bound.tensor.rank, bound.tensor.shape, &bytes))
    return fail(error, DLC_INVALID_ARGUMENT, "%s %s: its shape is too large", nameOfRole(bound.port.role),
                bound.port.name);
  return DLC_OK;
}

dlc_status checkCount(const Function &function, const char *what, const dlc_port *ports, uint32_t expected,
                      const dlc_tensor *tensors, uint32_t found, dlc_error *error) {
  if (expected != found) {
    char names[128];
    TextBuilder list(names, sizeof names);
    for (uint32_t i = 0; i < expected; ++i)
      list << (i ? ", " : "") << ports[i].name;
    return fail(error, DLC_INVALID_ARGUMENT, "function %s: expected %u %s%s%s%s%s, got %u", function.description.name,
                expected, what, expected == 1 ? "" : "s", expected ? " (" : "", names, expected ? ")" : "", found);
  }
  if (expected && !tensors)
    return fail(error, DLC_INVALID_ARGUMENT, "function %s: dlc_call.%ss is null", function.description.name, what);
  return DLC_OK;
}

// Solves `factor * symbol + constant == size`. \p plain: only dimensions that are the symbol itself, which are the
// better witnesses, so the error is about the other dimension.
void solve(const BoundPort &bound, bool plain, uint64_t *known, int64_t *symbols) {
  for (uint32_t i = 0; i < bound.port.rank; ++i) {
    uint32_t symbol;
    int64_t factor, constant, rest, size = bound.tensor.shape[i];
    if (!bound.dims[i].isLinear(&symbol, &factor, &constant) || (*known >> symbol & 1) ||
        plain != (factor == 1 && constant == 0))
      continue;
    if (__builtin_sub_overflow(size, constant, &rest) || (factor == -1 && rest == INT64_MIN))
      continue;
    // A remainder or a negative size is left for the check of the same dimension.
    symbols[symbol] = rest / factor;
    *known |= uint64_t(1) << symbol;
  }
}

} // namespace

bool tensorBytes(dlc_dtype dtype, uint32_t rank, const int64_t *shape, uint64_t *bytes) {
  int64_t product = bytesOf(dtype);
  bool empty = false, fits = true;
  for (uint32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return false;
    empty |= shape[i] == 0;
    fits = fits && (shape[i] == 0 || checkedMultiply(product, shape[i], &product));
  }
  *bytes = empty ? 0 : uint64_t(product);
  return fits;
}

dlc_status bindSymbols(const dlc_program &program, const Function &function, const dlc_call &call, int64_t *symbols,
                       dlc_error *error) {
  const dlc_function &description = function.description;
  uint32_t count = description.input_count;
  memset(symbols, 0, kMaxSymbols * sizeof *symbols);
  if (dlc_status status =
          checkCount(function, "input", description.inputs, count, call.inputs, call.input_count, error))
    return status;
  for (uint32_t i = 0; i < count; ++i)
    if (dlc_status status = checkKind(program, {description.inputs[i], function.inputDims[i], call.inputs[i]}, error))
      return status;
  uint64_t known = 0;
  for (bool plain : {true, false})
    for (uint32_t i = 0; i < count; ++i)
      solve({description.inputs[i], function.inputDims[i], call.inputs[i]}, plain, &known, symbols);
  for (uint32_t i = 0; i < count; ++i)
    if (dlc_status status =
            checkSizes(program, {description.inputs[i], function.inputDims[i], call.inputs[i]}, symbols, error))
      return status;
  // Every other symbol of the function is bounded by what was just checked; a negative one hides in `batch + 5` only.
  for (uint32_t i = 0; i < program.symbolCount; ++i)
    if (symbols[i] < 0)
      return fail(error, DLC_INVALID_ARGUMENT, "function %s: the shapes make %s %lld", description.name,
                  program.symbols[i], (long long)symbols[i]);
  return DLC_OK;
}

dlc_status outputShape(const Function &function, uint32_t index, const int64_t *symbols, int64_t *shape,
                       dlc_error *error) {
  const dlc_port &port = function.description.outputs[index];
  for (uint32_t i = 0; i < port.rank; ++i)
    if (!function.outputDims[index][i].evaluate(symbols, &shape[i]) || shape[i] < 0)
      return fail(error, DLC_INVALID_ARGUMENT, "output %s: dimension %s is negative or too large", port.name,
                  port.dims[i].formula);
  return DLC_OK;
}

dlc_status checkOutputs(const dlc_program &program, const Function &function, const dlc_call &call,
                        const int64_t *symbols, dlc_error *error) {
  const dlc_function &description = function.description;
  if (dlc_status status = checkCount(function, "output", description.outputs, description.output_count, call.outputs,
                                     call.output_count, error))
    return status;
  for (uint32_t i = 0; i < description.output_count; ++i) {
    BoundPort bound = {description.outputs[i], function.outputDims[i], call.outputs[i]};
    dlc_status status = checkKind(program, bound, error);
    if (!status)
      status = checkSizes(program, bound, symbols, error);
    if (status)
      return status;
  }
  return DLC_OK;
}

} // namespace dlc::runtime
