// Turns the flatbuffer of a program into the tables of Program.h, and checks everything about it on the way: indices,
// formulas, places of variables, ports, buffers, steps, kernel entries. A header that decodes cannot make the runtime
// crash; what native code does is another matter (dlc_load_options.allow_code).
#ifndef DLC_RUNTIME_PROGRAM_DECODER_H
#define DLC_RUNTIME_PROGRAM_DECODER_H

#include "runtime/program/Program.h"
#include "runtime/schema/program_generated.h"

namespace dlc::runtime {

class Decoder {
public:
  /// \p program has its file mapped and its preamble checked. \p label names the file in messages.
  Decoder(dlc_program &program, const char *label, dlc_error *error)
      : program_(program), label_(label), error_(error) {}

  dlc_status decode();

private:
  template <typename T> using Tables = flatbuffers::Vector<flatbuffers::Offset<T>>;

  // DecodeSegments.cpp
  bool findSegments();
  bool verifyHeader();
  bool decodeTargets();
  bool checkImage(const Target &target);

  // DecodeTables.cpp
  bool decodeSymbols();
  bool decodeTexts();
  bool decodeVariables();
  bool decodeVariable(const schema::Variable &from, dlc_variable *to);
  bool checkVariablePlaces();
  bool decodeKernels();

  // DecodeFunctions.cpp
  bool decodeFunctions();
  bool decodeFunction(const schema::Function &from, Function *to);
  bool decodePorts(const Tables<schema::Port> *from, const char *function, abi::PortRole lowestRole,
                   abi::PortRole highestRole, const dlc_port **ports, const Formula *const **dims);
  bool decodePort(const schema::Port &from, const char *function, dlc_port *to, const Formula **dims);
  bool decodeSlots(const schema::Function &from, Function *to);
  bool decodeBuffers(const schema::Function &from, Function *to);
  bool checkBuffer(const Buffer &buffer, const Function &function, uint32_t index);

  // DecodeSteps.cpp
  bool decodeSteps(const schema::Function &from, Function *to);
  bool checkLaunch(const Step &step, Function *function, uint32_t index);
  bool decodeLoop(const schema::Step &from, Step *to, const Function &function, uint32_t index);
  bool checkLoops(const Function &function);
  bool checkStep(const Step &step, Function *function, uint32_t index);
  bool checkSymbols(const Function &function);

  // DecodeValues.cpp
  bool text(const flatbuffers::String *from, const char *what, const char **to);
  bool optionalText(const flatbuffers::String *from, const char **to);
  bool location(const schema::Location *from, Location *to);
  bool formula(const schema::Formula *from, const char *what, Formula *to);
  bool print(const Formula &formula, const char **text);

  /// Records a fault of the file; returns false.
  [[gnu::format(printf, 2, 3)]] bool corrupt(const char *format, ...);
  /// Vectors may be shared inside a flatbuffer, so a small file can describe much work. Every element looked at is
  /// paid from one budget.
  bool spend(uint64_t elements);
  /// Zeroed elements in the program's arena; records the error when there are none.
  template <typename T> bool allocate(uint64_t count, T **to) {
    *to = program_.arena.template array<T>(count);
    return *to || outOfMemory();
  }
  bool reserve(NameTable &table, uint32_t count) { return table.reserve(program_.arena, count) || outOfMemory(); }
  bool outOfMemory();

  dlc_program &program_;
  const char *label_;
  dlc_error *error_;
  const schema::Program *header_ = nullptr;
  dlc_status status_ = DLC_OK;
  uint64_t budget_ = uint64_t(32) << 20;
};

} // namespace dlc::runtime

#endif
