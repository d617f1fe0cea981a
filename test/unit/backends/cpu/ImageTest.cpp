// What an image is: a table, code and constants; complete, deterministic, wherever it is mapped.
#include "test/unit/backends/cpu/KernelRunner.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::test;

namespace {

const char *const kTwoKernels = R"(
module attributes {kernel.symbols = ["batch"]} {
  memref.global "private" constant @weights : memref<4xf32> = dense<[1.0, 2.0, 4.0, 8.0]>
  func.func private @scale(%x: memref<?xf32>, %y: memref<?xf32>, %batch: index, %begin: index, %end: index)
      attributes {kernel.symbols = ["batch"], kernel.args = [["batch"], ["batch"]]} {
    %one = arith.constant 1 : index
    scf.for %i = %begin to %end step %one {
      %v = memref.load %x[%i] : memref<?xf32>
      %e = math.exp %v : f32
      memref.store %e, %y[%i] : memref<?xf32>
    }
    return
  }
  func.func private @fill(%y: memref<4xf32>, %begin: index, %end: index)
      attributes {kernel.symbols = [], kernel.args = [["4"]]} {
    %zero = arith.constant 0 : index
    %w = memref.get_global @weights : memref<4xf32>
    %v = vector.load %w[%zero] : memref<4xf32>, vector<4xf32>
    vector.store %v, %y[%zero] : memref<4xf32>, vector<4xf32>
    return
  }
}
)";

KernelImage imageOf(const char *text, const CpuTarget &target) {
  std::unique_ptr<MLIRContext> context = makeContext();
  OwningOpRef<ModuleOp> module = lower(*context, text, target);
  FailureOr<KernelImage> image = module ? emitImage(*module, target) : FailureOr<KernelImage>(failure());
  EXPECT_TRUE(succeeded(image));
  return succeeded(image) ? *image : KernelImage();
}

/// The message of emitImage on \p text in the LLVM dialect.
std::string errorOf(const char *text) {
  std::unique_ptr<MLIRContext> context = makeContext();
  context->loadDialect<LLVM::LLVMDialect>();
  std::string message;
  ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &diagnostic) { message = diagnostic.str(); });
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, context.get());
  EXPECT_TRUE(module);
  if (module)
    EXPECT_TRUE(failed(emitImage(*module, CpuTarget::host())));
  return message;
}

TEST(ImageTest, BeginsWithTheOffsetsOfItsKernelsInOrder) {
  KernelImage image = imageOf(kTwoKernels, CpuTarget::host());
  ASSERT_EQ(image.kernels, (std::vector<std::string>{"scale", "fill"}));
  for (int i = 0; i < 2; ++i) {
    int64_t offset = llvm::support::endian::read64le(image.bytes.data() + 8 * i);
    EXPECT_GE(offset, 16);
    EXPECT_LT(offset, int64_t(image.bytes.size()));
  }
}

TEST(ImageTest, HasEqualBytesEachTime) {
  for (const CpuTarget &target : CpuTarget::all())
    EXPECT_EQ(imageOf(kTwoKernels, target).bytes, imageOf(kTwoKernels, target).bytes) << target.level.str();
}

TEST(ImageTest, RunsWhereverItIsMapped) {
  for (const CpuTarget &target : runnableTargets()) {
    KernelImage image = imageOf(kTwoKernels, target);
    MappedImage first(image), second(image);
    for (MappedImage *mapped : {&first, &second}) {
      float y[4] = {};
      void *buffers[] = {y};
      mapped->find("fill")(buffers, nullptr, 0, 1);
      EXPECT_EQ(y[0], 1);
      EXPECT_EQ(y[3], 8);
    }
  }
}

TEST(ImageTest, RefusesACallOfALibrary) {
  EXPECT_EQ(errorOf(R"(
    llvm.func @expf(f32) -> f32
    llvm.func @k.entry(%p: !llvm.ptr, %s: !llvm.ptr, %b: i64, %e: i64) {
      %x = llvm.load %p : !llvm.ptr -> f32
      %y = llvm.call @expf(%x) : (f32) -> f32
      llvm.store %y, %p : f32, !llvm.ptr
      llvm.return
    })"),
            "cannot link the kernels: undefined symbol 'expf'");
}

TEST(ImageTest, RefusesWritableData) {
  std::string message = errorOf(R"(
    llvm.mlir.global internal @state(1 : i32) : i32
    llvm.func @k.entry(%p: !llvm.ptr, %s: !llvm.ptr, %b: i64, %e: i64) {
      %a = llvm.mlir.addressof @state : !llvm.ptr
      %x = llvm.load %a : !llvm.ptr -> i32
      %y = llvm.add %x, %x : i32
      llvm.store %y, %a : i32, !llvm.ptr
      llvm.return
    })");
  EXPECT_NE(message.find("is writable, expected only code and constants"), std::string::npos) << message;
}

TEST(ImageTest, RefusesAnAbsoluteAddress) {
  std::string message = errorOf(R"(
    llvm.mlir.global internal constant @target(1 : i32) : i32
    llvm.mlir.global internal constant @table() : !llvm.array<2 x ptr> {
      %none = llvm.mlir.poison : !llvm.array<2 x ptr>
      %a = llvm.mlir.addressof @target : !llvm.ptr
      %b = llvm.mlir.addressof @table : !llvm.ptr
      %one = llvm.insertvalue %a, %none[0] : !llvm.array<2 x ptr>
      %two = llvm.insertvalue %b, %one[1] : !llvm.array<2 x ptr>
      llvm.return %two : !llvm.array<2 x ptr>
    }
    llvm.func @k.entry(%p: !llvm.ptr, %s: !llvm.ptr, %b: i64, %e: i64) {
      %t = llvm.mlir.addressof @table : !llvm.ptr
      %at = llvm.getelementptr %t[%b] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.ptr
      %x = llvm.load %at : !llvm.ptr -> !llvm.ptr
      llvm.store %x, %p : !llvm.ptr, !llvm.ptr
      llvm.return
    })");
  EXPECT_NE(message.find("cannot link the kernels: "), std::string::npos) << message;
}

TEST(ImageTest, RefusesWhatIsNotAnObject) {
  llvm::Expected<KernelImage> image = linkImage(StringRef("not an object"), std::string("k"));
  EXPECT_FALSE(bool(image));
  llvm::consumeError(image.takeError());
}

TEST(ImageTest, NeedsEveryKernelsEntry) {
  std::unique_ptr<MLIRContext> context = makeContext();
  OwningOpRef<ModuleOp> module = lower(*context, kTwoKernels, CpuTarget::host());
  ASSERT_TRUE(module);
  auto object = emitObject(*module, CpuTarget::host());
  ASSERT_TRUE(succeeded(object));
  llvm::Expected<KernelImage> image = linkImage(StringRef(object->data(), object->size()), {"scale", "other"});
  ASSERT_FALSE(bool(image));
  EXPECT_EQ(llvm::toString(image.takeError()), "cannot link the kernels: no entry for kernel 'other'");
}

} // namespace
