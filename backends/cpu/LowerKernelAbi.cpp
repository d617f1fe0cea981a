// Gives kernels the signature of runtime/abi/KernelAbi.h. After this pass nothing outside a kernel's body has memrefs:
// descriptors are built from the pointers, since sizes are polynomials of the symbols and layouts are row-major.
#include "backends/cpu/Passes.h"
#include "ir/graph/SymbolicSize.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace dlc;

namespace dlc {
#define GEN_PASS_DEF_LOWERKERNELABI
#include "backends/cpu/Passes.h.inc"
} // namespace dlc

namespace {

/// What the attributes and arguments of a kernel in the vector form say.
struct Signature {
  SmallVector<MemRefType> buffers;
  SmallVector<ArrayAttr> sizes;   // of each buffer, polynomials
  SmallVector<StringRef> symbols; // that the kernel takes as index arguments
  llvm::BitVector mayAlias;       // buffers of kernel.inout pairs
};

FailureOr<Signature> readSignature(func::FuncOp function) {
  auto args = function->getAttrOfType<ArrayAttr>("kernel.args");
  auto symbols = function->getAttrOfType<ArrayAttr>("kernel.symbols");
  if (!args || !symbols)
    return function.emitError() << "a kernel must have the attributes kernel.args and kernel.symbols";
  Signature signature;
  TypeRange types = function.getArgumentTypes();
  if (types.size() != args.size() + symbols.size() + 2)
    return function.emitError() << "expected " << args.size() << " memrefs, " << symbols.size()
                                << " symbols, begin and end, found " << types.size() << " arguments";
  for (auto [type, dims] : llvm::zip(types, args)) {
    auto memref = dyn_cast<MemRefType>(type);
    auto list = dyn_cast<ArrayAttr>(dims);
    if (!memref || !memref.getLayout().isIdentity() || !list || int64_t(list.size()) != memref.getRank())
      return function.emitError() << "expected a memref with identity layout and sizes " << dims << ", found " << type;
    signature.buffers.push_back(memref);
    signature.sizes.push_back(list);
  }
  for (Type type : types.drop_front(args.size()))
    if (!type.isIndex())
      return function.emitError() << "expected an index argument after the memrefs, found " << type;
  for (StringAttr symbol : symbols.getAsRange<StringAttr>())
    signature.symbols.push_back(symbol);
  signature.mayAlias.resize(args.size());
  if (auto pairs = function->getAttrOfType<ArrayAttr>("kernel.inout"))
    for (ArrayAttr pair : pairs.getAsRange<ArrayAttr>())
      for (IntegerAttr position : pair.getAsRange<IntegerAttr>()) {
        if (position.getInt() < 0 || position.getInt() >= int64_t(args.size()))
          return function.emitError() << "kernel.inout names memref " << position.getInt() << " of " << args.size();
        signature.mayAlias.set(position.getInt());
      }
  return signature;
}

/// Writes size polynomials as arithmetic on i64 values of symbols.
class SizeBuilder {
public:
  SizeBuilder(OpBuilder &builder, Location location) : builder(builder), location(location) {}
  llvm::StringMap<Value> symbols;

  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, location, builder.getI64Type(), builder.getI64IntegerAttr(value));
  }
  Value multiply(Value a, Value b) { return LLVM::MulOp::create(builder, location, a, b); }

  FailureOr<Value> build(StringRef text) {
    FailureOr<graph::SymbolicSize> size = graph::SymbolicSize::parse(text);
    if (failed(size))
      return emitError(location) << "expected a size polynomial, found '" << text << "'";
    Value sum;
    for (const auto &term : size->terms()) {
      Value product = constant(term.coefficient);
      for (const std::string &name : term.symbols) {
        Value symbol = symbols.lookup(name);
        if (!symbol)
          return emitError(location) << "size '" << text << "' uses the symbol '" << name
                                     << "', which is not in the kernel's kernel.symbols";
        product = multiply(product, symbol);
      }
      sum = sum ? Value(LLVM::AddOp::create(builder, location, sum, product)) : product;
    }
    return sum ? sum : constant(0);
  }

private:
  OpBuilder &builder;
  Location location;
};

class KernelLowering {
public:
  KernelLowering(func::FuncOp function, ArrayAttr programSymbols, const LLVMTypeConverter &converter)
      : function(function), programSymbols(programSymbols), converter(converter), builder(function),
        location(function.getLoc()), pointer(LLVM::LLVMPointerType::get(function.getContext())),
        i64(builder.getI64Type()) {}

  LogicalResult run() {
    FailureOr<Signature> read = readSignature(function);
    if (failed(read))
      return failure();
    signature = *read;
    LLVM::LLVMFuncOp impl = createImplementation();
    if (failed(moveBody(impl)) || failed(createEntry(impl)))
      return failure();
    function.erase();
    return success();
  }

private:
  LLVM::LLVMFuncOp createFunction(const Twine &name, TypeRange types, LLVM::Linkage linkage) {
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), llvm::to_vector(types));
    return LLVM::LLVMFuncOp::create(builder, location, name.str(), type, linkage, /*dsoLocal=*/true);
  }

  LLVM::LLVMFuncOp createImplementation() {
    SmallVector<Type> types(signature.buffers.size(), pointer);
    types.append(signature.symbols.size() + 2, i64);
    // The name is still taken by the func.func.
    LLVM::LLVMFuncOp impl = createFunction(function.getName() + ".body", types, LLVM::Linkage::Internal);
    for (size_t i = 0; i < signature.buffers.size(); ++i)
      if (!signature.mayAlias.test(i))
        impl.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
    return impl;
  }

  LogicalResult moveBody(LLVM::LLVMFuncOp impl) {
    impl.getBody().takeBody(function.getBody());
    Block &entry = impl.getBody().front();
    unsigned old = entry.getNumArguments();
    for (Type type : impl.getFunctionType().getParams())
      entry.addArgument(type, location);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&entry);
    SizeBuilder sizes(builder, location);
    for (auto [i, name] : llvm::enumerate(signature.symbols))
      sizes.symbols[name] = entry.getArgument(old + signature.buffers.size() + i);
    for (unsigned i = 0; i < old; ++i) {
      Value given = entry.getArgument(old + i);
      if (i < signature.buffers.size()) {
        FailureOr<Value> descriptor = buildDescriptor(i, given, sizes);
        if (failed(descriptor))
          return failure();
        given = *descriptor;
      }
      Type expected = entry.getArgument(i).getType();
      auto cast = UnrealizedConversionCastOp::create(builder, location, expected, given);
      entry.getArgument(i).replaceAllUsesWith(cast.getResult(0));
    }
    entry.eraseArguments(0, old);
    impl.walk([&](func::ReturnOp op) {
      OpBuilder at(op);
      LLVM::ReturnOp::create(at, op.getLoc(), ValueRange());
      op.erase();
    });
    return success();
  }

  FailureOr<Value> buildDescriptor(unsigned index, Value base, SizeBuilder &sizes) {
    MemRefType type = signature.buffers[index];
    auto descriptor = MemRefDescriptor::poison(builder, location, converter.convertType(type));
    descriptor.setAllocatedPtr(builder, location, base);
    descriptor.setAlignedPtr(builder, location, base);
    descriptor.setOffset(builder, location, sizes.constant(0));
    Value stride = sizes.constant(1);
    for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
      FailureOr<Value> size = sizes.build(cast<StringAttr>(signature.sizes[index][dim]));
      if (failed(size))
        return failure();
      descriptor.setSize(builder, location, dim, *size);
      descriptor.setStride(builder, location, dim, stride);
      stride = sizes.multiply(stride, *size);
    }
    return Value(descriptor);
  }

  LogicalResult createEntry(LLVM::LLVMFuncOp impl) {
    auto entry = createFunction(function.getName() + ".entry", {pointer, pointer, i64, i64}, LLVM::Linkage::External);
    OpBuilder::InsertionGuard guard(builder);
    Block *block = entry.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    auto load = [&](Type type, unsigned from, int64_t at) -> Value {
      Value address = LLVM::GEPOp::create(builder, location, pointer, type, block->getArgument(from),
                                          ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(at)});
      return LLVM::LoadOp::create(builder, location, type, address);
    };
    SmallVector<Value> operands;
    for (size_t i = 0; i < signature.buffers.size(); ++i)
      operands.push_back(load(pointer, 0, i));
    for (StringRef name : signature.symbols) {
      auto *found = llvm::find_if(programSymbols.getValue(),
                                  [&](Attribute symbol) { return cast<StringAttr>(symbol).getValue() == name; });
      if (found == programSymbols.end())
        return function.emitError() << "the symbol '" << name << "' is not in the module's kernel.symbols";
      operands.push_back(load(i64, 1, found - programSymbols.begin()));
    }
    operands.push_back(block->getArgument(2));
    operands.push_back(block->getArgument(3));
    auto call = LLVM::CallOp::create(builder, location, impl, operands);
    call.setTailCallKind(LLVM::TailCallKind::Tail);
    LLVM::ReturnOp::create(builder, location, ValueRange());
    return success();
  }

  func::FuncOp function;
  ArrayAttr programSymbols;
  const LLVMTypeConverter &converter;
  OpBuilder builder;
  Location location;
  Type pointer, i64;
  Signature signature;
};

struct LowerKernelAbiPass : dlc::impl::LowerKernelAbiBase<LowerKernelAbiPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto symbols = module->getAttrOfType<ArrayAttr>("kernel.symbols");
    if (!symbols)
      symbols = ArrayAttr::get(&getContext(), {});
    LowerToLLVMOptions options(&getContext());
    LLVMTypeConverter converter(&getContext(), options);
    for (func::FuncOp function : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (failed(KernelLowering(function, symbols, converter).run()))
        return signalPassFailure();
  }
};

} // namespace
