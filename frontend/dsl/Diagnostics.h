// What is wrong with a program: collected in order, rendered with an excerpt of the source.
#ifndef DLC_FRONTEND_DSL_DIAGNOSTICS_H
#define DLC_FRONTEND_DSL_DIAGNOSTICS_H

#include "frontend/dsl/SourceManager.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"
#include <deque>
#include <optional>

namespace dlc::dsl {

struct DiagnosticNote {
  SourceRange range; // may have no place
  std::string message;
};

/// An error.
struct Diagnostic {
  SourceRange range;   // may have no place
  std::string message; // lower case, no full stop
  std::vector<DiagnosticNote> notes;

  Diagnostic &note(SourceRange place, const llvm::Twine &text) {
    notes.push_back({place, text.str()});
    return *this;
  }
};

class Diagnostics {
public:
  /// Errors from this one on are counted, not kept: a broken file must not flood the screen.
  static constexpr size_t kMaxErrors = 50;

  explicit Diagnostics(const SourceManager &sources) : sources(sources) {}

  /// The returned object stays where it is; notes may be added to it later. The same message at the
  /// same place is kept once (a model is elaborated for training and for inference).
  Diagnostic &error(SourceRange range, const llvm::Twine &message);

  /// Puts those from number \p first on in the order of the source: a file's lexer reports before its parser.
  void sortByPlace(size_t first);

  bool hasErrors() const { return errors != 0; }
  /// Of all errors reported, kept or not.
  size_t errorCount() const { return errors; }
  const std::deque<Diagnostic> &all() const { return kept; }
  const SourceManager &sourceManager() const { return sources; }

  /// "file:line:column: error: message", the source line, a caret line; then the notes, a line each.
  void render(const Diagnostic &diagnostic, llvm::raw_ostream &os, bool color = false) const;
  void renderAll(llvm::raw_ostream &os, bool color = false) const;

private:
  const SourceManager &sources;
  std::deque<Diagnostic> kept;
  Diagnostic dropped{{}, "", {}};
  size_t errors = 0;
};

/// The candidate that \p name was most likely meant to be, by edit distance; nullopt when none is near.
std::optional<std::string> nearestName(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates);

/// "; did you mean 'dense'?" or "".
std::string didYouMean(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace dlc::dsl

#endif
