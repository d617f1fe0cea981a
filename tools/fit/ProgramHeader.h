// The header of a program file as the runtime has verified it: kinds, and formulas of the symbols.
#ifndef DLC_TOOLS_FIT_PROGRAMHEADER_H
#define DLC_TOOLS_FIT_PROGRAMHEADER_H

#include "runtime/schema/program_generated.h"
#include "tools/fit/Program.h"
#include "tools/fit/SizeFormula.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dlc::fit {

// As program.fbs numbers them.
enum BufferKind : uint32_t {
  kVariableBuffer,
  kInputBuffer,
  kOutputBuffer,
  kWorkspaceBuffer,
  kConstantBuffer,
  kElementBuffer
};
enum StepKind : uint32_t { kLaunchStep, kGuardStep, kCopyStep, kLoopStep };

/// Lives as long as the program.
const schema::Program &headerOf(const Program &program);

/// By the numbers of the symbols; those that \p symbols does not have are 1.
std::vector<int64_t> valuesOfSymbols(const Program &program, const SymbolValues &symbols);

/// A sum of products: each product's symbols, sorted, and its coefficient.
using Polynomial = std::map<std::vector<uint32_t>, int64_t>;

/// No formula is 0. nullopt, here and below, where numbers overflow.
std::optional<Polynomial> polynomialOf(const schema::Formula *formula);
std::optional<int64_t> valueOf(const Polynomial &polynomial, const std::vector<int64_t> &values);
std::optional<int64_t> valueOf(const schema::Formula *formula, const std::vector<int64_t> &values);

/// As the runtime writes formulas: "64*batch*t+batch+2".
std::string textOf(const Polynomial &polynomial, const std::vector<std::string> &symbols);

} // namespace dlc::fit

#endif
