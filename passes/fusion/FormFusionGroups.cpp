// Decides what becomes a kernel. Runs on the differentiated and simplified graph, where forward, backward and update
// ops lie side by side; the decisions are attributes, so that they can be read, tested and changed before
// --dlc-outline-kernels acts on them.
#include "mlir/Transforms/RegionUtils.h"
#include "ir/plan/SourcePlace.h"
#include "passes/fusion/IndexMaps.h"
#include "passes/fusion/Passes.h"
#include "passes/fusion/Schedule.h"

namespace dlc {
#define GEN_PASS_DEF_FORMFUSIONGROUPSPASS
#include "passes/fusion/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

// A splat is one number: inside a kernel it costs nothing, whatever its size.
static void shrinkSplats(func::FuncOp function) {
  for (graph::ConstantOp constant : llvm::to_vector(function.getOps<graph::ConstantOp>())) {
    auto value = dyn_cast<DenseElementsAttr>(constant.getValue());
    auto type = cast<RankedTensorType>(constant.getType());
    if (!value || !value.isSplat() || type.getNumElements() <= 64)
      continue;
    OpBuilder builder(constant);
    auto scalar = RankedTensorType::get({}, type.getElementType());
    Value number = graph::ConstantOp::create(builder, constant.getLoc(),
                                             DenseElementsAttr::get(scalar, value.getSplatValue<Attribute>()));
    constant.replaceAllUsesWith(
        graph::BroadcastOp::create(builder, constant.getLoc(), type, number, ArrayRef<int64_t>()).getResult());
    constant.erase();
  }
}

// A constant that leaves the function is stored; others of its uses must not read it from there.
static void separateReturnedConstants(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &operand : terminator->getOpOperands()) {
    Operation *op = operand.get().getDefiningOp();
    if (!op || !isFree(op) || op->hasOneUse())
      continue;
    operand.set(OpBuilder(op).clone(*op)->getResult(cast<OpResult>(operand.get()).getResultNumber()));
  }
}

static LogicalResult checkForm(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("must have one block");
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (isa<graph::ValueAndGradOp, graph::StopGradientOp, graph::CheckpointOp, graph::CustomVjpOp>(op))
      return op.emitOpError("must be gone: run --dlc-differentiate first");
    if (!isa<FusibleOpInterface>(op) || isa<graph::LaunchOp>(op))
      return op.emitOpError("is not an op of the grad form");
  }
  return success();
}

namespace {
struct FormFusionGroupsPass : dlc::impl::FormFusionGroupsPassBase<FormFusionGroupsPass> {
  using FormFusionGroupsPassBase::FormFusionGroupsPassBase;

  void runOnOperation() override {
    NominalSizes sizes(getOperation(), nominalSize);
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (!function.isDeclaration() && !function->hasAttr("graph.kernel"))
        if (failed(checkForm(function)) || failed(form(function, sizes)))
          return signalPassFailure();
  }

  LogicalResult form(func::FuncOp function, const NominalSizes &sizes) {
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, function->getRegions());
    shrinkSplats(function);
    separateReturnedConstants(function);
    DataFlow flow(function);
    llvm::DenseSet<Operation *> forced;
    while (true) {
      StoredValues values(flow, sizes, cheapFlops);
      values.decide(forced);
      Clusters clusters(flow, values, sizes);
      if (Operation *contraction = clusters.join()) {
        if (!forced.insert(contraction).second)
          return contraction->emitOpError("cannot be placed in a kernel");
        continue;
      }
      mark(flow, values, clusters, scheduleKernels(clusters, flow, sizes, maxChainedWork));
      return success();
    }
  }

  void mark(const DataFlow &flow, const StoredValues &values, const Clusters &clusters, ArrayRef<Kernel> kernels_) {
    llvm::DenseMap<Operation *, SmallVector<int64_t>> groups;
    for (auto [number, kernel] : llvm::enumerate(kernels_)) {
      for (unsigned cluster : kernel.clusters)
        for (Operation *op : clusters[cluster].ops)
          if (groups[op].empty() || groups[op].back() != int64_t(number))
            groups[op].push_back(number);
      if (explain)
        describe(number, kernel, clusters);
    }
    Builder builder(&getContext());
    for (Operation *op : flow.ops()) {
      ArrayRef<int64_t> numbers = groups[op];
      if (numbers.empty())
        continue; // a view or a large constant
      op->setAttr("graph.groups", builder.getDenseI64ArrayAttr(numbers));
      recomputed += numbers.size() > 1;
      for (Value result : op->getResults())
        if (values.isStored(result)) {
          op->setAttr("graph.root", builder.getUnitAttr());
          ++stored;
          if (explain)
            op->emitRemark() << nameOf(op) << " is stored: " << values.reasonOf(result);
        }
    }
    kernels += kernels_.size();
  }

  /// "dense_1/x @ w", or the op's name where the source gives none.
  static StringRef nameOf(Operation *op) {
    StringRef where = plan::sourceOf(op->getLoc()).where;
    return where.empty() ? op->getName().stripDialect() : where;
  }

  static void describe(size_t number, const Kernel &kernel, const Clusters &clusters) {
    Operation *first = clusters[kernel.clusters.front()].roots.front();
    InFlightDiagnostic remark = first->emitRemark()
                                << first->getParentOfType<func::FuncOp>().getName() << ", kernel " << number << ": "
                                << kernel.clusters.size() << " loop nest" << (kernel.clusters.size() == 1 ? "" : "s")
                                << ", " << kernel.parallelWork << " flops of parallel work;";
    for (unsigned cluster : kernel.clusters) {
      remark << " [";
      llvm::interleaveComma(clusters[cluster].roots, remark,
                            [&](Operation *root) { remark << root->getName().stripDialect(); });
      remark << "]";
    }
  }
};
} // namespace
