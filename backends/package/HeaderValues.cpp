// Strings, formulas and places of a header. Equal ones are written once.
#include "backends/package/ElementBytes.h"
#include "backends/package/HeaderBuilder.h"
#include "runtime/abi/ProgramNumbers.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::package;

void HeaderBuilder::report(const Twine &message) {
  emitError(location) << message;
  failed = true;
}

auto HeaderBuilder::text(StringRef text) -> Offset<flatbuffers::String> {
  // Readers see C strings.
  if (text.contains('\0'))
    report("a text of the program holds a zero byte");
  return builder.CreateSharedString(text.data(), text.size());
}

auto HeaderBuilder::formula(StringRef text) -> Offset<schema::Formula> {
  FailureOr<graph::SymbolicSize> size = graph::SymbolicSize::parse(text);
  if (mlir::failed(size)) {
    report("expected a formula of symbols, got '" + text + "'");
    return {};
  }
  return formula(*size);
}

auto HeaderBuilder::formula(const graph::SymbolicSize &size) -> Offset<schema::Formula> {
  std::string key = size.str();
  auto [entry, isNew] = formulas.try_emplace(key);
  if (!isNew)
    return entry->second;
  if (size.hasOverflowed() || size.terms().size() > abi::kMaxFormulaTerms)
    report("a formula is too large for a program file: " + key);
  Offsets<schema::Term> terms;
  for (const graph::SymbolicSize::Term &term : size.terms()) {
    std::vector<uint32_t> indices;
    for (const std::string &symbol : term.symbols) {
      auto found = symbolIndices.find(symbol);
      if (found == symbolIndices.end())
        report("the formula " + key + " uses " + symbol + ", which is no symbol of the program");
      else
        indices.push_back(found->second);
    }
    if (indices.size() > abi::kMaxFormulaDegree)
      report("the formula " + key + " has a degree above " + Twine(abi::kMaxFormulaDegree));
    terms.push_back(schema::CreateTerm(builder, term.coefficient, builder.CreateVector(indices)));
  }
  return entry->second = schema::CreateFormula(builder, builder.CreateVector(terms));
}

uint32_t HeaderBuilder::sourceIndex(StringRef path) {
  auto [entry, isNew] = sourceIndices.try_emplace(path, sourceTexts.size());
  if (isNew)
    sourceTexts.emplace_back(path.str(), "");
  return entry->second;
}

auto HeaderBuilder::place(const plan::SourcePlace &place) -> Offset<schema::Location> {
  bool known = place.line && !place.file.empty();
  if (!known && place.where.empty())
    return {};
  auto where = place.where.empty() ? Offset<flatbuffers::String>() : text(place.where);
  return schema::CreateLocation(builder, known ? sourceIndex(place.file) : 0, known ? place.line : 0,
                                known ? place.column : 0, where);
}

uint32_t HeaderBuilder::dataType(Type element) {
  std::optional<abi::DataType> type = dataTypeOf(element);
  if (!type) {
    std::string name;
    llvm::raw_string_ostream(name) << element;
    report("a program cannot hold elements of type " + name);
  }
  return uint32_t(type.value_or(abi::DataType::F32));
}
