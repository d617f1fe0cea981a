// Builds the flatbuffer of a program (runtime/schema/program.fbs) out of its plan.
#ifndef DLC_BACKENDS_PACKAGE_HEADERBUILDER_H
#define DLC_BACKENDS_PACKAGE_HEADERBUILDER_H

#include "backends/package/KernelTable.h"
#include "ir/plan/PlanOps.h"
#include "ir/plan/SourcePlace.h"
#include "runtime/schema/program_generated.h"
#include <map>

namespace dlc::package {

class HeaderBuilder {
public:
  HeaderBuilder(const ProgramInput &input, plan::ProgramOp program, const KernelTable &kernels)
      : input(input), program(program), kernels(kernels), location(program.getLoc()) {}

  /// \p firstImageSegment: number of the segment of image 0 in the file; the others follow it.
  mlir::FailureOr<std::vector<char>> build(unsigned firstImageSegment);

private:
  template <typename T> using Offset = flatbuffers::Offset<T>;
  template <typename T> using Offsets = std::vector<flatbuffers::Offset<T>>;

  // HeaderBuilder.cpp
  mlir::LogicalResult checkSizes();
  mlir::LogicalResult checkProgram();
  Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> symbols();
  Offset<schema::Variable> variable(mlir::DictionaryAttr entry);
  Offsets<schema::Variable> variables();
  Offsets<schema::Kernel> kernelTables();
  Offsets<schema::Target> targets(unsigned firstImageSegment);
  Offsets<schema::Source> sources();
  mlir::FailureOr<Offsets<schema::Metadata>> metadata();
  mlir::FailureOr<Offset<schema::Metadata>> jsonEntry(llvm::StringRef key, llvm::StringRef attribute);

  // HeaderFunctions.cpp
  Offset<schema::Function> function(plan::FunctionOp op);
  Offset<schema::Port> port(mlir::DictionaryAttr entry);
  Offset<schema::Buffer> buffer(plan::BufferOp op);
  /// What the steps of a function need, in the order of the file.
  struct FunctionTables {
    llvm::DenseMap<mlir::Value, uint32_t> numbers; // of buffers
    Offsets<schema::Buffer> buffers;
    Offsets<schema::Step> steps;
  };
  Offset<schema::Buffer> element(plan::ElementOp op, uint32_t stack);
  Offset<schema::Step> step(mlir::Operation &op, llvm::ArrayRef<uint32_t> arguments, uint32_t bodySteps);
  void steps(mlir::Block &block, FunctionTables &tables);

  // HeaderValues.cpp
  Offset<flatbuffers::String> text(llvm::StringRef text);
  Offset<schema::Formula> formula(llvm::StringRef text);
  Offset<schema::Formula> formula(const graph::SymbolicSize &size);
  Offset<schema::Location> place(const plan::SourcePlace &place);
  uint32_t dataType(mlir::Type element);
  uint32_t sourceIndex(llvm::StringRef path);
  /// Records a fault; building goes on and fails at its end.
  void report(const llvm::Twine &message);

  const ProgramInput &input;
  plan::ProgramOp program;
  const KernelTable &kernels;
  mlir::Location location; // of what is being built, for messages
  bool failed = false;

  flatbuffers::FlatBufferBuilder builder;
  llvm::StringMap<uint32_t> symbolIndices, sourceIndices;
  std::vector<std::pair<std::string, std::string>> sourceTexts;
  std::map<std::string, Offset<schema::Formula>> formulas; // equal ones are written once
};

} // namespace dlc::package

#endif
