#include "runtime/program/Formula.h"

#include "runtime/core/CheckedMath.h"

#include <cstring>

namespace dlc::runtime {

bool Formula::evaluate(const int64_t *values, int64_t *value) const {
  int64_t sum = 0;
  for (uint32_t i = 0; i < termCount; ++i) {
    const Term &term = terms[i];
    int64_t product = term.coefficient;
    for (uint32_t j = 0; j < term.symbolCount; ++j)
      if (!checkedMultiply(product, values[term.symbols[j]], &product))
        return false;
    if (!checkedAdd(sum, product, &sum))
      return false;
  }
  *value = sum;
  return true;
}

bool Formula::evaluateSize(const int64_t *values, uint64_t *value) const {
  int64_t result;
  if (!evaluate(values, &result) || result < 0)
    return false;
  *value = uint64_t(result);
  return true;
}

bool Formula::isLinear(uint32_t *symbol, int64_t *factor, int64_t *constant) const {
  bool found = false;
  *constant = 0;
  for (uint32_t i = 0; i < termCount; ++i) {
    const Term &term = terms[i];
    if (term.symbolCount == 0) {
      if (!checkedAdd(*constant, term.coefficient, constant))
        return false;
      continue;
    }
    if (found || term.symbolCount != 1 || term.coefficient == 0)
      return false;
    found = true;
    *symbol = term.symbols[0];
    *factor = term.coefficient;
  }
  return found;
}

void Formula::print(TextBuilder &text, const char *const *names) const {
  if (!termCount)
    text << int64_t(0);
  for (uint32_t i = 0; i < termCount; ++i) {
    const Term &term = terms[i];
    if (i && term.coefficient >= 0)
      text << "+";
    bool needsStar = term.coefficient != 1 || !term.symbolCount;
    if (needsStar)
      text << term.coefficient;
    for (uint32_t j = 0; j < term.symbolCount; ++j) {
      text << (needsStar ? "*" : "") << names[term.symbols[j]];
      needsStar = true;
    }
  }
}

uint64_t Formula::printedBytes(const char *const *names) const {
  uint64_t bytes = 2;
  for (uint32_t i = 0; i < termCount; ++i) {
    bytes += 22; // sign and digits of an int64_t, plus
    for (uint32_t j = 0; j < terms[i].symbolCount; ++j)
      bytes += 1 + strlen(names[terms[i].symbols[j]]);
  }
  return bytes;
}

} // namespace dlc::runtime
