// The syntax tree of the model language. Plain data; every node knows its place. A tree that was
// parsed without errors has no null children but those marked "or null". Its height is bounded
// (kMaxHeight), so that recursion over it is safe.
#ifndef DLC_FRONTEND_DSL_AST_H
#define DLC_FRONTEND_DSL_AST_H

#include "frontend/dsl/SourceManager.h"
#include "llvm/Support/Casting.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::dsl::ast {

constexpr unsigned kMaxNesting = 200; // brackets, blocks and prefix operators within each other
constexpr unsigned kMaxHeight = 1000; // of the tree: also links of one chain a + b + c, f(x)(y), a |> b

struct Identifier {
  std::string name;
  SourceRange range;
};

// ---- expressions ----

enum class ExprKind : uint8_t {
  Int,
  Float,
  String,
  Bool,
  None,
  Name,
  Unary,
  Binary,
  Call,
  Index,
  Field,
  Lambda,
  If,
  Block,
  Tuple,
  List,
  Type,
  Scan,
};

struct Expr {
  const ExprKind kind;
  bool parenthesized = false; // written in parentheses of its own, which `range` leaves out
  SourceRange range;

  virtual ~Expr() = default;

protected:
  Expr(ExprKind kind, SourceRange range) : kind(kind), range(range) {}
};
using ExprPtr = std::unique_ptr<Expr>;

/// Gives an expression its kind, its constructor and what llvm::isa asks for.
template <ExprKind theKind> struct ExprNode : Expr {
  explicit ExprNode(SourceRange range) : Expr(theKind, range) {}
  static bool classof(const Expr *node) { return node->kind == theKind; }
};

struct IntExpr : ExprNode<ExprKind::Int> {
  using ExprNode::ExprNode;
  int64_t value = 0;
};

struct FloatExpr : ExprNode<ExprKind::Float> {
  using ExprNode::ExprNode;
  double value = 0;
};

struct StringExpr : ExprNode<ExprKind::String> {
  using ExprNode::ExprNode;
  std::string value; // escapes resolved
};

struct BoolExpr : ExprNode<ExprKind::Bool> {
  using ExprNode::ExprNode;
  bool value = false;
};

struct NoneExpr : ExprNode<ExprKind::None> {
  using ExprNode::ExprNode;
};

/// Also dtypes (`f32`) and compile-time types: they are names, resolved by the elaborator.
struct NameExpr : ExprNode<ExprKind::Name> {
  using ExprNode::ExprNode;
  std::string name;
};

enum class UnaryOp : uint8_t { Negate, Not };

struct UnaryExpr : ExprNode<ExprKind::Unary> {
  using ExprNode::ExprNode;
  UnaryOp op = UnaryOp::Negate;
  ExprPtr operand;
};

/// From the loosest to the tightest; comparisons do not chain, `**` groups from the right.
enum class BinaryOp : uint8_t {
  Pipe,
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  MatMul,
  Power,
};

/// "|>", "or", "==", …
llvm::StringRef spelling(BinaryOp op);
llvm::StringRef spelling(UnaryOp op);

struct BinaryExpr : ExprNode<ExprKind::Binary> {
  using ExprNode::ExprNode;
  BinaryOp op = BinaryOp::Pipe;
  SourceRange opRange;
  ExprPtr lhs, rhs;
};

/// `value` or `name = value`.
struct Argument {
  std::optional<Identifier> name;
  ExprPtr value;
  SourceRange range;
};

struct CallExpr : ExprNode<ExprKind::Call> {
  using ExprNode::ExprNode;
  ExprPtr callee;
  std::vector<Argument> arguments; // positional ones first
};

enum class SubscriptKind : uint8_t { Value, Slice, Ellipsis, NewAxis };

struct Subscript {
  SubscriptKind kind = SubscriptKind::Value;
  SourceRange range;
  ExprPtr value;             // Value only
  ExprPtr start, stop, step; // Slice only: each may be null
};

/// `x[:, -1]`, `x[..., 0:4]`, `x[none, ::2]`, also for lists and tuples.
struct IndexExpr : ExprNode<ExprKind::Index> {
  using ExprNode::ExprNode;
  ExprPtr base;
  std::vector<Subscript> subscripts; // not empty
};

struct FieldExpr : ExprNode<ExprKind::Field> {
  using ExprNode::ExprNode;
  ExprPtr base;
  Identifier field;
};

/// One entry of a type's brackets: a size, or `...` with or without a name (`...s`) for any number of them.
struct TypeDim {
  SourceRange range;
  ExprPtr size; // null for a rest
  bool isRest = false;
  std::optional<Identifier> restName;
};

/// `f32[batch, 28]`, `T[..., n]`, `f32` (no brackets: rank 0), and `int`, `bool`, … of hyper-parameters. Occurs in
/// type positions only; elsewhere `f32[2]` is an IndexExpr.
struct TypeExpr : ExprNode<ExprKind::Type> {
  using ExprNode::ExprNode;
  Identifier base;
  bool hasDims = false;
  std::vector<TypeDim> dims;
};
using TypePtr = std::unique_ptr<TypeExpr>;

struct Parameter {
  Identifier name;
  TypePtr type;         // or null
  ExprPtr defaultValue; // or null
  SourceRange range;
};

struct LambdaExpr : ExprNode<ExprKind::Lambda> {
  using ExprNode::ExprNode;
  std::vector<Parameter> parameters;
  ExprPtr body; // a BlockExpr when written with braces
};

struct Stmt;
using StmtPtr = std::unique_ptr<Stmt>;
struct ExprStmt;

struct BlockExpr : ExprNode<ExprKind::Block> {
  using ExprNode::ExprNode;
  ~BlockExpr() override;
  std::vector<StmtPtr> statements;
  /// The last statement's expression: what the block is worth. Null when it ends in another statement.
  const Expr *value() const;
};
using BlockPtr = std::unique_ptr<BlockExpr>;

struct IfExpr : ExprNode<ExprKind::If> {
  using ExprNode::ExprNode;
  ExprPtr condition;
  BlockPtr thenBlock;
  ExprPtr elseBranch; // a BlockExpr, an IfExpr (`else if`), or null
};

struct TupleExpr : ExprNode<ExprKind::Tuple> {
  using ExprNode::ExprNode;
  std::vector<ExprPtr> items;
  std::vector<Identifier> names; // `(recon = a, mu = b)`: one per item; else empty
};

struct ListExpr : ExprNode<ExprKind::List> {
  using ExprNode::ExprNode;
  std::vector<ExprPtr> items;
};

/// One name, or `(a, b)`; `_` binds nothing.
struct Pattern {
  SourceRange range;
  bool isTuple = false;
  std::vector<Identifier> names;
};

/// `scan xt over x axis 1 reverse r with (h = a, c = b) { … }`
struct ScanExpr : ExprNode<ExprKind::Scan> {
  using ExprNode::ExprNode;
  Pattern element;
  ExprPtr sequence;
  ExprPtr axis;                  // or null
  ExprPtr reverse;               // or null
  ExprPtr recompute;             // or null
  std::vector<Argument> carries; // all named
  BlockPtr body;
};

// ---- statements ----

enum class StmtKind : uint8_t { Let, Param, State, Assign, Expr, For, Next, Emit, Fit, Update, Result, Prepare };

struct Stmt {
  const StmtKind kind;
  SourceRange range;

  virtual ~Stmt() = default;

protected:
  Stmt(StmtKind kind, SourceRange range) : kind(kind), range(range) {}
};

template <StmtKind theKind> struct StmtNode : Stmt {
  explicit StmtNode(SourceRange range) : Stmt(theKind, range) {}
  static bool classof(const Stmt *node) { return node->kind == theKind; }
};

struct LetStmt : StmtNode<StmtKind::Let> {
  using StmtNode::StmtNode;
  Pattern pattern;
  ExprPtr value;
};

/// `param w: T[n, units] = init, regularizer = r, trainable = false`
struct ParamStmt : StmtNode<StmtKind::Param> {
  using StmtNode::StmtNode;
  Identifier name;
  TypePtr type;
  ExprPtr init;                  // or null
  std::vector<Argument> options; // all named
};

struct StateStmt : StmtNode<StmtKind::State> {
  using StmtNode::StmtNode;
  Identifier name;
  TypePtr type; // or null: that of the initial value
  ExprPtr init; // or null: zeros of the type
};

/// `name := value`
struct AssignStmt : StmtNode<StmtKind::Assign> {
  using StmtNode::StmtNode;
  Identifier target;
  ExprPtr value;
};

struct ExprStmt : StmtNode<StmtKind::Expr> {
  using StmtNode::StmtNode;
  ExprPtr expr;
};

struct ForStmt : StmtNode<StmtKind::For> {
  using StmtNode::StmtNode;
  Pattern pattern;
  ExprPtr sequence;
  BlockPtr body;
};

/// In a scan: `next h = value`.
struct NextStmt : StmtNode<StmtKind::Next> {
  using StmtNode::StmtNode;
  Identifier carry;
  ExprPtr value;
};

/// In a scan: `emit value`.
struct EmitStmt : StmtNode<StmtKind::Emit> {
  using StmtNode::StmtNode;
  ExprPtr value;
};

/// In a layer: `fit { … }`, run over the training rows before the first epoch.
struct FitStmt : StmtNode<StmtKind::Fit> {
  using StmtNode::StmtNode;
  BlockPtr body;
};

/// In a metric: `update { … }`.
struct UpdateStmt : StmtNode<StmtKind::Update> {
  using StmtNode::StmtNode;
  BlockPtr body;
};

/// In a metric: `result value`.
struct ResultStmt : StmtNode<StmtKind::Result> {
  using StmtNode::StmtNode;
  ExprPtr value;
};

/// In an optimizer: `prepare(grads) { … }`; the block is worth the new gradients.
struct PrepareStmt : StmtNode<StmtKind::Prepare> {
  using StmtNode::StmtNode;
  Identifier gradients;
  BlockPtr body;
};

// ---- declarations ----

enum class DeclKind : uint8_t { Import, Const, Fn, Layer, Model, Optimizer, Metric, Train };

struct Decl {
  const DeclKind kind;
  SourceRange range;
  Identifier name; // an import's is empty; a train block's is its model
  std::string doc; // the lines of `///` before it, without the slashes

  virtual ~Decl() = default;

protected:
  Decl(DeclKind kind, SourceRange range) : kind(kind), range(range) {}
};
using DeclPtr = std::unique_ptr<Decl>;

template <DeclKind theKind> struct DeclNode : Decl {
  explicit DeclNode(SourceRange range) : Decl(theKind, range) {}
  static bool classof(const Decl *node) { return node->kind == theKind; }
};

/// `-> T[..., n]`, `-> (a: f32[batch], b: f32[batch])` or `-> (f32[batch], f32[batch])`.
struct ResultItem {
  std::optional<Identifier> name;
  TypePtr type;
};
struct ResultSpec {
  SourceRange range;
  bool isTuple = false;
  std::vector<ResultItem> items; // not empty
};

struct ImportDecl : DeclNode<DeclKind::Import> {
  using DeclNode::DeclNode;
  std::string path;
  SourceRange pathRange;
};

struct ConstDecl : DeclNode<DeclKind::Const> {
  using DeclNode::DeclNode;
  ExprPtr value;
};

struct FnDecl : DeclNode<DeclKind::Fn> {
  using DeclNode::DeclNode;
  std::vector<Parameter> parameters;
  std::optional<ResultSpec> result;
  ExprPtr body; // a BlockExpr when written with braces
};

/// What a layer, model, optimizer and metric have in common.
struct TemplateDecl : Decl {
  bool hasHyperList = false;     // two parameter lists were written
  std::vector<Parameter> hypers; // the first of them
  std::vector<Parameter> inputs; // tensors: a layer's or model's inputs, (w, g), (p, y)
  std::optional<ResultSpec> result;
  BlockPtr body;

  static bool classof(const Decl *decl) {
    return decl->kind == DeclKind::Layer || decl->kind == DeclKind::Model || decl->kind == DeclKind::Optimizer ||
           decl->kind == DeclKind::Metric;
  }

protected:
  using Decl::Decl;
};
template <DeclKind theKind> struct TemplateNode : TemplateDecl {
  explicit TemplateNode(SourceRange range) : TemplateDecl(theKind, range) {}
  static bool classof(const Decl *decl) { return decl->kind == theKind; }
};

struct LayerDecl : TemplateNode<DeclKind::Layer> {
  using TemplateNode::TemplateNode;
};
struct ModelDecl : TemplateNode<DeclKind::Model> {
  using TemplateNode::TemplateNode;
};
struct OptimizerDecl : TemplateNode<DeclKind::Optimizer> {
  using TemplateNode::TemplateNode;
};
struct MetricDecl : TemplateNode<DeclKind::Metric> {
  using TemplateNode::TemplateNode;
};

struct TrainField {
  Identifier name;
  ExprPtr value;
};

/// `train Model(y: i32[batch]) { name = value … }`
struct TrainDecl : DeclNode<DeclKind::Train> {
  using DeclNode::DeclNode;
  std::vector<Parameter> targets;
  std::vector<TrainField> fields;
};

/// `//` and `///` comments, in order, for the printer.
struct Comment {
  SourceRange range; // without the line break
};

struct Module {
  FileId file = kNoFile;
  std::vector<DeclPtr> declarations;
  std::vector<Comment> comments;
};

} // namespace dlc::dsl::ast

#endif
