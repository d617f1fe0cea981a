// Decides which values of a function are stored in memory; all others are computed where they are used.
#ifndef DLC_PASSES_FUSION_STOREDVALUES_H
#define DLC_PASSES_FUSION_STOREDVALUES_H

#include "passes/fusion/DataFlow.h"
#include "passes/fusion/NominalSizes.h"
#include "llvm/ADT/SetVector.h"

namespace dlc::fusion {

class StoredValues {
public:
  StoredValues(const DataFlow &flow, const NominalSizes &sizes, int64_t cheapFlops)
      : flow(flow), sizes(sizes), cheapFlops(cheapFlops) {}

  /// Decides anew. \p forced: contractions that must be stored because their epilogue would make a cycle.
  void decide(const llvm::DenseSet<mlir::Operation *> &forced);

  bool isStored(mlir::Value value) const { return stored.contains(value); }
  /// Stored, an argument, a large constant, or a view of one of these.
  bool isInMemory(mlir::Value value) const;
  /// The contraction in whose registers the value is computed; null if there is none.
  mlir::Operation *contractionOf(mlir::Value value) const { return tiles.lookup(value); }
  /// Why a value is stored, for remarks.
  llvm::StringRef reasonOf(mlir::Value value) const { return stored.lookup(value); }

private:
  void findRequired();
  void require(mlir::Value value, llvm::StringRef reason);
  void findShared();
  void followRegisters(const llvm::DenseSet<mlir::Operation *> &forced);
  void followElementwise(mlir::Operation *op);
  void followIndexMap(mlir::Operation *op);
  void followBarrier(mlir::Operation *op);
  void settle(mlir::Operation *op, bool forced);
  void keepIfAbove(int64_t limit, mlir::Value value, llvm::StringRef reason);
  int64_t costOf(mlir::Value value) const;

  const DataFlow &flow;
  const NominalSizes &sizes;
  int64_t cheapFlops;

  /// A value that is stored unless it costs at most `limit` flops an element, from what is in memory.
  struct Conditional {
    int64_t limit;
    llvm::StringRef reason;
  };

  llvm::DenseMap<mlir::Value, llvm::StringRef> required; // whatever else is decided
  llvm::DenseMap<mlir::Value, Conditional> conditional;  // only grows, limits only fall
  bool changed = false;                                  // `conditional` has
  llvm::DenseSet<mlir::Value> shared;                    // several nests need it, or one needs it often
  llvm::DenseMap<mlir::Value, llvm::StringRef> stored;
  llvm::DenseMap<mlir::Value, mlir::Operation *> tiles;
  llvm::DenseMap<mlir::Value, int64_t> costs; // flops an element, from what is in memory
};

} // namespace dlc::fusion

#endif
