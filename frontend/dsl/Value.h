// What an expression of the model language evaluates to. Everything but tensors is a
// compile-time value; a tensor is an SSA value of the graph being built.
#ifndef DLC_FRONTEND_DSL_VALUE_H
#define DLC_FRONTEND_DSL_VALUE_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace dlc::dsl {

class Value;
struct Builtin;
struct Callable;
struct HyperScalar;
struct Instance;
struct PartialCall;
struct Declaration;

/// A list, or a tuple whose fields may have names (a model's outputs).
struct Sequence {
  std::vector<Value> items;
  std::vector<std::string> names; // empty, or one per item
};

/// `table("x.tsv", y = "y.tsv")`: a named dictionary that ends up in `graph.recipe`.
struct Record {
  std::string name;
  std::vector<std::pair<std::string, Value>> fields;
};

enum class ValueKind : uint8_t {
  Error, // already reported; every use of it is silent
  None,
  Bool,
  Int,
  Float,
  String,
  DType,
  Size, // not constant; a constant size is an Int
  List,
  Tuple,
  Record,
  Tensor,
  Hyper,
  Function,
  Builtin,
  Partial,
  Class,    // a layer, model, optimizer or metric that has no arguments yet
  Instance, // the same with its hyper-parameters
};

class Value {
public:
  Value() = default;
  static Value none() { return Value(ValueKind::None); }
  static Value boolean(bool value);
  static Value integer(int64_t value);
  static Value real(double value);
  static Value string(std::string text);
  static Value dtype(mlir::Type type);
  static Value size(const graph::SymbolicSize &size); // an Int when constant
  static Value list(std::vector<Value> items);
  static Value tuple(std::vector<Value> items, std::vector<std::string> names = {});
  static Value record(Record record);
  /// \p weak: its element type yields to the other operand's, as a literal's does.
  static Value tensor(mlir::Value value, bool weak = false);
  static Value hyper(HyperScalar hyper);
  static Value function(Callable callable);
  static Value builtin(const Builtin *builtin);
  static Value partial(PartialCall call);
  static Value classOf(const Declaration *declaration);
  static Value instance(std::shared_ptr<Instance> instance);

  ValueKind kind() const { return tag; }
  bool is(ValueKind kind) const { return tag == kind; }
  bool isError() const { return tag == ValueKind::Error; }
  bool isNone() const { return tag == ValueKind::None; }
  bool isNumber() const { return is(ValueKind::Int) || is(ValueKind::Float); }
  bool isSizeLike() const { return is(ValueKind::Int) || is(ValueKind::Size); }
  bool isSequence() const { return is(ValueKind::List) || is(ValueKind::Tuple); }
  /// A run-time value: a tensor, or a hyper-parameter held in the program.
  bool isRuntime() const { return is(ValueKind::Tensor) || is(ValueKind::Hyper); }
  bool isCallable() const;

  bool asBool() const { return std::get<bool>(data); }
  int64_t asInt() const { return std::get<int64_t>(data); }
  /// The value of an Int or a Float.
  double asDouble() const;
  const std::string &asString() const { return *std::get<std::shared_ptr<const std::string>>(data); }
  mlir::Type asDType() const { return std::get<mlir::Type>(data); }
  /// The size an Int or a Size stands for.
  graph::SymbolicSize asSize() const;
  const Sequence &asSequence() const { return *std::get<std::shared_ptr<const Sequence>>(data); }
  const std::vector<Value> &items() const { return asSequence().items; }
  const Record &asRecord() const { return *std::get<std::shared_ptr<const Record>>(data); }
  mlir::Value asTensor() const { return std::get<mlir::Value>(data); }
  bool isWeak() const { return weak; }
  /// How many lists, records and partial applications lie within each other.
  unsigned nesting() const { return depth; }
  /// How many values a walk over it meets, shared ones each time; saturates.
  uint64_t extent() const { return weight; }
  const HyperScalar &asHyper() const { return *std::get<std::shared_ptr<const HyperScalar>>(data); }
  const Callable &asCallable() const { return *std::get<std::shared_ptr<const Callable>>(data); }
  const Builtin *asBuiltin() const { return std::get<const Builtin *>(data); }
  const PartialCall &asPartial() const { return *std::get<std::shared_ptr<const PartialCall>>(data); }
  const Declaration *asClass() const { return std::get<const Declaration *>(data); }
  const std::shared_ptr<Instance> &asInstance() const { return std::get<std::shared_ptr<Instance>>(data); }

  /// The tensor type of a Tensor or Hyper.
  mlir::RankedTensorType tensorType() const;
  /// As `str(x)` gives it: "3", "[batch, 16]".
  std::string text() const;
  /// For messages: "f32[batch, 16]", "the int 3", "layer dense".
  std::string describe() const;

private:
  explicit Value(ValueKind tag) : tag(tag) {}

  ValueKind tag = ValueKind::Error;
  bool weak = false;
  unsigned depth = 0;
  uint64_t weight = 1;

  void contain(const Value &item);
  std::variant<std::monostate, bool, int64_t, double, std::shared_ptr<const std::string>, mlir::Type,
               std::shared_ptr<const graph::SymbolicSize>, std::shared_ptr<const Sequence>,
               std::shared_ptr<const Record>, mlir::Value, std::shared_ptr<const HyperScalar>,
               std::shared_ptr<const Callable>, const Builtin *, std::shared_ptr<const PartialCall>,
               const Declaration *, std::shared_ptr<Instance>>
      data;
};

/// A number of the recipe that the program keeps as a run-time scalar, or arithmetic on
/// such numbers. Using one where elaboration needs a value takes the default and pins
/// the variables it was made of.
struct HyperScalar {
  mlir::Value tensor;              // rank 0, or null where no function is being built
  Value known;                     // Bool, Int or Float
  std::vector<unsigned> variables; // ids in the variable table
  bool isVariable = false;         // the one variable itself, not arithmetic on it
};

/// Compile-time equality. Nullopt: only known at run time.
std::optional<bool> equalValues(const Value &lhs, const Value &rhs);

/// "f32[batch, 16]"; "f32" for rank 0.
std::string typeText(mlir::Type type);
/// "f32", "i64", "bool".
std::string dtypeText(mlir::Type elementType);

} // namespace dlc::dsl

#endif
