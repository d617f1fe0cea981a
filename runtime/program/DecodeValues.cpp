// Strings, places and formulas of a header, and the budget that bounds the work of decoding.
#include "runtime/program/Decoder.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace dlc::runtime {

using abi::kMaxFormulaDegree;
using abi::kMaxFormulaTerms;

bool Decoder::corrupt(const char *format, ...) {
  char fault[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(fault, sizeof fault, format, arguments);
  va_end(arguments);
  status_ = fail(error_, DLC_CORRUPT_FILE, "%s: %s", label_, fault);
  return false;
}

bool Decoder::outOfMemory() {
  status_ = fail(error_, DLC_OUT_OF_MEMORY, "%s: no memory for the tables of the program", label_);
  return false;
}

bool Decoder::spend(uint64_t elements) {
  if (elements > budget_)
    return corrupt("the header describes more than a program may hold");
  budget_ -= elements;
  return true;
}

bool Decoder::text(const flatbuffers::String *from, const char *what, const char **to) {
  if (!from || !from->size())
    return corrupt("%s is missing", what);
  return optionalText(from, to);
}

bool Decoder::optionalText(const flatbuffers::String *from, const char **to) {
  *to = "";
  if (!from)
    return true;
  if (!spend(from->size()))
    return false;
  // Callers see C strings: a zero inside would make two different names equal.
  if (memchr(from->c_str(), 0, from->size()))
    return corrupt("a text holds a zero byte");
  *to = from->c_str();
  return true;
}

bool Decoder::location(const schema::Location *from, Location *to) {
  *to = Location();
  if (!from)
    return true;
  if (from->line()) {
    if (from->source() >= program_.sourceCount)
      return corrupt("a location names source %u of %u", from->source(), program_.sourceCount);
    to->file = program_.sources[from->source()].name;
    to->line = from->line();
    to->column = from->column();
  }
  return optionalText(from->where(), &to->where);
}

bool Decoder::formula(const schema::Formula *from, const char *what, Formula *to) {
  if (!from)
    return corrupt("%s has no formula", what);
  uint32_t count = from->terms() ? from->terms()->size() : 0;
  if (count > kMaxFormulaTerms)
    return corrupt("the formula of %s has %u terms, at most %u are allowed", what, count, kMaxFormulaTerms);
  Term *terms;
  if (!spend(count) || !allocate(count, &terms))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    const schema::Term *term = from->terms()->Get(i);
    uint32_t degree = term->symbols() ? term->symbols()->size() : 0;
    if (degree > kMaxFormulaDegree)
      return corrupt("the formula of %s has degree %u, at most %u is allowed", what, degree, kMaxFormulaDegree);
    uint32_t *symbols;
    if (!spend(degree) || !allocate(degree, &symbols))
      return false;
    for (uint32_t j = 0; j < degree; ++j) {
      symbols[j] = term->symbols()->Get(j);
      if (symbols[j] >= program_.symbolCount)
        return corrupt("the formula of %s uses symbol %u of %u", what, symbols[j], program_.symbolCount);
      to->symbols |= uint64_t(1) << symbols[j];
    }
    terms[i] = {term->coefficient(), degree, symbols};
  }
  to->termCount = count;
  to->terms = terms;
  return true;
}

bool Decoder::print(const Formula &formula, const char **text) {
  uint64_t bytes = formula.printedBytes(program_.symbols);
  char *memory;
  if (!spend(bytes) || !allocate(bytes, &memory))
    return false;
  TextBuilder builder(memory, bytes);
  formula.print(builder, program_.symbols);
  *text = memory;
  return true;
}

} // namespace dlc::runtime
