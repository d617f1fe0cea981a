#include "frontend/dsl/AstPrinter.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Format.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

namespace {

class AstPrinter {
public:
  AstPrinter(const SourceManager &sources, llvm::raw_ostream &os) : sources(sources), os(os) {}

  void print(const Decl &decl);

private:
  /// One line, then \p children a level deeper.
  void node(llvm::StringRef kind, const llvm::Twine &detail, SourceRange range,
            llvm::function_ref<void()> children = {}) {
    os.indent(2 * depth) << kind;
    std::string text = detail.str();
    if (!text.empty())
      os << ' ' << text;
    LineColumn place = sources.lineColumn(range);
    os << ' ' << place.line << ':' << place.column << '\n';
    ++depth;
    if (children)
      children();
    --depth;
  }

  static std::string quoted(llvm::StringRef name) { return "'" + name.str() + "'"; }

  void print(const Expr &expr);
  void printOperation(const Expr &expr);
  void printConstruct(const Expr &expr);
  void print(const Stmt &stmt);
  void printSubscript(const Subscript &subscript);
  void printScan(const ScanExpr &scan);
  void printType(const TypeExpr &type);
  void printPattern(const Pattern &pattern);
  void printTemplate(llvm::StringRef kind, const TemplateDecl &decl);
  void printParameters(llvm::StringRef kind, const std::vector<Parameter> &parameters);
  void printArguments(llvm::StringRef kind, const std::vector<Argument> &arguments);
  void printResult(const std::optional<ResultSpec> &result);
  void print(const ExprPtr &expr) {
    if (expr)
      print(*expr);
  }

  const SourceManager &sources;
  llvm::raw_ostream &os;
  unsigned depth = 0;
};

void AstPrinter::print(const Decl &decl) {
  switch (decl.kind) {
  case DeclKind::Import:
    return node("Import", "\"" + llvm::cast<ImportDecl>(decl).path + "\"", decl.range);
  case DeclKind::Const:
    return node("Const", quoted(decl.name.name), decl.range, [&] { print(llvm::cast<ConstDecl>(decl).value); });
  case DeclKind::Fn: {
    auto &function = llvm::cast<FnDecl>(decl);
    return node("Fn", quoted(decl.name.name), decl.range, [&] {
      printParameters("Parameter", function.parameters);
      printResult(function.result);
      print(function.body);
    });
  }
  case DeclKind::Layer:
    return printTemplate("Layer", llvm::cast<TemplateDecl>(decl));
  case DeclKind::Model:
    return printTemplate("Model", llvm::cast<TemplateDecl>(decl));
  case DeclKind::Optimizer:
    return printTemplate("Optimizer", llvm::cast<TemplateDecl>(decl));
  case DeclKind::Metric:
    return printTemplate("Metric", llvm::cast<TemplateDecl>(decl));
  case DeclKind::Train: {
    auto &train = llvm::cast<TrainDecl>(decl);
    return node("Train", quoted(decl.name.name), decl.range, [&] {
      printParameters("Target", train.targets);
      for (const TrainField &field : train.fields)
        node("Setting", quoted(field.name.name), field.name.range, [&] { print(field.value); });
    });
  }
  }
}

void AstPrinter::printTemplate(llvm::StringRef kind, const TemplateDecl &decl) {
  node(kind, quoted(decl.name.name), decl.range, [&] {
    printParameters("Hyper", decl.hypers);
    printParameters("Input", decl.inputs);
    printResult(decl.result);
    print(static_cast<const Expr &>(*decl.body));
  });
}

void AstPrinter::printParameters(llvm::StringRef kind, const std::vector<Parameter> &parameters) {
  for (const Parameter &parameter : parameters)
    node(kind, quoted(parameter.name.name), parameter.range, [&] {
      if (parameter.type)
        printType(*parameter.type);
      print(parameter.defaultValue);
    });
}

void AstPrinter::printArguments(llvm::StringRef kind, const std::vector<Argument> &arguments) {
  for (const Argument &argument : arguments)
    node(kind, argument.name ? quoted(argument.name->name) : "", argument.range, [&] { print(argument.value); });
}

void AstPrinter::printResult(const std::optional<ResultSpec> &result) {
  if (!result)
    return;
  for (const ResultItem &item : result->items)
    node("Result", item.name ? quoted(item.name->name) : "", item.type->range, [&] { printType(*item.type); });
}

void AstPrinter::printType(const TypeExpr &type) {
  node("Type", quoted(type.base.name), type.range, [&] {
    for (const TypeDim &dim : type.dims) {
      if (dim.isRest)
        node("Rest", dim.restName ? quoted(dim.restName->name) : "", dim.range);
      else
        print(dim.size);
    }
  });
}

void AstPrinter::printPattern(const Pattern &pattern) {
  for (const Identifier &name : pattern.names)
    node("Binds", quoted(name.name), name.range);
}

void AstPrinter::print(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Int:
    return node("Int", llvm::Twine(llvm::cast<IntExpr>(expr).value), expr.range);
  case ExprKind::Float: {
    std::string digits;
    llvm::raw_string_ostream(digits) << llvm::format("%.17g", llvm::cast<FloatExpr>(expr).value);
    return node("Float", digits, expr.range);
  }
  case ExprKind::String: {
    std::string escaped;
    llvm::raw_string_ostream(escaped).write_escaped(llvm::cast<StringExpr>(expr).value);
    return node("String", "\"" + escaped + "\"", expr.range);
  }
  case ExprKind::Bool:
    return node("Bool", llvm::cast<BoolExpr>(expr).value ? "true" : "false", expr.range);
  case ExprKind::None:
    return node("None", "", expr.range);
  case ExprKind::Name:
    return node("Name", quoted(llvm::cast<NameExpr>(expr).name), expr.range);
  case ExprKind::Unary:
  case ExprKind::Binary:
  case ExprKind::Call:
  case ExprKind::Index:
  case ExprKind::Field:
    return printOperation(expr);
  default:
    return printConstruct(expr);
  }
}

void AstPrinter::printOperation(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Unary: {
    auto &unary = llvm::cast<UnaryExpr>(expr);
    return node("Unary", quoted(spelling(unary.op)), expr.range, [&] { print(unary.operand); });
  }
  case ExprKind::Binary: {
    auto &binary = llvm::cast<BinaryExpr>(expr);
    return node("Binary", quoted(spelling(binary.op)), expr.range, [&] {
      print(binary.lhs);
      print(binary.rhs);
    });
  }
  case ExprKind::Call: {
    auto &call = llvm::cast<CallExpr>(expr);
    return node("Call", "", expr.range, [&] {
      print(call.callee);
      printArguments("Argument", call.arguments);
    });
  }
  case ExprKind::Index: {
    auto &index = llvm::cast<IndexExpr>(expr);
    return node("Index", "", expr.range, [&] {
      print(index.base);
      for (const Subscript &subscript : index.subscripts)
        printSubscript(subscript);
    });
  }
  case ExprKind::Field: {
    auto &field = llvm::cast<FieldExpr>(expr);
    return node("Field", quoted(field.field.name), expr.range, [&] { print(field.base); });
  }
  default:
    return;
  }
}

void AstPrinter::printConstruct(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Lambda: {
    auto &lambda = llvm::cast<LambdaExpr>(expr);
    return node("Lambda", "", expr.range, [&] {
      printParameters("Parameter", lambda.parameters);
      print(lambda.body);
    });
  }
  case ExprKind::If: {
    auto &branch = llvm::cast<IfExpr>(expr);
    return node("If", "", expr.range, [&] {
      print(branch.condition);
      print(static_cast<const Expr &>(*branch.thenBlock));
      print(branch.elseBranch);
    });
  }
  case ExprKind::Block:
    return node("Block", "", expr.range, [&] {
      for (const StmtPtr &statement : llvm::cast<BlockExpr>(expr).statements)
        print(*statement);
    });
  case ExprKind::Tuple: {
    auto &tuple = llvm::cast<TupleExpr>(expr);
    return node("Tuple", "", expr.range, [&] {
      for (size_t i = 0; i < tuple.items.size(); ++i)
        node("Item", tuple.names.empty() ? "" : quoted(tuple.names[i].name), tuple.items[i]->range,
             [&] { print(tuple.items[i]); });
    });
  }
  case ExprKind::List:
    return node("List", "", expr.range, [&] {
      for (const ExprPtr &item : llvm::cast<ListExpr>(expr).items)
        print(item);
    });
  case ExprKind::Type:
    return printType(llvm::cast<TypeExpr>(expr));
  case ExprKind::Scan:
    return printScan(llvm::cast<ScanExpr>(expr));
  default:
    return;
  }
}

void AstPrinter::printSubscript(const Subscript &subscript) {
  auto part = [&](llvm::StringRef kind, const ExprPtr &value) {
    if (value)
      node(kind, "", value->range, [&] { print(value); });
  };
  switch (subscript.kind) {
  case SubscriptKind::Value:
    return print(subscript.value);
  case SubscriptKind::Ellipsis:
    return node("Ellipsis", "", subscript.range);
  case SubscriptKind::NewAxis:
    return node("NewAxis", "", subscript.range);
  case SubscriptKind::Slice:
    return node("Slice", "", subscript.range, [&] {
      part("Start", subscript.start);
      part("Stop", subscript.stop);
      part("Step", subscript.step);
    });
  }
}

void AstPrinter::printScan(const ScanExpr &scan) {
  node("Scan", "", scan.range, [&] {
    printPattern(scan.element);
    print(scan.sequence);
    if (scan.axis)
      node("Axis", "", scan.axis->range, [&] { print(scan.axis); });
    if (scan.reverse)
      node("Reverse", "", scan.reverse->range, [&] { print(scan.reverse); });
    if (scan.recompute)
      node("Recompute", "", scan.recompute->range, [&] { print(scan.recompute); });
    printArguments("Carry", scan.carries);
    print(static_cast<const Expr &>(*scan.body));
  });
}

void AstPrinter::print(const Stmt &stmt) {
  auto block = [&](llvm::StringRef kind, const llvm::Twine &detail, const BlockPtr &body) {
    node(kind, detail, stmt.range, [&] { print(static_cast<const Expr &>(*body)); });
  };
  auto value = [&](llvm::StringRef kind, const llvm::Twine &detail, const ExprPtr &expr) {
    node(kind, detail, stmt.range, [&] { print(expr); });
  };
  switch (stmt.kind) {
  case StmtKind::Let: {
    auto &let = llvm::cast<LetStmt>(stmt);
    return node("Let", "", stmt.range, [&] {
      printPattern(let.pattern);
      print(let.value);
    });
  }
  case StmtKind::Param: {
    auto &param = llvm::cast<ParamStmt>(stmt);
    return node("Param", quoted(param.name.name), stmt.range, [&] {
      printType(*param.type);
      print(param.init);
      printArguments("Option", param.options);
    });
  }
  case StmtKind::State: {
    auto &state = llvm::cast<StateStmt>(stmt);
    return node("State", quoted(state.name.name), stmt.range, [&] {
      if (state.type)
        printType(*state.type);
      print(state.init);
    });
  }
  case StmtKind::Assign:
    return value("Assign", quoted(llvm::cast<AssignStmt>(stmt).target.name), llvm::cast<AssignStmt>(stmt).value);
  case StmtKind::Expr:
    return value("Evaluate", "", llvm::cast<ExprStmt>(stmt).expr);
  case StmtKind::For: {
    auto &loop = llvm::cast<ForStmt>(stmt);
    return node("For", "", stmt.range, [&] {
      printPattern(loop.pattern);
      print(loop.sequence);
      print(static_cast<const Expr &>(*loop.body));
    });
  }
  case StmtKind::Next:
    return value("Next", quoted(llvm::cast<NextStmt>(stmt).carry.name), llvm::cast<NextStmt>(stmt).value);
  case StmtKind::Emit:
    return value("Emit", "", llvm::cast<EmitStmt>(stmt).value);
  case StmtKind::Fit:
    return block("Fit", "", llvm::cast<FitStmt>(stmt).body);
  case StmtKind::Update:
    return block("Update", "", llvm::cast<UpdateStmt>(stmt).body);
  case StmtKind::Result:
    return value("Result", "", llvm::cast<ResultStmt>(stmt).value);
  case StmtKind::Prepare:
    return block("Prepare", quoted(llvm::cast<PrepareStmt>(stmt).gradients.name), llvm::cast<PrepareStmt>(stmt).body);
  }
}

} // namespace

void dlc::dsl::printAst(const SourceManager &sources, const Module &module, llvm::raw_ostream &os) {
  AstPrinter printer(sources, os);
  for (const DeclPtr &declaration : module.declarations)
    printer.print(*declaration);
}
