// Loads and stores of elements: plain, contiguous, masked, gathered and scattered.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ElementEmitter.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

Value ElementEmitter::memrefOf(Value tensor) {
  if (auto place = kept.find(tensor); place != kept.end())
    return buffers[dag.inputCount() + place->second];
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return buffers[argument.getArgNumber()];
  if (dag.kindOf(tensor) == ValueKind::Constant)
    return constantBuffer(tensor);
  if (auto result = dag.resultOf(tensor))
    return buffers[dag.inputCount() + *result];
  return Value();
}

Value ElementEmitter::constantBuffer(Value tensor) {
  MemoKey key{kConstantTag, reinterpret_cast<uintptr_t>(tensor.getAsOpaquePointer())};
  if (Value known = builder.recall(key))
    return known;
  auto constant = tensor.getDefiningOp<arith::ConstantOp>();
  auto type = cast<RankedTensorType>(constant.getType());
  func::FuncOp kernel = dag.function();
  auto module = kernel->getParentOfType<ModuleOp>();
  std::string name;
  for (unsigned number = 0; name.empty() || module.lookupSymbol(name); ++number)
    name = (kernel.getName() + "_constant_" + Twine(number)).str();
  auto memref = MemRefType::get(type.getShape(), type.getElementType());
  OpBuilder at = OpBuilder::atBlockBegin(module.getBody());
  memref::GlobalOp::create(at, tensor.getLoc(), name, at.getStringAttr("private"), memref, constant.getValue(),
                           /*constant=*/true, at.getI64IntegerAttr(64));
  OpBuilder entry = builder.atEntry();
  Value buffer = memref::GetGlobalOp::create(entry, tensor.getLoc(), memref, name);
  builder.remember(key, buffer);
  return buffer;
}

/// The buffer with unit dimensions dropped and absorbed dimensions merged into the one that counts them, so that a
/// flat index is legal in it.
ElementEmitter::View ElementEmitter::viewOf(Value memref, ArrayRef<SymbolicSize> sizes, ArrayRef<LaneIndex> at) {
  View view;
  bool same = true;
  for (auto [size, index] : llvm::zip_equal(sizes, at)) {
    if (index.absorbed) {
      view.sizes.back() = view.sizes.back() * size;
      same = false;
    } else if (size == SymbolicSize(1)) {
      same = false;
    } else {
      view.sizes.push_back(size);
      view.indices.push_back(index);
    }
  }
  if (same) {
    view.memref = memref;
    return view;
  }
  SmallVector<OpFoldResult> extents, strides(view.sizes.size());
  SmallVector<int64_t> shape;
  SymbolicSize stride(1);
  auto fold = [&](const SymbolicSize &size) -> OpFoldResult {
    return size.isConstant() ? OpFoldResult(builder.here().getIndexAttr(size.constant()))
                             : OpFoldResult(builder.size(size));
  };
  MemoKey key{kViewTag, reinterpret_cast<uintptr_t>(memref.getAsOpaquePointer())};
  for (unsigned dim = view.sizes.size(); dim-- > 0;) {
    strides[dim] = fold(stride);
    stride = stride * view.sizes[dim];
  }
  for (const SymbolicSize &size : view.sizes) {
    extents.push_back(fold(size));
    shape.push_back(size.isConstant() ? size.constant() : ShapedType::kDynamic);
    key.push_back(reinterpret_cast<uintptr_t>(extents.back().getOpaqueValue()));
  }
  view.memref = builder.recall(key);
  if (!view.memref) {
    auto type = MemRefType::get(shape, cast<MemRefType>(memref.getType()).getElementType());
    SmallVector<Value> depends{memref};
    for (OpFoldResult value : llvm::concat<OpFoldResult>(extents, strides))
      if (auto dynamic = dyn_cast<Value>(value))
        depends.push_back(dynamic);
    OpBuilder place = builder.builderFor(depends);
    view.memref = memref::ReinterpretCastOp::create(place, builder.loc, type, memref,
                                                    OpFoldResult(place.getIndexAttr(0)), extents, strides);
    builder.remember(key, view.memref);
  }
  return view;
}

static bool isContiguous(ArrayRef<LaneIndex> indices) {
  if (indices.empty() || indices.back().step != 1 || indices.back().vector)
    return false;
  return llvm::none_of(indices.drop_back(), [](const LaneIndex &index) { return index.varies(); });
}

static SmallVector<Value> basesOf(ArrayRef<LaneIndex> indices) {
  SmallVector<Value> bases;
  for (const LaneIndex &index : indices)
    bases.push_back(index.base);
  return bases;
}

/// Element offsets of the lanes relative to the element at \p base.
Value ElementEmitter::laneOffsets(const View &view, int64_t width, SmallVectorImpl<Value> &base) {
  Value sum;
  SymbolicSize stride(1);
  for (unsigned dim = view.indices.size(); dim-- > 0;) {
    LaneIndex index = view.indices[dim];
    base.insert(base.begin(), index.vector ? builder.index(0) : index.base);
    if (index.varies()) {
      index.base = builder.index(0);
      Value offset = indexVector(index, width);
      if (stride != SymbolicSize(1))
        offset = builder.pure("arith.muli", offset.getType(), {offset, builder.broadcast(builder.size(stride), width)});
      sum = sum ? builder.pure("arith.addi", sum.getType(), {sum, offset}) : offset;
    }
    stride = stride * view.sizes[dim];
  }
  return sum;
}

Value ElementEmitter::allLanes(const Lanes &lanes) {
  if (lanes.mask)
    return lanes.mask;
  auto type = VectorType::get(lanes.width, builder.here().getI1Type());
  return builder.constant(DenseElementsAttr::get(type, true));
}

Value ElementEmitter::load(Value memref, ArrayRef<SymbolicSize> sizes, ArrayRef<LaneIndex> at, const Lanes &lanes) {
  View view = viewOf(memref, sizes, at);
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  auto type = VectorType::get(lanes.width, element);
  SmallVector<Value> depends;
  bool isResult = llvm::is_contained(ArrayRef<Value>(buffers).drop_front(dag.inputCount()), memref);
  auto place = [&] { return isResult ? builder.builderForResult(depends) : builder.builderFor(depends); };
  if (llvm::none_of(view.indices, [](const LaneIndex &index) { return index.varies(); })) {
    SmallVector<Value> bases = basesOf(view.indices);
    depends = bases;
    depends.push_back(view.memref);
    OpBuilder here = place();
    return memref::LoadOp::create(here, builder.loc, view.memref, bases);
  }
  // Lanes that are off read as 1, which no operation traps on.
  Value off =
      builder.constant(DenseElementsAttr::get(type, isa<FloatType>(element) ? Attribute(FloatAttr::get(element, 0.0))
                                                                            : Attribute(IntegerAttr::get(element, 1))));
  if (isContiguous(view.indices)) {
    SmallVector<Value> bases = basesOf(view.indices);
    depends = bases;
    depends.push_back(view.memref);
    if (!lanes.mask) {
      OpBuilder here = place();
      return vector::LoadOp::create(here, builder.loc, type, view.memref, bases);
    }
    depends.push_back(lanes.mask);
    OpBuilder here = place();
    return vector::MaskedLoadOp::create(here, builder.loc, type, view.memref, bases, lanes.mask, off);
  }
  SmallVector<Value> bases;
  Value offsets = laneOffsets(view, lanes.width, bases);
  Value mask = allLanes(lanes);
  depends = bases;
  depends.append({view.memref, offsets, mask});
  OpBuilder here = place();
  return vector::GatherOp::create(here, builder.loc, type, view.memref, bases, offsets, mask, off);
}

Value ElementEmitter::loadResult(const Store &from, ArrayRef<LaneIndex> at, const Lanes &lanes) {
  Value memref = buffers[dag.inputCount() + from.result];
  View view = viewOf(memref, dag.sizesOf(from.value), at);
  auto type = VectorType::get(lanes.width, cast<MemRefType>(memref.getType()).getElementType());
  SmallVector<Value> bases = basesOf(view.indices);
  // Not hoisted: the contents change from one step of the reduction to the next.
  if (lanes.width == 1)
    return memref::LoadOp::create(builder.here(), builder.loc, view.memref, bases);
  assert(isContiguous(view.indices) && "parts of a result are contiguous");
  if (!lanes.mask)
    return vector::LoadOp::create(builder.here(), builder.loc, type, view.memref, bases);
  Value off = builder.constant(cast<TypedAttr>(builder.here().getZeroAttr(type)));
  return vector::MaskedLoadOp::create(builder.here(), builder.loc, type, view.memref, bases, lanes.mask, off);
}

void ElementEmitter::store(const Store &to, ArrayRef<LaneIndex> at, const Lanes &lanes, Value value) {
  View view = viewOf(buffers[dag.inputCount() + to.result], dag.sizesOf(to.value), at);
  OpBuilder &here = builder.here();
  if (llvm::none_of(view.indices, [](const LaneIndex &index) { return index.varies(); })) {
    memref::StoreOp::create(here, builder.loc, value, view.memref, basesOf(view.indices));
    return;
  }
  value = builder.broadcast(value, lanes.width);
  if (isContiguous(view.indices)) {
    SmallVector<Value> bases = basesOf(view.indices);
    if (lanes.mask)
      vector::MaskedStoreOp::create(builder.here(), builder.loc, view.memref, bases, lanes.mask, value);
    else
      vector::StoreOp::create(builder.here(), builder.loc, value, view.memref, bases);
    return;
  }
  SmallVector<Value> bases;
  Value offsets = laneOffsets(view, lanes.width, bases);
  Value mask = allLanes(lanes);
  vector::ScatterOp::create(builder.here(), builder.loc, /*resultType=*/Type(), view.memref, bases, offsets, mask,
                            value);
}

} // namespace dlc::kernel
