// The printer's state. Its functions are spread over Printer*.cpp by what they print.
//
// Comments are not part of the tree: each is claimed, in order, by the first thing that is printed and stands
// behind it in the source.
#ifndef DLC_FRONTEND_DSL_PRINTERCORE_H
#define DLC_FRONTEND_DSL_PRINTERCORE_H

#include "frontend/dsl/Ast.h"
#include "frontend/dsl/FormatDocument.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <functional>

namespace dlc::dsl {

class Printer {
public:
  Printer(const SourceManager &sources, const ast::Module &module)
      : sources(sources), module(module), text(sources.text(module.file)) {}

  std::string print();

private:
  // Things one under another, and the comments between them (Printer.cpp).
  struct Lines {
    uint32_t end; // in the source: of the last thing, first of what is before all
    std::vector<Format> things;
    std::vector<bool> blankBefore; // one for each thing
    Format opening = nullptr;      // comments on the line of the opening brace
  };
  void takeComments(Lines &lines, uint32_t before);
  void addThing(Lines &lines, SourceRange range, Format thing, bool wantsBlank = false);
  Format joined(const Lines &lines, bool canBeFlat);
  /// Comments before \p offset as ends of the line that is printed now.
  Format inlineComments(uint32_t offset);
  bool hasComment(uint32_t begin, uint32_t end) const;
  bool hasLineBreak(uint32_t begin, uint32_t end) const;
  bool hasBlankLine(uint32_t begin, uint32_t end) const;
  llvm::StringRef textOf(SourceRange range) const { return sources.text(range); }

  // Lists in brackets (PrinterLists.cpp).
  struct ListItem {
    SourceRange range;
    std::function<Format()> print;
    bool hasBlock = false; // spread over several lines: the list is not aligned
  };
  Format list(llvm::StringRef opening, llvm::StringRef closing, llvm::ArrayRef<ListItem> items);
  Format separator(uint32_t previousEnd, uint32_t next, Format &previous, int indent);
  uint32_t closingBracketAfter(uint32_t offset) const;
  Format parameters(const std::vector<ast::Parameter> &parameters);
  Format arguments(const std::vector<ast::Argument> &arguments);
  Format expressions(llvm::StringRef opening, llvm::StringRef closing, const std::vector<ast::ExprPtr> &items);
  Format parameter(const ast::Parameter &parameter);
  Format argument(const ast::Argument &argument);
  Format type(const ast::TypeExpr &type);
  Format result(const std::optional<ast::ResultSpec> &result);
  Format pattern(const ast::Pattern &pattern);

  // Declarations (Printer.cpp).
  Format declaration(const ast::Decl &declaration);
  Format function(const ast::FnDecl &function);
  Format templateDeclaration(llvm::StringRef word, const ast::TemplateDecl &declaration);
  Format train(const ast::TrainDecl &train);
  std::vector<size_t> fieldWidths(const ast::TrainDecl &train) const;

  // Statements (PrinterStatements.cpp).
  Format block(const ast::BlockExpr &block);
  Format blockInGroup(const ast::BlockExpr &block, bool isForced);
  bool isSpread(const ast::BlockExpr &block) const;
  Format statement(const ast::Stmt &statement);
  Format param(const ast::ParamStmt &param);

  // Expressions (PrinterExpressions.cpp).
  Format expression(const ast::Expr &expr);
  Format unparenthesized(const ast::Expr &expr);
  Format pipe(const ast::BinaryExpr &pipe);
  Format chain(const ast::BinaryExpr &binary);
  Format subscript(const ast::Subscript &subscript);
  Format lambda(const ast::LambdaExpr &lambda);
  Format branch(const ast::IfExpr &branch);
  Format tuple(const ast::TupleExpr &tuple);
  Format scan(const ast::ScanExpr &scan);
  bool hasSpreadBlock(const ast::Expr &expr) const;

  Format word(llvm::StringRef word) { return doc.text(word); }
  Format cat(llvm::ArrayRef<Format> parts) { return doc.concat(parts); }

  const SourceManager &sources;
  const ast::Module &module;
  llvm::StringRef text;
  FormatDocument doc;
  size_t nextComment = 0;
};

} // namespace dlc::dsl

#endif
