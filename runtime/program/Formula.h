// A size as a formula of the program's symbols: a polynomial with integer coefficients.
#ifndef DLC_RUNTIME_PROGRAM_FORMULA_H
#define DLC_RUNTIME_PROGRAM_FORMULA_H

#include "runtime/core/TextBuilder.h"

#include <cstdint>

namespace dlc::runtime {

/// coefficient * product of symbols; \p symbols are indices that were checked, a repeated one is a power.
struct Term {
  int64_t coefficient;
  uint32_t symbolCount;
  const uint32_t *symbols;
};

/// The sum of the terms; 0 when there are none.
struct Formula {
  uint32_t termCount = 0;
  const Term *terms = nullptr;
  uint64_t symbols = 0; // the set of symbols as bits: there are at most 64

  /// \p values: of all symbols, not read when isConstant(). False when a step overflows. Negative values are possible
  /// and not an error here.
  bool evaluate(const int64_t *values, int64_t *value) const;
  /// The same for a size: false for a negative value too.
  bool evaluateSize(const int64_t *values, uint64_t *value) const;

  bool isConstant() const { return symbols == 0; }
  /// "c * symbol + k" of exactly one symbol: finds it. `batch` itself has c = 1 and k = 0.
  bool isLinear(uint32_t *symbol, int64_t *factor, int64_t *constant) const;

  /// "2*batch+1", as the compiler writes sizes.
  void print(TextBuilder &text, const char *const *names) const;
  /// Enough bytes for print, the final zero included.
  uint64_t printedBytes(const char *const *names) const;
};

} // namespace dlc::runtime

#endif
