#include "tools/fit/SizeFormula.h"
#include <cctype>
#include <charconv>

namespace dlc::fit {
namespace {

std::optional<int64_t> factorValue(std::string_view factor, const SymbolValues &symbols) {
  if (factor.empty())
    return std::nullopt;
  if (!std::isdigit(static_cast<unsigned char>(factor[0]))) {
    auto found = symbols.find(factor);
    return found == symbols.end() ? std::nullopt : std::optional<int64_t>(found->second);
  }
  int64_t value = 0;
  auto [stop, code] = std::from_chars(factor.data(), factor.data() + factor.size(), value);
  if (code != std::errc() || stop != factor.data() + factor.size())
    return std::nullopt;
  return value;
}

std::optional<int64_t> termValue(std::string_view term, const SymbolValues &symbols) {
  int64_t product = 1;
  for (size_t begin = 0; begin <= term.size();) {
    size_t star = std::min(term.find('*', begin), term.size());
    std::optional<int64_t> factor = factorValue(term.substr(begin, star - begin), symbols);
    if (!factor || __builtin_mul_overflow(product, *factor, &product))
      return std::nullopt;
    begin = star + 1;
  }
  return product;
}

} // namespace

std::optional<int64_t> evaluateFormula(std::string_view formula, const SymbolValues &symbols) {
  std::string text; // without spaces, which stand between parts only
  auto isWord = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t i = 0; i < formula.size(); ++i) {
    if (i && formula[i - 1] == ' ' && !text.empty() && isWord(text.back()) && isWord(formula[i]))
      return std::nullopt;
    if (formula[i] != ' ')
      text += formula[i];
  }
  int64_t sum = 0;
  for (size_t begin = 0; begin < text.size() || begin == 0;) {
    int64_t sign = 1;
    if (begin < text.size() && (text[begin] == '-' || text[begin] == '+'))
      sign = text[begin++] == '-' ? -1 : 1;
    size_t stop = std::min(text.find_first_of("+-", begin), text.size());
    std::optional<int64_t> term = termValue(std::string_view(text).substr(begin, stop - begin), symbols);
    int64_t signedTerm = 0;
    if (!term || __builtin_mul_overflow(*term, sign, &signedTerm) || __builtin_add_overflow(sum, signedTerm, &sum))
      return std::nullopt;
    begin = stop;
  }
  return sum;
}

} // namespace dlc::fit
