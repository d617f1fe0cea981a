// Takes out of loops what no turn needs another turn for: products of the elements of a sequence with weights become
// one product of the whole sequence, and what is the same in every turn is computed once. Before differentiation, so
// that the gradients of those products are outside, too.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/graph/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_HOISTSCANPRODUCTSPASS
#include "passes/graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

/// How a value of the body depends on the turn.
enum class Varies {
  Never,   ///< computed from invariants
  Element, ///< from elements of sequences and invariants
  Turn     ///< from carries or the step
};

class Hoister {
public:
  Hoister(graph::ScanOp scan, func::FuncOp body)
      : scan(scan), body(body), builder(scan), carries(scan.getCarries().size()),
        sequences(scan.getSequences().size()) {}

  /// True when something was taken out.
  bool run();
  /// Drops stacks that nobody reads, and what the body does not use.
  void prune();

private:
  void classify();
  Varies kindOf(Value value) const { return kinds.lookup(value); }
  bool canTakeWhole(Operation *op) const;
  void findUseful();
  bool isTakenOut(Value value) const {
    Operation *op = value.getDefiningOp();
    return op && useful.contains(op);
  }
  Value outside(Value value);
  Value wholeOf(Operation *op);
  RankedTensorType stacked(Type type) const;
  void rebuild(ArrayRef<bool> keptResults, ArrayRef<Value> sequencesNow, ArrayRef<Value> invariantsNow);

  graph::ScanOp scan;
  func::FuncOp body;
  OpBuilder builder; // before the scan
  size_t carries, sequences;
  llvm::DenseMap<Value, Varies> kinds;
  llvm::SetVector<Operation *> useful; // to be taken out, in order
  llvm::DenseMap<Value, Value> outer;  // what stands for a value of the body outside
};

} // namespace

RankedTensorType Hoister::stacked(Type type) const {
  SmallVector<graph::SymbolicSize> sizes = graph::sizesOf(cast<RankedTensorType>(type));
  sizes.insert(sizes.begin(), graph::ScanOp(scan).lengthSize());
  return graph::makeTensorType(type.getContext(), sizes, getElementTypeOrSelf(type));
}

static FusionKind fusionKind(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible ? fusible.getFusionKind() : FusionKind::Opaque;
}

/// Whether \p op on elements can be one op on the whole sequences.
bool Hoister::canTakeWhole(Operation *op) const {
  if (auto product = dyn_cast<graph::DotGeneralOp>(op))
    return product.getLhsBatching().empty() && kindOf(product.getLhs()) == Varies::Element &&
           kindOf(product.getRhs()) == Varies::Never;
  return (fusionKind(op) == FusionKind::Elementwise && op->getNumOperands() != 0 && isPure(op) &&
          !isa<graph::RandomUniformOp>(op)) ||
         isa<graph::TransposeOp, graph::ReshapeOp, graph::BroadcastOp>(op);
}

void Hoister::classify() {
  for (BlockArgument argument : body.getArguments()) {
    size_t number = argument.getArgNumber();
    kinds[argument] = number <= carries               ? Varies::Turn
                      : number <= carries + sequences ? Varies::Element
                                                      : Varies::Never;
  }
  for (Operation &op : body.getBody().front().without_terminator()) {
    Varies kind = Varies::Never;
    for (Value operand : op.getOperands())
      kind = std::max(kind, kindOf(operand));
    if (!isPure(&op) || isa<graph::ScanOp>(op) || (kind == Varies::Element && !canTakeWhole(&op)))
      kind = Varies::Turn;
    for (Value result : op.getResults())
      kinds[result] = kind;
  }
}

/// Products, what they are computed from, and element-wise ops on them; and what never changes and costs something.
void Hoister::findUseful() {
  llvm::DenseSet<Operation *> wanted;
  auto want = [&](auto &&want, Operation *op) -> void {
    if (!op || !wanted.insert(op).second)
      return;
    for (Value operand : op->getOperands())
      want(want, operand.getDefiningOp());
  };
  for (Operation &op : body.getBody().front().without_terminator()) {
    if (op.getNumResults() == 0)
      continue;
    Varies kind = kindOf(op.getResult(0));
    bool follows = kind == Varies::Element && fusionKind(&op) == FusionKind::Elementwise &&
                   llvm::any_of(op.getOperands(), [&](Value operand) {
                     return kindOf(operand) == Varies::Element && wanted.contains(operand.getDefiningOp());
                   });
    bool isCostly = fusionKind(&op) == FusionKind::Contraction || fusionKind(&op) == FusionKind::Reduction;
    if ((kind == Varies::Element && isa<graph::DotGeneralOp>(op)) || follows || (kind == Varies::Never && isCostly))
      want(want, &op);
  }
  for (Operation &op : body.getBody().front())
    if (wanted.contains(&op))
      useful.insert(&op);
}

/// \p value for all turns, outside: its stack, or itself if it never changes.
Value Hoister::outside(Value value) {
  Value &known = outer[value];
  if (known)
    return known;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return known = scan.getOperand(argument.getArgNumber() - 1);
  Operation *op = value.getDefiningOp();
  if (kindOf(value) == Varies::Element)
    return outer[value] = wholeOf(op);
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, outside(operand));
  return outer[value] = builder.clone(*op, mapping)->getResult(0);
}

Value Hoister::wholeOf(Operation *op) {
  SmallVector<Value> operands;
  RankedTensorType type = stacked(op->getResult(0).getType());
  auto shifted = [](ArrayRef<int64_t> dims, bool withFirst) {
    SmallVector<int64_t> result;
    if (withFirst)
      result.push_back(0);
    llvm::append_range(result, llvm::map_range(dims, [](int64_t dim) { return dim + 1; }));
    return result;
  };
  for (Value operand : op->getOperands()) {
    Value whole = outside(operand);
    auto rank = cast<RankedTensorType>(operand.getType()).getRank();
    if (kindOf(operand) == Varies::Never && !isa<graph::DotGeneralOp>(op))
      whole = graph::BroadcastOp::create(builder, op->getLoc(), stacked(operand.getType()), whole,
                                         llvm::to_vector(llvm::seq<int64_t>(1, rank + 1)));
    operands.push_back(whole);
  }
  if (auto product = dyn_cast<graph::DotGeneralOp>(op))
    return graph::DotGeneralOp::create(builder, op->getLoc(), operands[0], operands[1], ArrayRef<int64_t>(),
                                       ArrayRef<int64_t>(), shifted(product.getLhsContracting(), false),
                                       product.getRhsContracting());
  if (auto transpose = dyn_cast<graph::TransposeOp>(op))
    return graph::TransposeOp::create(builder, op->getLoc(), operands[0], shifted(transpose.getPermutation(), true));
  if (auto broadcast = dyn_cast<graph::BroadcastOp>(op))
    return graph::BroadcastOp::create(builder, op->getLoc(), type, operands[0], shifted(broadcast.getDims(), true));
  OperationState state(op->getLoc(), op->getName(), operands, type, op->getAttrs());
  return builder.create(state)->getResult(0);
}

/// Replaces the scan by one on these operands, whose body has its arguments in the same order already.
void Hoister::rebuild(ArrayRef<bool> keptResults, ArrayRef<Value> sequencesNow, ArrayRef<Value> invariantsNow) {
  Operation *terminator = body.getBody().front().getTerminator();
  SmallVector<Type> types;
  for (size_t index = keptResults.size(); index-- > 0;)
    if (!keptResults[index])
      terminator->eraseOperand(index);
  for (auto [type, kept] : llvm::zip_equal(scan.getResultTypes(), keptResults))
    if (kept)
      types.push_back(type);
  body.setFunctionType(
      builder.getFunctionType(body.getBody().front().getArgumentTypes(), terminator->getOperandTypes()));
  auto replacement =
      graph::ScanOp::create(builder, scan.getLoc(), types, scan.getBody(), scan.getLength(), scan.getReverse(),
                            scan.getRecompute(), scan.getCarries(), sequencesNow, invariantsNow, scan.getWhen());
  unsigned next = 0;
  for (auto [result, kept] : llvm::zip_equal(scan.getResults(), keptResults))
    if (kept)
      result.replaceAllUsesWith(replacement.getResult(next++));
  scan.erase();
  scan = replacement;
  builder.setInsertionPoint(scan);
}

bool Hoister::run() {
  classify();
  findUseful();
  Block &block = body.getBody().front();
  SmallVector<Value> sequencesNow(scan.getSequences()), invariantsNow(scan.getInvariants());
  bool changed = false;
  // Values that the rest of the body reads come back as elements or invariants; cheap ones that never change stay.
  for (Operation *op : useful) {
    Value value = op->getResult(0);
    bool isRead = llvm::any_of(value.getUsers(), [&](Operation *user) { return !useful.contains(user); });
    bool isCheap = kindOf(value) == Varies::Never && fusionKind(op) == FusionKind::Broadcast;
    if (!isRead || isCheap)
      continue;
    changed = true;
    bool isElement = kindOf(value) == Varies::Element;
    Value whole = outside(value);
    unsigned position = isElement ? 1 + carries + sequencesNow.size() : block.getNumArguments();
    Value argument = block.insertArgument(position, value.getType(), value.getLoc());
    (isElement ? sequencesNow : invariantsNow).push_back(whole);
    value.replaceUsesWithIf(argument, [&](OpOperand &use) { return !useful.contains(use.getOwner()); });
  }
  if (!changed)
    return false;
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
  rebuild(SmallVector<bool>(scan.getNumResults(), true), sequencesNow, invariantsNow);
  return true;
}

void Hoister::prune() {
  SmallVector<bool> keptResults;
  for (auto [index, result] : llvm::enumerate(scan.getResults()))
    keptResults.push_back(index < scan.getCarries().size() || !result.use_empty());
  Block &block = body.getBody().front();
  SmallVector<unsigned> dropped;
  SmallVector<Value> sequencesNow, invariantsNow;
  Operation *terminator = block.getTerminator();
  auto isUsed = [&](Value argument) {
    return llvm::any_of(argument.getUses(), [&](OpOperand &use) {
      return use.getOwner() != terminator || keptResults[use.getOperandNumber()];
    });
  };
  size_t first = 1 + scan.getCarries().size();
  for (auto [index, operand] : llvm::enumerate(llvm::drop_begin(scan.getOperands(), scan.getCarries().size()))) {
    if (!isUsed(block.getArgument(first + index)))
      dropped.push_back(first + index);
    else
      (index < scan.getSequences().size() ? sequencesNow : invariantsNow).push_back(operand);
  }
  if (dropped.empty() && !llvm::is_contained(keptResults, false))
    return;
  rebuild(keptResults, sequencesNow, invariantsNow);
  for (unsigned argument : llvm::reverse(dropped))
    block.eraseArgument(argument);
  body.setFunctionType(builder.getFunctionType(block.getArgumentTypes(), block.getTerminator()->getOperandTypes()));
}

namespace {
struct HoistScanProductsPass : dlc::impl::HoistScanProductsPassBase<HoistScanProductsPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<graph::ScanOp> scans;
    getOperation().walk([&](graph::ScanOp scan) { scans.push_back(scan); });
    // Outer loops last: what an inner one has given up may leave the outer one as well.
    for (graph::ScanOp scan : llvm::reverse(scans)) {
      auto body = symbols.lookup<func::FuncOp>(scan.getBody());
      if (!body || body.isDeclaration() || !isOnlyUse(scan, body))
        continue;
      // One that recomputes asks for less memory, but products of all steps at once are kept; what a condition guards
      // need not be computed at all.
      if (scan.getRecompute() || scan.getWhen())
        continue;
      Hoister hoister(scan, body);
      hoisted += hoister.run();
      hoister.prune();
    }
  }

  bool isOnlyUse(graph::ScanOp scan, func::FuncOp body) {
    std::optional<SymbolTable::UseRange> uses = SymbolTable::getSymbolUses(body, getOperation());
    return uses && llvm::all_of(*uses, [&](SymbolTable::SymbolUse use) { return use.getUser() == scan; });
  }
};
} // namespace
