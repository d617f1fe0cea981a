#include "tools/fit/StepCosts.h"
#include "tools/fit/ProgramHeader.h"
#include <algorithm>
#include <iterator>

namespace dlc::fit {
namespace {

constexpr int64_t kMostTurns = int64_t(1) << 40; // shown; sums of them do not overflow

std::optional<Polynomial> product(const std::optional<Polynomial> &a, const std::optional<Polynomial> &b) {
  if (!a || !b)
    return std::nullopt;
  Polynomial result;
  for (const auto &[left, leftCount] : *a)
    for (const auto &[right, rightCount] : *b) {
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

/// A loop whose body has not ended.
struct OpenLoop {
  size_t end; // the first step behind it
  std::optional<Polynomial> turns;
};

} // namespace

StepCosts stepCosts(const Program &program, uint32_t index, const SymbolValues &symbols) {
  const schema::Program &header = headerOf(program);
  std::vector<int64_t> values = valuesOfSymbols(program, symbols);
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
      std::optional<Polynomial> all = product(turns, polynomialOf(header.kernels()->Get(step.kernel())->flops()));
      if (!flops || !all || !add(*flops, *all))
        flops.reset();
    } else if (step.kind() == kLoopStep) {
      loops.push_back({i + 1 + step.body(), product(turns, polynomialOf(step.count()))});
    }
  }
  costs.flops = flops ? valueOf(*flops, values) : std::nullopt;
  costs.flopsFormula = flops ? textOf(*flops, program.symbols()) : "";
  return costs;
}

} // namespace dlc::fit
