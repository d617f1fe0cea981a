// Types in signatures: names of dtypes and sizes bind at first use and are checked after.
#include "frontend/dsl/Interpreter.h"
#include "frontend/dsl/KerasNames.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

static constexpr StringRef kDTypes[] = {"f32", "f64", "i8", "i32", "i64", "bool"};

std::optional<Type> Interpreter::dtypeNamed(StringRef name) const {
  Builder builder(context);
  // --dtype=f64 elaborates the whole program in f64: what is written f32 is the program's float.
  if (name == "f32")
    return programFloat;
  if (name == "f64")
    return builder.getF64Type();
  if (name == "i8")
    return builder.getI8Type();
  if (name == "i32")
    return builder.getI32Type();
  if (name == "i64")
    return builder.getI64Type();
  if (name == "bool")
    return builder.getI1Type();
  return std::nullopt;
}

/// The size a name is bound to; nullopt when it is free. Functions and other values of that
/// name (of the library, say) are not sizes and do not count.
static std::optional<SymbolicSize> boundSize(StringRef name, Environment &env) {
  Binding *binding = env.find(name);
  if (!binding || binding->constant || binding->variable || !binding->value.isSizeLike())
    return std::nullopt;
  return binding->value.asSize();
}

static std::string sizeListText(const Value &list) {
  std::string text;
  for (const Value &size : list.items())
    text += (text.empty() ? "" : ", ") + size.asSize().str();
  return "[" + text + "]";
}

static bool isPendingConst(StringRef name, Environment &env) {
  Binding *binding = env.find(name);
  return binding && binding->constant;
}

bool Interpreter::matchDType(const ast::Identifier &name, Type actual, Environment &env, SourceRange range,
                             const Twine &what) {
  std::optional<Type> expected = dtypeNamed(name.name);
  Binding *binding = env.find(name.name);
  if (!expected && binding && binding->value.is(ValueKind::DType))
    expected = binding->value.asDType();
  if (expected == actual)
    return true;
  if (expected) {
    fail(range,
         what + " must have dtype " + dtypeText(*expected) + ", but has " + dtypeText(actual) + "; write cast(x, " +
             dtypeText(*expected) + ")",
         name.range, "the dtype is declared here");
    return false;
  }
  // A misspelt dtype must not become a new name: names of dtypes begin with a capital.
  if (!llvm::isUpper(name.name.front())) {
    fail(name.range, "unknown dtype '" + name.name + "'" + didYouMeanOrKeras(name.name, kDTypes) +
                         "; a name for any dtype begins with a capital letter, as T");
    return false;
  }
  env.bind(name.name, Value::dtype(actual));
  return true;
}

/// Binds `...s` to \p sizes or compares it with what it is bound to.
static bool matchRest(const ast::TypeDim &dim, ArrayRef<SymbolicSize> sizes, Environment &env, std::string &detail) {
  if (!dim.restName)
    return true;
  std::vector<Value> values;
  for (const SymbolicSize &size : sizes)
    values.push_back(Value::size(size));
  Value list = Value::list(std::move(values));
  Binding *bound = env.find(dim.restName->name);
  if (!bound || !bound->value.is(ValueKind::List)) {
    env.bind(dim.restName->name, list);
    return true;
  }
  detail = ": '..." + dim.restName->name + "' is " + sizeListText(bound->value) + " before";
  return equalValues(bound->value, list) == true;
}

bool Interpreter::matchSize(const ast::TypeDim &dim, const SymbolicSize &actual, Environment &env,
                            std::string &detail) {
  auto *name = dyn_cast<ast::NameExpr>(dim.size.get());
  std::optional<SymbolicSize> expected;
  if (name && !isPendingConst(name->name, env)) {
    expected = boundSize(name->name, env);
    if (!expected) {
      env.bind(name->name, Value::size(actual));
      return true;
    }
  } else {
    expected = toSize(evaluate(*dim.size, env), dim.range, "a size");
    if (!expected)
      return false;
  }
  // "units is 4, not 5"; of a number the two types say enough.
  StringRef written = sources.text(dim.range);
  detail = written == expected->str() ? " " : ": " + written.str() + " is " + expected->str() + ", not " + actual.str();
  return *expected == actual;
}

bool Interpreter::matchDims(const ast::TypeExpr &type, ArrayRef<SymbolicSize> sizes, Environment &env,
                            SourceRange range, const Twine &what, StringRef actualText) {
  auto mismatch = [&](StringRef detail) {
    fail(range, what + " must be " + sources.text(type.range) + ", but is " + actualText + detail, type.range,
         "the type is declared here");
    return false;
  };
  bool hasRest = llvm::any_of(type.dims, [](const ast::TypeDim &dim) { return dim.isRest; });
  size_t written = type.dims.size() - hasRest;
  if (hasRest ? sizes.size() < written : sizes.size() != written)
    return mismatch(
        (": rank " + Twine(sizes.size()) + (hasRest ? " instead of at least " : " instead of ") + Twine(written))
            .str());
  size_t at = 0;
  for (const ast::TypeDim &dim : type.dims) {
    std::string detail;
    size_t count = dim.isRest ? sizes.size() - written : 1;
    bool matches =
        dim.isRest ? matchRest(dim, sizes.slice(at, count), env, detail) : matchSize(dim, sizes[at], env, detail);
    if (!matches)
      return detail.empty() ? false
                            : mismatch(StringRef(detail).rtrim()); // else the size itself was wrong and reported
    at += count;
  }
  return true;
}

bool Interpreter::matchType(const ast::TypeExpr &type, RankedTensorType actual, Environment &env, SourceRange range,
                            const Twine &what) {
  if (!matchDType(type.base, actual.getElementType(), env, range, what))
    return false;
  return matchDims(type, graph::sizesOf(actual), env, range, what, typeText(actual));
}

std::optional<Sizes> Interpreter::resolveDims(const ast::TypeExpr &type, Environment &env, bool bindSymbols) {
  Sizes sizes;
  for (const ast::TypeDim &dim : type.dims) {
    if (dim.isRest) {
      Binding *bound = dim.restName ? env.find(dim.restName->name) : nullptr;
      if (!bound || !bound->value.is(ValueKind::List)) {
        fail(dim.range, "'...' is not known here; the rank must follow from the inputs");
        return std::nullopt;
      }
      std::optional<Sizes> rest = toShape(bound->value, dim.range, "the rest");
      if (!rest)
        return std::nullopt;
      sizes.append(rest->begin(), rest->end());
      continue;
    }
    auto *name = dyn_cast<ast::NameExpr>(dim.size.get());
    bool isFree = name && !isPendingConst(name->name, env) && !boundSize(name->name, env);
    if (isFree && bindSymbols) {
      env.bind(name->name, Value::size(SymbolicSize::symbol(name->name)));
    } else if (isFree && (!env.find(name->name) || env.find(name->name)->value.isCallable())) {
      fail(dim.range, "the size '" + name->name + "' is not known here; bind it in the type of an input");
      return std::nullopt;
    }
    Value value = evaluate(*dim.size, env);
    std::optional<SymbolicSize> size = toSize(value, dim.range, "a size");
    if (!size)
      return std::nullopt;
    sizes.push_back(*size);
  }
  if (!checkElementCount(sizes, type.range))
    return std::nullopt;
  return sizes;
}

RankedTensorType Interpreter::resolveType(const ast::TypeExpr &type, Environment &env, bool bindSymbols) {
  std::optional<Type> element = dtypeNamed(type.base.name);
  Binding *binding = env.find(type.base.name);
  if (!element && binding && binding->value.is(ValueKind::DType))
    element = binding->value.asDType();
  if (!element && !llvm::isUpper(type.base.name.front())) {
    fail(type.base.range, "unknown dtype '" + type.base.name + "'" + didYouMeanOrKeras(type.base.name, kDTypes));
    return {};
  }
  if (!element) {
    // No input decides it: the program's float, which --dtype changes.
    element = floatType();
    env.bind(type.base.name, Value::dtype(*element));
  }
  std::optional<Sizes> sizes = resolveDims(type, env, bindSymbols);
  return sizes ? graph::makeTensorType(context, *sizes, *element) : RankedTensorType();
}

/// Annotations of compile-time parameters. An int is a float, too: `dropout(0)`.
static std::optional<bool> fitsAnnotation(StringRef name, const Value &value) {
  if (name == "int")
    return value.isSizeLike();
  if (name == "float")
    return value.isNumber() || value.is(ValueKind::Hyper);
  if (name == "bool")
    return value.is(ValueKind::Bool);
  if (name == "string")
    return value.is(ValueKind::String);
  if (name == "list")
    return value.isSequence();
  if (name == "tuple")
    return value.is(ValueKind::Tuple);
  if (name == "dtype")
    return value.is(ValueKind::DType);
  if (name == "function" || name == "layer")
    return value.isCallable();
  return std::nullopt;
}

bool Interpreter::bindParameter(const ast::Parameter &parameter, const ArgumentValue &argument, Environment &env) {
  const std::string &name = parameter.name.name;
  Value value = argument.value;
  if (!parameter.type) {
    env.bind(name, value);
    return true;
  }
  const ast::TypeExpr &type = *parameter.type;
  // `bool` alone is the annotation of a compile-time value unless a tensor is given.
  std::optional<bool> fits =
      type.hasDims || value.is(ValueKind::Tensor) ? std::nullopt : fitsAnnotation(type.base.name, value);
  // A parameter whose default is none may be left out whatever its type.
  bool isAbsent = value.isNone() && parameter.defaultValue && isa<ast::NoneExpr>(*parameter.defaultValue);
  if (isAbsent || fits == true) {
    env.bind(name, value);
    return true;
  }
  if (fits == false || (!dtypeNamed(type.base.name) && fitsAnnotation(type.base.name, Value::none()))) {
    fail(argument.range, "'" + name + "' must be " + (type.base.name == "int" ? "an " : "a ") + type.base.name +
                             ", found " + value.describe());
    return false;
  }
  if (!value.is(ValueKind::Tensor)) {
    std::optional<Type> element = dtypeNamed(type.base.name);
    mlir::Value tensor = toTensor(value, argument.range, element.value_or(floatType()));
    if (!tensor)
      return false;
    value = Value::tensor(tensor);
  }
  env.bind(name, value);
  return matchType(type, value.tensorType(), env, argument.range, "'" + name + "'");
}

Value Interpreter::checkResult(const ast::ResultSpec &spec, Value value, Environment &env, SourceRange range) {
  if (value.isError())
    return value;
  auto checkOne = [&](const Value &item, const ast::ResultItem &expected) -> Value {
    const ast::TypeExpr &type = *expected.type;
    if (!type.hasDims && !item.isRuntime())
      if (std::optional<bool> fits = fitsAnnotation(type.base.name, item))
        return *fits ? item
                     : fail(range, "the result must be of type " + type.base.name + ", but is " + item.describe());
    mlir::Value tensor = toTensor(item, range, dtypeNamed(type.base.name).value_or(Type()));
    std::string what = expected.name ? "the result '" + expected.name->name + "'" : "the result";
    if (!tensor || !matchType(type, cast<RankedTensorType>(tensor.getType()), env, range, what))
      return Value();
    return Value::tensor(tensor);
  };
  if (!spec.isTuple)
    return checkOne(value, spec.items.front());
  if (!value.is(ValueKind::Tuple) || value.items().size() != spec.items.size())
    return fail(range,
                "the result must be a tuple of " + Twine(spec.items.size()) + " tensors, but is " + value.describe());
  std::vector<Value> items;
  std::vector<std::string> names;
  for (auto [item, expected] : llvm::zip(value.items(), spec.items)) {
    items.push_back(checkOne(item, expected));
    if (items.back().isError())
      return Value();
    if (expected.name)
      names.push_back(expected.name->name);
  }
  return Value::tuple(std::move(items), std::move(names));
}

} // namespace dlc::dsl
