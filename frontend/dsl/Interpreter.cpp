// Places, errors and limits of the interpreter.
#include "frontend/dsl/Interpreter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace dlc::dsl {

Interpreter::Interpreter(ModuleOp module, SourceManager &sources, Diagnostics &diagnostics, Type floatType)
    : context(module.getContext()), module(module), sources(sources), diagnostics(diagnostics),
      programFloat(floatType) {}

SourceRange Interpreter::userRange(SourceRange range) const {
  if (range.isValid() && !sources.isStandardLibrary(range.file))
    return range;
  for (const Frame &frame : llvm::reverse(frames))
    if (frame.callSite.isValid() && !sources.isStandardLibrary(frame.callSite.file))
      return frame.callSite;
  return range;
}

FileLineColLoc Interpreter::fileLocation(SourceRange range) const {
  range = userRange(range);
  if (!range.isValid())
    return FileLineColLoc::get(context, "", 0, 0);
  LineColumn position = sources.lineColumn(range);
  return FileLineColLoc::get(context, sources.name(range.file), position.line, position.column);
}

/// The source text of \p range on one line, cut to what a message can hold.
static std::string excerpt(const SourceManager &sources, SourceRange range) {
  constexpr size_t kLongest = 48;
  if (!range.isValid())
    return "";
  StringRef text = sources.text(range).take_until([](char c) { return c == '\n'; }).rtrim();
  if (text.size() <= kLongest)
    return text.str();
  // Cut at a character, not within one of several bytes.
  size_t length = kLongest;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
    --length;
  return text.take_front(length).str() + "...";
}

Place Interpreter::place(SourceRange range) {
  std::string name = frames.empty() || !frames.back().layer ? "" : frames.back().layer->path;
  std::string text = excerpt(sources, range);
  if (!text.empty())
    name += (name.empty() ? "" : "/") + text;
  Location location = fileLocation(range);
  if (!name.empty())
    location = NameLoc::get(StringAttr::get(context, name), location);
  return {scope->builder(), location};
}

bool Interpreter::canBuild(SourceRange range) {
  if (scope)
    return true;
  fail(range, "a tensor can only be made inside a model, layer, loss, metric or optimizer; a const and the fields of "
              "a train block are known at compile time");
  return false;
}

std::vector<DiagnosticNote> Interpreter::callTrace(SourceRange primary) const {
  std::vector<DiagnosticNote> notes;
  unsigned left = 0;
  SourceRange last = primary;
  for (const Frame &frame : llvm::reverse(frames)) {
    SourceRange site = frame.callSite;
    if (!site.isValid() || sources.isStandardLibrary(site.file))
      continue;
    if (site.file == last.file && site.begin == last.begin && site.end == last.end)
      continue;
    last = site;
    if (notes.size() < kMaxTraceNotes)
      notes.push_back({site, "in " + frame.what + ", called here"});
    else
      ++left;
  }
  if (left)
    notes.back().message += ", and " + std::to_string(left) + " calls further out";
  if (!run->context.empty())
    notes.push_back({run->contextPlace, run->context});
  if (!run->purpose.empty())
    notes.push_back({run->declaration, run->purpose});
  return notes;
}

/// "dropout: the rate …": checks of the library say where they are.
static bool namesItsFunction(StringRef message) {
  StringRef name = message.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
  return !name.empty() && message.drop_front(name.size()).starts_with(":");
}

Value Interpreter::report(SourceRange range, const Twine &message, ArrayRef<DiagnosticNote> notes) {
  if (aborted)
    return Value();
  SourceRange primary = userRange(range);
  std::string text = message.str();
  bool isInside = primary.file != range.file || primary.begin != range.begin || primary.end != range.end;
  if (isInside)
    for (const Frame &frame : llvm::reverse(frames)) {
      const SourceRange &site = frame.callSite;
      if (site.file != primary.file || site.begin != primary.begin || site.end != primary.end)
        continue;
      if (!frame.name.empty() && !namesItsFunction(text))
        text = frame.name + ": " + text;
      break;
    }
  Diagnostic &diagnostic = diagnostics.error(primary, text);
  // The same error met again (a shared layer, the other elaboration) has its notes already.
  if (!diagnostic.notes.empty())
    return Value();
  if (isInside)
    diagnostic.note(range, "in '" + excerpt(sources, range) + "'");
  for (const DiagnosticNote &note : notes)
    diagnostic.note(note.range, note.message);
  for (const DiagnosticNote &note : callTrace(primary))
    diagnostic.note(note.range, note.message);
  return Value();
}

Value Interpreter::fail(SourceRange range, const Twine &message) { return report(range, message, {}); }

Value Interpreter::fail(SourceRange range, const Twine &message, SourceRange noteRange, const Twine &note) {
  return report(range, message, {{noteRange, note.str()}});
}

Value Interpreter::abort(SourceRange range, const Twine &message) {
  report(range, message, {});
  aborted = true;
  return Value();
}

bool Interpreter::spend(SourceRange range, uint64_t units) {
  if (aborted)
    return false;
  spent += units;
  if (spent <= kMaxWork)
    return true;
  abort(range, "elaborating the program takes more than " + Twine(kMaxWork) +
                   " steps; unroll fewer iterations, or use a larger tensor instead of a loop");
  return false;
}

int64_t Interpreter::nextRandomId() {
  const std::string &path = frames.back().layer->path;
  std::string key = path + "#" + std::to_string(run->draws[path]++);
  return static_cast<int64_t>(llvm::xxh3_64bits(key) >> 1);
}

Value Interpreter::stepValue(StringRef name) { return Value::tensor(readVariable(name), /*weak=*/true); }

} // namespace dlc::dsl
