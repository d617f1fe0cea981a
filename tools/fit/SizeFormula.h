// Formulas of a program's symbols, such as "228128*batch+64": what sizes and costs are for a given batch.
#ifndef DLC_TOOLS_FIT_SIZEFORMULA_H
#define DLC_TOOLS_FIT_SIZEFORMULA_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dlc::fit {

using SymbolValues = std::map<std::string, int64_t, std::less<>>;

/// Sum of products of whole numbers and symbols; nullopt if it is not one, names an unknown symbol, or overflows.
std::optional<int64_t> evaluateFormula(std::string_view formula, const SymbolValues &symbols);

} // namespace dlc::fit

#endif
