#ifndef DLC_IR_GRAPH_GRAPHDIALECT_TD
#define DLC_IR_GRAPH_GRAPHDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::dlc::graph";
  let summary = "a program as operations on immutable tensors with symbolic sizes";
  let description = [{
    Every value is a ranked tensor. A dynamic dimension has a name, or a polynomial of names, in the encoding
    `#graph.dims`; the same text means the same size everywhere in a module. Broadcasting is explicit. Result types
    are inferred, symbolic sizes included, wherever the operands and attributes determine them.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// Folders of small constants go through the evaluator; without one they do not fold.
    void setConstantEvaluator(std::shared_ptr<::dlc::ConstantEvaluator> evaluator) {
      constantEvaluator = std::move(evaluator);
    }
    ::dlc::ConstantEvaluator *getConstantEvaluator() const { return constantEvaluator.get(); }

  private:
    std::shared_ptr<::dlc::ConstantEvaluator> constantEvaluator;

  public:
  }];
}

def Graph_DimsAttr : AttrDef<Graph_Dialect, "Dims", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "dims";
  let summary = "names of a tensor's dynamic sizes";
  let description = [{
    One string a dimension: the canonical polynomial of a dynamic size, "" for a static one.
    Example: `tensor<?x4xf32, #graph.dims<"2*batch+1", "">>`
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$names);
  let assemblyFormat = "`<` $names `>`";
  let genVerifyDecl = 1;
}

def Graph_ComparisonDirection : I32EnumAttr<"ComparisonDirection", "which comparison", [
    I32EnumAttrCase<"Eq", 0, "eq">, I32EnumAttrCase<"Ne", 1, "ne">, I32EnumAttrCase<"Lt", 2, "lt">,
    I32EnumAttrCase<"Le", 3, "le">, I32EnumAttrCase<"Gt", 4, "gt">, I32EnumAttrCase<"Ge", 5, "ge">]> {
  let cppNamespace = "::dlc::graph";
  let genSpecializedAttr = 0;
}
def Graph_ComparisonDirectionAttr : EnumAttr<Graph_Dialect, Graph_ComparisonDirection, "direction">;

def Graph_RandomDomain : I32EnumAttr<"RandomDomain", "what the random numbers are for", [
    I32EnumAttrCase<"Init", 0, "init">, I32EnumAttrCase<"Train", 1, "train">, I32EnumAttrCase<"Data", 2, "data">]> {
  let cppNamespace = "::dlc::graph";
  let genSpecializedAttr = 0;
}
def Graph_RandomDomainAttr : EnumAttr<Graph_Dialect, Graph_RandomDomain, "domain">;

#endif
