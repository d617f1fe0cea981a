// Walks the declaration that holds the place and keeps the names in scope, as the elaborator would bind them.
#include "tools/driver/DlNames.h"
#include "frontend/dsl/Builtins.h"
#include "frontend/dsl/Callable.h"
#include "frontend/dsl/Lexer.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlc;
using namespace dlc::dsl;
using namespace dlc::dsl::ast;

static bool touches(SourceRange range, uint32_t offset) { return range.begin <= offset && offset <= range.end; }

/// Without line breaks and what follows them in a block.
static std::string oneLine(llvm::StringRef text) {
  constexpr size_t kMaxBytes = 400;
  std::string line;
  llvm::StringRef first = text.take_front(kMaxBytes);
  for (char c : first)
    if (!llvm::isSpace(c))
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  return first.size() < text.size() ? line + "…" : llvm::StringRef(line).rtrim().str();
}

static std::string parameterList(const SourceManager &sources, const std::vector<Parameter> &parameters) {
  std::vector<std::string> texts;
  for (const Parameter &parameter : parameters)
    texts.push_back(oneLine(sources.text(parameter.range)));
  return "(" + llvm::join(texts, ", ") + ")";
}

std::string dlc::signatureOf(const SourceManager &sources, const Decl &decl) {
  auto resultOf = [&](const std::optional<ResultSpec> &result) {
    return result ? " -> " + oneLine(sources.text(result->range)) : "";
  };
  std::string head = kindText(decl.kind).str() + " " + decl.name.name;
  if (auto *function = llvm::dyn_cast<FnDecl>(&decl))
    return head + parameterList(sources, function->parameters) + resultOf(function->result);
  if (auto *declared = llvm::dyn_cast<TemplateDecl>(&decl))
    return head + (declared->hasHyperList ? parameterList(sources, declared->hypers) : "") +
           parameterList(sources, declared->inputs) + resultOf(declared->result);
  if (auto *train = llvm::dyn_cast<TrainDecl>(&decl))
    return head + (train->targets.empty() ? "" : parameterList(sources, train->targets));
  return oneLine(sources.text(decl.range));
}

namespace {

class NameFinder {
public:
  NameFinder(const SourceManager &sources, const LoadedProgram &program, uint32_t offset)
      : sources(sources), program(program), offset(offset) {}

  void walk(const Decl &decl);
  /// A name that is not local.
  void useGlobal(llvm::StringRef name, SourceRange range);

  std::optional<DlName> found;

private:
  struct Local {
    llvm::StringRef name;
    SourceRange range, declared;
  };

  void bind(const Identifier &name, SourceRange declared) { bind(name.name, name.range, declared); }
  void bind(llvm::StringRef name, SourceRange range, SourceRange declared) {
    locals.push_back({name, range, declared});
    use(name, range);
  }
  bool useLocal(llvm::StringRef name, SourceRange range);
  void use(llvm::StringRef name, SourceRange range) {
    if (touches(range, offset) && !useLocal(name, range))
      useGlobal(name, range);
  }
  const Decl *globalDeclaration(llvm::StringRef name) const;
  bool isLocal(llvm::StringRef name) const {
    return llvm::any_of(locals, [&](const Local &local) { return local.name == name; });
  }

  void walk(const std::vector<Parameter> &parameters);
  void walk(const TypeExpr *type, bool bindsSizes);
  void walk(const std::optional<ResultSpec> &result);
  void walk(const std::vector<Argument> &arguments);
  void bindPattern(const Pattern &pattern, SourceRange declared);

  template <typename Node> void walk(const std::unique_ptr<Node> &node) { walk(static_cast<const Expr *>(node.get())); }
  void walk(const Expr *expr);
  void walkCall(const CallExpr &call);
  void walkArgumentName(const CallExpr &call, const Identifier &name);
  void walkSubscripts(const IndexExpr &index);
  void walkScan(const ScanExpr &scan);
  void walkBlock(const BlockExpr &block);
  void walk(const Stmt &stmt);
  void walkBinding(const Stmt &stmt);

  const SourceManager &sources;
  const LoadedProgram &program;
  uint32_t offset;
  std::vector<Local> locals; // the innermost last
};

// ---- meaning ----

bool NameFinder::useLocal(llvm::StringRef name, SourceRange range) {
  for (const Local &local : llvm::reverse(locals))
    if (local.name == name) {
      found = DlName{range, local.range, nullptr, oneLine(sources.text(local.declared))};
      return true;
    }
  return false;
}

/// The user's files come before the library, as in the elaborator.
const Decl *NameFinder::globalDeclaration(llvm::StringRef name) const {
  for (bool isLibrary : {false, true})
    for (const Module &module : llvm::reverse(program.modules))
      if (sources.isStandardLibrary(module.file) == isLibrary)
        for (const DeclPtr &decl : module.declarations)
          if (decl && decl->name.name == name && !llvm::isa<ImportDecl, TrainDecl>(*decl))
            return decl.get();
  return nullptr;
}

static std::optional<std::string> builtinSignature(llvm::StringRef name) {
  Environment env;
  builtinTable().bindAll(env);
  Binding *binding = env.find(name);
  if (!binding || !binding->value.is(ValueKind::Builtin))
    return std::nullopt;
  const Builtin &builtin = *binding->value.asBuiltin();
  std::vector<std::string> parameters;
  for (const BuiltinParameter &parameter : builtin.parameters)
    parameters.push_back(parameter.name + (parameter.defaultValue ? " = " + parameter.defaultValue->text() : ""));
  if (builtin.takesMore)
    parameters.push_back("...");
  return "fn " + builtin.name + "(" + llvm::join(parameters, ", ") + ")";
}

void NameFinder::useGlobal(llvm::StringRef name, SourceRange range) {
  if (const Decl *decl = globalDeclaration(name))
    found = DlName{range, decl->name.range, decl, signatureOf(sources, *decl)};
  else if (std::optional<std::string> signature = builtinSignature(name))
    found = DlName{range, {}, nullptr, *signature};
}

// ---- declarations ----

void NameFinder::walk(const Decl &decl) {
  if (touches(decl.name.range, offset) && !decl.name.name.empty()) {
    if (llvm::isa<TrainDecl>(decl))
      useGlobal(decl.name.name, decl.name.range);
    else
      found = DlName{decl.name.range, decl.name.range, &decl, signatureOf(sources, decl)};
    return;
  }
  if (auto *constant = llvm::dyn_cast<ConstDecl>(&decl)) {
    walk(constant->value);
  } else if (auto *function = llvm::dyn_cast<FnDecl>(&decl)) {
    walk(function->parameters);
    walk(function->result);
    walk(function->body);
  } else if (auto *declared = llvm::dyn_cast<TemplateDecl>(&decl)) {
    walk(declared->hypers);
    walk(declared->inputs);
    walk(declared->result);
    walk(declared->body);
  } else if (auto *train = llvm::dyn_cast<TrainDecl>(&decl)) {
    walk(train->targets);
    for (const TrainField &field : train->fields)
      walk(field.value);
  }
}

void NameFinder::walk(const std::vector<Parameter> &parameters) {
  for (const Parameter &parameter : parameters) {
    walk(parameter.type.get(), /*bindsSizes=*/true);
    walk(parameter.defaultValue);
    bind(parameter.name, parameter.range);
  }
}

void NameFinder::walk(const std::optional<ResultSpec> &result) {
  if (result)
    for (const ResultItem &item : result->items)
      walk(item.type.get(), /*bindsSizes=*/true);
}

/// A size or dtype in a signature is bound where it is first met, unless a const has its name.
void NameFinder::walk(const TypeExpr *type, bool bindsSizes) {
  if (!type)
    return;
  auto isFree = [&](llvm::StringRef name) {
    const Decl *global = globalDeclaration(name);
    return bindsSizes && !isLocal(name) && !(global && llvm::isa<ConstDecl>(*global));
  };
  const Identifier &base = type->base;
  if (!base.name.empty() && llvm::isUpper(base.name.front()) && isFree(base.name))
    bind(base, type->range);
  else if (touches(base.range, offset))
    useLocal(base.name, base.range);
  for (const TypeDim &dim : type->dims) {
    auto *name = llvm::dyn_cast_or_null<NameExpr>(dim.size.get());
    if (name && isFree(name->name))
      bind(name->name, name->range, type->range);
    else if (dim.restName && isFree(dim.restName->name))
      bind(*dim.restName, type->range);
    else if (dim.restName)
      use(dim.restName->name, dim.restName->range);
    else
      walk(dim.size);
  }
}

void NameFinder::bindPattern(const Pattern &pattern, SourceRange declared) {
  for (const Identifier &name : pattern.names)
    bind(name, declared);
}

// ---- expressions ----

void NameFinder::walk(const Expr *expr) {
  if (!expr)
    return;
  size_t outer = locals.size();
  switch (expr->kind) {
  case ExprKind::Name:
    return use(llvm::cast<NameExpr>(expr)->name, expr->range);
  case ExprKind::Unary:
    return walk(llvm::cast<UnaryExpr>(expr)->operand);
  case ExprKind::Binary:
    walk(llvm::cast<BinaryExpr>(expr)->lhs);
    return walk(llvm::cast<BinaryExpr>(expr)->rhs);
  case ExprKind::Call:
    return walkCall(*llvm::cast<CallExpr>(expr));
  case ExprKind::Index:
    return walkSubscripts(*llvm::cast<IndexExpr>(expr));
  case ExprKind::Field:
    return walk(llvm::cast<FieldExpr>(expr)->base);
  case ExprKind::Lambda:
    walk(llvm::cast<LambdaExpr>(expr)->parameters);
    walk(llvm::cast<LambdaExpr>(expr)->body);
    locals.resize(outer);
    return;
  case ExprKind::If:
    walk(llvm::cast<IfExpr>(expr)->condition);
    walk(llvm::cast<IfExpr>(expr)->thenBlock);
    return walk(llvm::cast<IfExpr>(expr)->elseBranch);
  case ExprKind::Block:
    return walkBlock(*llvm::cast<BlockExpr>(expr));
  case ExprKind::Tuple:
    for (const ExprPtr &item : llvm::cast<TupleExpr>(expr)->items)
      walk(item);
    return;
  case ExprKind::List:
    for (const ExprPtr &item : llvm::cast<ListExpr>(expr)->items)
      walk(item);
    return;
  case ExprKind::Type:
    return walk(llvm::cast<TypeExpr>(expr), /*bindsSizes=*/false);
  case ExprKind::Scan:
    return walkScan(*llvm::cast<ScanExpr>(expr));
  case ExprKind::Int:
  case ExprKind::Float:
  case ExprKind::String:
  case ExprKind::Bool:
  case ExprKind::None:
    return;
  }
}

void NameFinder::walkCall(const CallExpr &call) {
  walk(call.callee);
  for (const Argument &argument : call.arguments) {
    if (argument.name && touches(argument.name->range, offset))
      walkArgumentName(call, *argument.name);
    walk(argument.value);
  }
}

/// `units` in `dense(units = 3)`: the callee's parameter.
void NameFinder::walkArgumentName(const CallExpr &call, const Identifier &name) {
  auto *callee = llvm::dyn_cast_or_null<NameExpr>(call.callee.get());
  const Decl *decl = callee && !isLocal(callee->name) ? globalDeclaration(callee->name) : nullptr;
  auto find = [&](const std::vector<Parameter> &parameters) {
    for (const Parameter &parameter : parameters)
      if (parameter.name.name == name.name)
        found = DlName{name.range, parameter.name.range, nullptr, oneLine(sources.text(parameter.range))};
  };
  if (auto *function = llvm::dyn_cast_or_null<FnDecl>(decl)) {
    find(function->parameters);
  } else if (auto *declared = llvm::dyn_cast_or_null<TemplateDecl>(decl)) {
    find(declared->inputs);
    find(declared->hypers);
  }
}

void NameFinder::walk(const std::vector<Argument> &arguments) {
  for (const Argument &argument : arguments)
    walk(argument.value);
}

void NameFinder::walkSubscripts(const IndexExpr &index) {
  walk(index.base);
  for (const Subscript &subscript : index.subscripts) {
    walk(subscript.value);
    walk(subscript.start);
    walk(subscript.stop);
    walk(subscript.step);
  }
}

void NameFinder::walkScan(const ScanExpr &scan) {
  walk(scan.sequence);
  walk(scan.axis);
  walk(scan.reverse);
  walk(scan.carries);
  size_t outer = locals.size();
  bindPattern(scan.element, scan.element.range);
  for (const Argument &carry : scan.carries)
    if (carry.name)
      bind(*carry.name, carry.range);
  walk(scan.body);
  locals.resize(outer);
}

void NameFinder::walkBlock(const BlockExpr &block) {
  size_t outer = locals.size();
  for (const StmtPtr &stmt : block.statements)
    if (stmt)
      walk(*stmt);
  locals.resize(outer);
}

// ---- statements ----

void NameFinder::walk(const Stmt &stmt) {
  switch (stmt.kind) {
  case StmtKind::Assign:
    use(llvm::cast<AssignStmt>(stmt).target.name, llvm::cast<AssignStmt>(stmt).target.range);
    return walk(llvm::cast<AssignStmt>(stmt).value);
  case StmtKind::Expr:
    return walk(llvm::cast<ExprStmt>(stmt).expr);
  case StmtKind::Next:
    use(llvm::cast<NextStmt>(stmt).carry.name, llvm::cast<NextStmt>(stmt).carry.range);
    return walk(llvm::cast<NextStmt>(stmt).value);
  case StmtKind::Emit:
    return walk(llvm::cast<EmitStmt>(stmt).value);
  case StmtKind::Fit:
    return walk(llvm::cast<FitStmt>(stmt).body);
  case StmtKind::Update:
    return walk(llvm::cast<UpdateStmt>(stmt).body);
  case StmtKind::Result:
    return walk(llvm::cast<ResultStmt>(stmt).value);
  case StmtKind::Let:
  case StmtKind::Param:
  case StmtKind::State:
  case StmtKind::For:
  case StmtKind::Prepare:
    return walkBinding(stmt);
  }
}

/// The names of let, param and state are in scope from here to the end of the block.
void NameFinder::walkBinding(const Stmt &stmt) {
  size_t outer = locals.size();
  if (auto *let = llvm::dyn_cast<LetStmt>(&stmt)) {
    walk(let->value);
    bindPattern(let->pattern, let->range);
  } else if (auto *param = llvm::dyn_cast<ParamStmt>(&stmt)) {
    walk(param->type.get(), /*bindsSizes=*/false);
    walk(param->init);
    walk(param->options);
    bind(param->name, param->range);
  } else if (auto *state = llvm::dyn_cast<StateStmt>(&stmt)) {
    walk(state->type.get(), /*bindsSizes=*/false);
    walk(state->init);
    bind(state->name, state->range);
  } else if (auto *loop = llvm::dyn_cast<ForStmt>(&stmt)) {
    walk(loop->sequence);
    bindPattern(loop->pattern, loop->pattern.range);
    walk(loop->body);
    locals.resize(outer);
  } else if (auto *prepare = llvm::dyn_cast<PrepareStmt>(&stmt)) {
    bind(prepare->gradients, prepare->gradients.range);
    walk(prepare->body);
    locals.resize(outer);
  }
}

} // namespace

/// The token at \p offset if it is a name and not a field.
static std::optional<SourceRange> nameToken(const SourceManager &sources, FileId file, uint32_t offset) {
  Diagnostics ignored(sources);
  LexedFile lexed = lex(sources, file, ignored);
  for (size_t i = 0; i < lexed.tokens.size(); ++i) {
    const Token &token = lexed.tokens[i];
    SourceRange range{file, token.begin, token.end};
    if (token.is(TokenKind::Name) && touches(range, offset) && !(i > 0 && lexed.tokens[i - 1].is(TokenKind::Dot)))
      return range;
  }
  return std::nullopt;
}

std::optional<DlName> dlc::nameAt(const SourceManager &sources, const LoadedProgram &program, uint32_t offset) {
  const Module &main = program.main();
  if (main.file == kNoFile)
    return std::nullopt;
  std::optional<SourceRange> token = nameToken(sources, main.file, offset);
  if (!token)
    return std::nullopt;
  NameFinder finder(sources, program, offset);
  for (const DeclPtr &decl : main.declarations)
    if (decl && touches(decl->range, offset)) {
      finder.walk(*decl);
      return finder.found;
    }
  // Text that could not be parsed: it has no scopes.
  finder.useGlobal(sources.text(*token), *token);
  return finder.found;
}
