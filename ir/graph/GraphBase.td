// Type constraints and base classes of the graph dialect's ops.
#ifndef DLC_IR_GRAPH_GRAPHBASE_TD
#define DLC_IR_GRAPH_GRAPHBASE_TD

include "ir/graph/GraphDialect.td"
include "ir/interfaces/CostOpInterface.td"
include "ir/interfaces/DifferentiableOpInterface.td"
include "ir/interfaces/FusibleOpInterface.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Graph_Float : AnyTypeOf<[F16, BF16, F32, F64], "float">;
def Graph_Integer : AnyTypeOf<[I8, I32, I64], "integer">;
def Graph_Number : AnyTypeOf<[F16, BF16, F32, F64, I8, I32, I64], "float or integer">;
def Graph_Logical : AnyTypeOf<[I1, I8, I32, I64], "bool or integer">;
def Graph_Element : AnyTypeOf<[F16, BF16, F32, F64, I1, I8, I32, I64], "float, integer or bool">;

/// A tensor whose dynamic sizes are named and whose element count fits 64 bits.
class Graph_TensorOf<Type element>
  : RankedTensorOf<[element], [CPred<"::dlc::graph::hasValidSizes(::llvm::cast<::mlir::RankedTensorType>($_self))">],
                   "tensor with named sizes">;
class Graph_ScalarOf<Type element>
  : RankedTensorOf<[element], [CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == 0">],
                   "rank-0 tensor">;

def Graph_FloatTensor : Graph_TensorOf<Graph_Float>;
def Graph_NumberTensor : Graph_TensorOf<Graph_Number>;
def Graph_LogicalTensor : Graph_TensorOf<Graph_Logical>;
def Graph_BoolTensor : Graph_TensorOf<I1>;
def Graph_IndexTensor : Graph_TensorOf<I32>;
def Graph_Tensor : Graph_TensorOf<Graph_Element>;
def Graph_Scalar : Graph_ScalarOf<Graph_Element>;
/// One type, so the assembly format needs not write it.
class Graph_ScalarOfOne<BuildableType element>
  : Graph_ScalarOf<!cast<Type>(element)>,
    BuildableType<"::mlir::RankedTensorType::get({}, " # element.builderCall # ")">;
def Graph_BoolScalar : Graph_ScalarOfOne<I1>;
def Graph_I64Scalar : Graph_ScalarOfOne<I64>;

/// f(f(x)) = f(x), or f(x, x) = x; and f(f(x)) = x. MLIR's traits of these names insist on its own same-type trait.
def Graph_Idempotent : NativeOpTrait<"IsIdempotent"> { let cppNamespace = "::dlc::graph"; }
def Graph_Involution : NativeOpTrait<"IsInvolution"> { let cppNamespace = "::dlc::graph"; }

/// The op has a rule for one operand at a time: `buildCotangent`, in gradients/<Family>.cpp.
def Graph_GradientByOperand : NativeOpTrait<"GradientByOperand", [], [{
    /// The cotangent of one float operand, from the result's; null for zero.
    ::mlir::Value buildCotangent(::dlc::graph::GradientBuilder &build, ::mlir::Value dresult, unsigned operand);
  }], [{
    ::llvm::LogicalResult $cppClass::buildVjp(::mlir::OpBuilder &builder, ::mlir::ValueRange resultCotangents,
        ::llvm::ArrayRef<bool> operandNeeded, ::llvm::MutableArrayRef<::mlir::Value> operandCotangents) {
      return ::dlc::graph::buildVjpByOperand(*this, builder, resultCotangents, operandNeeded, operandCotangents);
    }
  }]> {
  let cppNamespace = "::dlc::graph";
}
defvar Graph_HasOwnGradient = [DeclareOpInterfaceMethods<DifferentiableOpInterface, ["buildVjp"]>];
defvar Graph_HasGradient = [DeclareOpInterfaceMethods<DifferentiableOpInterface, ["buildVjp"]>, Graph_GradientByOperand];
defvar Graph_HasNoGradient = [DifferentiableOpInterface, NoGradient];

/// Infers result types from an adaptor, like MLIR's InferTypeOpAdaptor, but only from operands that are tensors of the
/// dialect: the parser infers before anything is verified.
def Graph_InferTypes : NativeOpTrait<"InferFromAdaptor", [], [{
      static ::llvm::LogicalResult inferReturnTypes(::mlir::MLIRContext *context,
          std::optional<::mlir::Location> location, Adaptor adaptor,
          ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes);
    }], [{
      ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context,
          std::optional<::mlir::Location> location, ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
          ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
          ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes) {
        if (::llvm::failed(::dlc::graph::checkOperands(getOperationName(), location, operands)))
          return ::mlir::failure();
        return $cppClass::inferReturnTypes(context, location, Adaptor(operands, attributes, properties, regions),
                                           inferredReturnTypes);
      }
    }]> {
  let cppNamespace = "::dlc::graph";
}
def Graph_InferFromAdaptor : TraitList<[DeclareOpInterfaceMethods<InferTypeOpInterface>, Graph_InferTypes]>;

/// \p fusion: a FusionKind. \p work: flops for each element of the larger of the first operand and the first result.
class Graph_Op<string mnemonic, string fusion, int work, list<Trait> traits>
  : Op<Graph_Dialect, mnemonic, !listconcat([FusibleOpInterface, CostOpInterface], traits)> {
  code fusionAndCost = [{
    ::dlc::FusionKind getFusionKind() { return ::dlc::FusionKind::}] # fusion # [{; }
    ::dlc::graph::SymbolicSize getFlops() { return ::dlc::graph::flopsPerElement(getOperation(), }] # work # [{); }
  }];
  let extraClassDeclaration = fusionAndCost;
}

/// A pure op whose result type follows from its operands and attributes.
class Graph_InferredOp<string mnemonic, string fusion, int work, list<Trait> traits>
  : Graph_Op<mnemonic, fusion, work, !listconcat([Pure, Graph_InferFromAdaptor], traits)>;

/// A pure op whose result type is written down.
class Graph_ExplicitOp<string mnemonic, string fusion, int work, list<Trait> traits>
  : Graph_Op<mnemonic, fusion, work, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

#endif
