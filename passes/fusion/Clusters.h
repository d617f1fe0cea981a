// Loop nests: which stored values are computed together because one loop can.
#ifndef DLC_PASSES_FUSION_CLUSTERS_H
#define DLC_PASSES_FUSION_CLUSTERS_H

#include "passes/fusion/StoredValues.h"

namespace dlc::fusion {

/// How a root reads a value in memory, or a contraction in registers.
struct Read {
  mlir::Value source;
  bool pointwise; ///< only at the index that it computes
  bool rows;      ///< only in the row (index of dimension 0) that it computes
  bool view;      ///< through a view: not within one kernel
};

/// Ops that loops compute together. Its roots: ops whose values are stored, and contractions in registers.
struct Cluster {
  llvm::SmallVector<mlir::Operation *> roots; // in program order
  llvm::SetVector<mlir::Operation *> ops;     // roots and everything computed on the way
  unsigned phase = 0;
};

class Clusters {
public:
  Clusters(const DataFlow &flow, const StoredValues &values, const NominalSizes &sizes);

  /// Joins what must and what should be one loop nest. Returns a contraction that cannot stay in registers, if there
  /// is one: it must be stored, and everything decided anew.
  mlir::Operation *join();

  unsigned count() const { return clusters.size(); }
  const Cluster &operator[](unsigned index) const { return clusters[index]; }
  /// Clusters that \p index reads, and whether through a view.
  llvm::SmallVector<std::pair<unsigned, bool>> dependencesOf(unsigned index) const;

private:
  void addRoot(mlir::Operation *op);
  void collectReads(mlir::Operation *root);
  std::optional<unsigned> clusterOf(mlir::Value source) const;
  llvm::SmallVector<unsigned> candidatesFor(mlir::Operation *root) const;

  bool sharesSpace(unsigned a, unsigned b) const;
  bool sharesRows(unsigned a, unsigned b) const;
  bool readsBetween(unsigned a, unsigned b, llvm::function_ref<bool(const Read &)> allowed) const;
  bool areConnected(unsigned a, unsigned b) const;
  bool dependsThroughOther(unsigned from, unsigned to) const;
  bool canJoin(unsigned a, unsigned b) const;
  void merge(unsigned into, unsigned from);
  void compact();

  const DataFlow &flow;
  const StoredValues &values;
  const NominalSizes &sizes;
  llvm::SmallVector<Cluster> clusters;
  llvm::SmallVector<mlir::Operation *> roots; // in program order
  llvm::DenseMap<mlir::Operation *, unsigned> clusterOfRoot;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<Read>> reads; // of roots
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Operation *>> readers;
};

} // namespace dlc::fusion

#endif
