#include "ir/graph/SymbolicSize.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace dlc::graph {

using Symbols = SmallVector<std::string, 2>;

/// Graded lexicographic order, leading monomial first. It agrees with multiplication, which division relies on.
static bool leads(const Symbols &lhs, const Symbols &rhs) {
  return lhs.size() != rhs.size() ? lhs.size() > rhs.size() : lhs < rhs;
}

SymbolicSize::SymbolicSize(int64_t constant) {
  if (constant != 0)
    polynomial.push_back({constant, {}});
}

SymbolicSize SymbolicSize::symbol(StringRef name) {
  SymbolicSize size;
  size.polynomial.push_back({1, {name.str()}});
  return size;
}

void SymbolicSize::add(Term term) {
  auto place = llvm::find_if(polynomial, [&](const Term &other) { return !leads(other.symbols, term.symbols); });
  if (place == polynomial.end() || place->symbols != term.symbols) {
    if (term.coefficient != 0)
      polynomial.insert(place, std::move(term));
    return;
  }
  overflowed |= AddOverflow(place->coefficient, term.coefficient, place->coefficient) != 0;
  if (place->coefficient == 0)
    polynomial.erase(place);
}

SymbolicSize SymbolicSize::operator+(const SymbolicSize &other) const {
  SymbolicSize sum = *this;
  sum.overflowed |= other.overflowed;
  for (const Term &term : other.polynomial)
    sum.add(term);
  return sum;
}

SymbolicSize SymbolicSize::operator-(const SymbolicSize &other) const { return *this + other * SymbolicSize(-1); }

SymbolicSize SymbolicSize::operator*(const SymbolicSize &other) const {
  SymbolicSize product;
  product.overflowed = overflowed || other.overflowed;
  for (const Term &lhs : polynomial)
    for (const Term &rhs : other.polynomial) {
      Term term{0, lhs.symbols};
      product.overflowed |= MulOverflow(lhs.coefficient, rhs.coefficient, term.coefficient) != 0;
      term.symbols.append(rhs.symbols.begin(), rhs.symbols.end());
      llvm::sort(term.symbols);
      product.add(std::move(term));
    }
  return product;
}

bool SymbolicSize::operator==(const SymbolicSize &other) const {
  return !overflowed && !other.overflowed && polynomial == other.polynomial;
}

bool SymbolicSize::isConstant() const {
  return !overflowed && (polynomial.empty() || (polynomial.size() == 1 && polynomial[0].symbols.empty()));
}

int64_t SymbolicSize::constant() const {
  assert(isConstant());
  return polynomial.empty() ? 0 : polynomial[0].coefficient;
}

/// The monomial \p symbols / \p divisor, if it is one.
static std::optional<Symbols> divideSymbols(const Symbols &symbols, const Symbols &divisor) {
  if (!std::includes(symbols.begin(), symbols.end(), divisor.begin(), divisor.end()))
    return std::nullopt;
  Symbols quotient;
  std::set_difference(symbols.begin(), symbols.end(), divisor.begin(), divisor.end(), std::back_inserter(quotient));
  return quotient;
}

std::optional<SymbolicSize> SymbolicSize::dividedBy(const SymbolicSize &divisor) const {
  if (overflowed || divisor.overflowed || divisor.polynomial.empty())
    return std::nullopt;
  const Term &by = divisor.polynomial.front();
  SymbolicSize quotient, rest = *this;
  // Each step removes the leading monomial of the rest, so it ends.
  while (!rest.polynomial.empty()) {
    const Term &lead = rest.polynomial.front();
    std::optional<Symbols> symbols = divideSymbols(lead.symbols, by.symbols);
    bool overflows = lead.coefficient == std::numeric_limits<int64_t>::min() && by.coefficient == -1;
    if (!symbols || overflows || lead.coefficient % by.coefficient != 0)
      return std::nullopt;
    SymbolicSize step;
    step.polynomial.push_back({lead.coefficient / by.coefficient, *symbols});
    quotient = quotient + step;
    rest = rest - step * divisor;
    if (rest.overflowed)
      return std::nullopt;
  }
  return quotient;
}

std::optional<int64_t> SymbolicSize::evaluate(function_ref<std::optional<int64_t>(StringRef)> valueOf) const {
  if (overflowed)
    return std::nullopt;
  int64_t sum = 0;
  for (const Term &term : polynomial) {
    int64_t product = term.coefficient;
    for (const std::string &symbol : term.symbols) {
      std::optional<int64_t> value = valueOf(symbol);
      if (!value || MulOverflow(product, *value, product))
        return std::nullopt;
    }
    if (AddOverflow(sum, product, sum))
      return std::nullopt;
  }
  return sum;
}

void SymbolicSize::collectSymbols(std::set<std::string> &symbols) const {
  for (const Term &term : polynomial)
    symbols.insert(term.symbols.begin(), term.symbols.end());
}

std::string SymbolicSize::str() const {
  if (overflowed)
    return "overflow";
  if (polynomial.empty())
    return "0";
  std::string text;
  for (const Term &term : polynomial) {
    std::string factors = llvm::join(term.symbols, "*");
    if (term.coefficient >= 0 && !text.empty())
      text += "+";
    if (factors.empty())
      text += std::to_string(term.coefficient);
    else if (term.coefficient == 1)
      text += factors;
    else if (term.coefficient == -1)
      text += "-" + factors;
    else
      text += std::to_string(term.coefficient) + "*" + factors;
  }
  return text;
}

raw_ostream &operator<<(raw_ostream &stream, const SymbolicSize &size) { return stream << size.str(); }
mlir::Diagnostic &operator<<(mlir::Diagnostic &diagnostic, const SymbolicSize &size) {
  return diagnostic << size.str();
}

/// An integer or a name at the front of \p text, which loses it.
static FailureOr<SymbolicSize> parseFactor(StringRef &text) {
  text = text.ltrim();
  auto isNameCharacter = [](char c) { return isAlnum(c) || c == '_' || c == '.'; };
  StringRef word = text.take_while(isNameCharacter);
  text = text.drop_front(word.size()).ltrim();
  if (word.empty())
    return failure();
  if (!isDigit(word[0]))
    return word[0] == '.' ? FailureOr<SymbolicSize>(failure()) : SymbolicSize::symbol(word);
  int64_t number;
  if (word.getAsInteger(10, number))
    return failure();
  return SymbolicSize(number);
}

FailureOr<SymbolicSize> SymbolicSize::parse(StringRef text) {
  SymbolicSize sum;
  text = text.trim();
  bool isFirst = true;
  do {
    bool isNegative = text.consume_front("-");
    if (!isNegative && !text.consume_front("+") && !isFirst)
      return failure();
    SymbolicSize product(isNegative ? -1 : 1);
    do {
      FailureOr<SymbolicSize> factor = parseFactor(text);
      if (failed(factor))
        return failure();
      product = product * *factor;
    } while (text.consume_front("*"));
    sum = sum + product;
    isFirst = false;
  } while (!text.empty());
  if (sum.overflowed)
    return failure();
  return sum;
}

} // namespace dlc::graph
