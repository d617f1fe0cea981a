#include "tools/fit/ProgramHeader.h"
#include <algorithm>

namespace dlc::fit {
namespace {

constexpr uint32_t kHeaderSegment = 1; // runtime/abi/FileFormat.h

} // namespace

const schema::Program &headerOf(const Program &program) {
  return *schema::GetProgram(dlc_segment_data(program.handle(), kHeaderSegment));
}

std::vector<int64_t> valuesOfSymbols(const Program &program, const SymbolValues &symbols) {
  std::vector<int64_t> values;
  for (const std::string &symbol : program.symbols()) {
    auto found = symbols.find(symbol);
    values.push_back(found == symbols.end() ? 1 : found->second);
  }
  return values;
}

std::optional<Polynomial> polynomialOf(const schema::Formula *formula) {
  Polynomial sum;
  if (formula && formula->terms())
    for (const schema::Term *term : *formula->terms()) {
      std::vector<uint32_t> symbols;
      if (term->symbols())
        symbols.assign(term->symbols()->begin(), term->symbols()->end());
      std::sort(symbols.begin(), symbols.end());
      int64_t &count = sum[symbols];
      if (__builtin_add_overflow(count, term->coefficient(), &count))
        return std::nullopt;
    }
  return sum;
}

std::optional<int64_t> valueOf(const Polynomial &polynomial, const std::vector<int64_t> &values) {
  int64_t sum = 0;
  for (const auto &[symbols, count] : polynomial) {
    int64_t term = count;
    for (uint32_t symbol : symbols)
      if (__builtin_mul_overflow(term, values[symbol], &term))
        return std::nullopt;
    if (__builtin_add_overflow(sum, term, &sum))
      return std::nullopt;
  }
  return sum;
}

std::optional<int64_t> valueOf(const schema::Formula *formula, const std::vector<int64_t> &values) {
  std::optional<Polynomial> polynomial = polynomialOf(formula);
  return polynomial ? valueOf(*polynomial, values) : std::nullopt;
}

std::string textOf(const Polynomial &polynomial, const std::vector<std::string> &symbols) {
  std::string text;
  for (auto it = polynomial.rbegin(); it != polynomial.rend(); ++it) { // the constant comes last
    const auto &[factors, count] = *it;
    if (!count)
      continue;
    text += text.empty() || count < 0 ? "" : "+";
    std::string product = count == 1 && !factors.empty() ? "" : std::to_string(count);
    for (uint32_t symbol : factors)
      product += (product.empty() ? "" : "*") + symbols[symbol];
    text += product;
  }
  return text.empty() ? "0" : text;
}

} // namespace dlc::fit
