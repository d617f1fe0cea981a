#include "tools/fit/StepCosts.h"
#include "runtime/schema/program_generated.h"
#include <algorithm>
#include <map>

namespace dlc::fit {
namespace {

constexpr uint32_t kHeaderSegment = 1; // runtime/abi/FileFormat.h
constexpr uint32_t kLaunchStep = 0, kLoopStep = 3;
constexpr int64_t kMostTurns = int64_t(1) << 40; // shown; sums of them do not overflow

/// A sum of products: each product's symbols, sorted, and its coefficient. nullopt where numbers overflow.
using Polynomial = std::map<std::vector<uint32_t>, int64_t>;

Polynomial polynomialOf(const schema::Formula *formula) {
  Polynomial sum;
  if (formula && formula->terms())
    for (const schema::Term *term : *formula->terms()) {
      std::vector<uint32_t> symbols;
      if (term->symbols())
        symbols.assign(term->symbols()->begin(), term->symbols()->end());
      std::sort(symbols.begin(), symbols.end());
      sum[symbols] += term->coefficient(); // the terms of a formula differ
    }
  return sum;
}

std::optional<Polynomial> product(const Polynomial &a, const Polynomial &b) {
  Polynomial result;
  for (const auto &[left, leftCount] : a)
    for (const auto &[right, rightCount] : b) {
      std::vector<uint32_t> symbols;
      std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(symbols));
      int64_t count = 0;
      if (__builtin_mul_overflow(leftCount, rightCount, &count) ||
          __builtin_add_overflow(result[symbols], count, &result[symbols]))
        return std::nullopt;
    }
  return result;
}

bool add(Polynomial &sum, const Polynomial &other) {
  for (const auto &[symbols, count] : other)
    if (__builtin_add_overflow(sum[symbols], count, &sum[symbols]))
      return false;
  return true;
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

std::string textOf(const Polynomial &polynomial, const std::vector<std::string> &names) {
  std::string text;
  for (auto it = polynomial.rbegin(); it != polynomial.rend(); ++it) { // the constant comes last
    if (!it->second)
      continue;
    text += (text.empty() || it->second < 0 ? "" : "+") + std::to_string(it->second);
    for (uint32_t symbol : it->first)
      text += "*" + names[symbol];
  }
  return text.empty() ? "0" : text;
}

/// A loop whose body has not ended.
struct OpenLoop {
  size_t end; // the first step behind it
  std::optional<Polynomial> turns;
};

} // namespace

StepCosts stepCosts(const Program &program, uint32_t index, const SymbolValues &symbols) {
  // The runtime has verified the segment.
  const schema::Program &header = *schema::GetProgram(dlc_segment_data(program.handle(), kHeaderSegment));
  std::vector<std::string> names = program.symbols();
  std::vector<int64_t> values;
  for (const std::string &name : names) {
    auto found = symbols.find(name);
    values.push_back(found == symbols.end() ? 1 : found->second);
  }
  StepCosts costs;
  const auto *steps = header.functions()->Get(index)->steps();
  Polynomial once;
  once[{}] = 1;
  std::vector<OpenLoop> loops = {{steps ? steps->size() : 0, once}};
  std::optional<Polynomial> flops = Polynomial();
  for (size_t i = 0; steps && i < steps->size(); ++i) {
    while (i >= loops.back().end)
      loops.pop_back();
    const schema::Step &step = *steps->Get(static_cast<uint32_t>(i));
    const std::optional<Polynomial> &turns = loops.back().turns;
    costs.turns.push_back(std::min(turns ? valueOf(*turns, values).value_or(kMostTurns) : kMostTurns, kMostTurns));
    if (step.kind() == kLaunchStep) {
      costs.launches += costs.turns.back();
      const schema::Formula *flopsOfTurn = header.kernels()->Get(step.kernel())->flops();
      std::optional<Polynomial> all = turns ? product(*turns, polynomialOf(flopsOfTurn)) : std::nullopt;
      if (!flops || !all || !add(*flops, *all))
        flops.reset();
    } else if (step.kind() == kLoopStep) {
      std::optional<Polynomial> inner = turns ? product(*turns, polynomialOf(step.count())) : std::nullopt;
      loops.push_back({i + 1 + step.body(), std::move(inner)});
    }
  }
  costs.flops = flops ? valueOf(*flops, values) : std::nullopt;
  costs.flopsFormula = flops ? textOf(*flops, names) : "";
  return costs;
}

} // namespace dlc::fit
