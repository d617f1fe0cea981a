#include "passes/plan/SlotAssignment.h"

#include "ir/plan/BufferSize.h"

using namespace dlc;
using graph::SymbolicSize;

int64_t dlc::nominalBytes(llvm::ArrayRef<SymbolicSize> formulas, int64_t nominal) {
  int64_t largest = 0;
  for (const SymbolicSize &formula : formulas)
    largest = std::max(largest, formula.evaluate([&](llvm::StringRef) { return std::optional<int64_t>(nominal); })
                                    .value_or(std::numeric_limits<int64_t>::max()));
  return largest;
}

// How many symbols are multiplied with each other at most.
static int64_t degreeOf(const SymbolicSize &size) {
  return size.terms().empty() ? 0 : size.terms().front().symbols.size(); // terms are sorted by degree
}

static bool isFree(const Slot &slot, const BufferLifetime &buffer) {
  return llvm::none_of(slot.taken, [&](std::pair<unsigned, unsigned> other) {
    return other.first <= buffer.last && buffer.first <= other.second;
  });
}

// Smaller is better: no growth for any value of the symbols, then no growth at the nominal size, then least waste.
static std::tuple<bool, int64_t, int64_t> misfit(const Slot &slot, const BufferLifetime &buffer, int64_t nominal) {
  bool covered =
      llvm::any_of(slot.formulas, [&](const SymbolicSize &formula) { return plan::covers(formula, buffer.size); });
  int64_t difference = nominalBytes(slot.formulas, nominal) - nominalBytes(buffer.size, nominal);
  return {!covered, std::max<int64_t>(-difference, 0), std::max<int64_t>(difference, 0)};
}

llvm::SmallVector<Slot> dlc::assignSlots(llvm::MutableArrayRef<BufferLifetime> buffers, int64_t nominal) {
  llvm::SmallVector<BufferLifetime *> order;
  for (BufferLifetime &buffer : buffers)
    order.push_back(&buffer);
  // What grows with the batch before what does not, however large: a weight's gradient, which lives until the update,
  // must not take the slots that the activations of the next layers need.
  auto key = [&](const BufferLifetime *buffer) {
    return std::make_tuple(-degreeOf(buffer->size), -nominalBytes(buffer->size, nominal), buffer->first);
  };
  llvm::stable_sort(order, [&](const BufferLifetime *a, const BufferLifetime *b) { return key(a) < key(b); });
  llvm::SmallVector<Slot> slots;
  for (BufferLifetime *buffer : order) {
    std::optional<size_t> best;
    for (size_t i = 0; i < slots.size(); ++i)
      if (isFree(slots[i], *buffer) &&
          (!best || misfit(slots[i], *buffer, nominal) < misfit(slots[*best], *buffer, nominal)))
        best = i;
    if (!best) {
      best = slots.size();
      slots.emplace_back();
    }
    plan::addFormula(slots[*best].formulas, buffer->size);
    slots[*best].taken.emplace_back(buffer->first, buffer->last);
    buffer->slot = *best;
  }
  return slots;
}
