// A loaded program and its block of variables, with owners; a thin layer over dlc.h.
#ifndef DLC_TOOLS_FIT_PROGRAM_H
#define DLC_TOOLS_FIT_PROGRAM_H

#include "dlc/dlc.h"
#include "tools/fit/AlignedBuffer.h"
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// Turns a failure of the runtime into a Problem, with the place in the model's source.
[[noreturn]] void throwRuntimeError(const std::string &path, const dlc_error &error);

class Program {
public:
  /// Throws a Problem: cannot read (Io); not a program, or no code for this CPU (BadInput).
  static Program load(const std::string &path);
  /// \p name: for messages.
  static Program fromBytes(std::string_view bytes, const std::string &name);

  const dlc_program *handle() const { return program.get(); }
  const std::string &path() const { return name; }
  std::string modelName() const { return dlc_program_name(handle()); }

  bool has(const std::string &function) const { return dlc_find_function(handle(), function.c_str()) >= 0; }
  /// Throws a Problem that lists the functions.
  uint32_t functionIndex(const std::string &function) const;
  dlc_function function(const std::string &function) const;
  std::vector<dlc_function> functions() const;
  std::vector<dlc_variable> variables() const;
  std::vector<dlc_kernel> kernels() const;
  std::vector<std::string> symbols() const;
  /// "recipe" and "layers"; null if the program has none. Throws a Problem if it is not JSON.
  nlohmann::json metadata(const char *key) const;
  /// The model's source file as it was given to the compiler; "" if no variable names one.
  std::string sourceFile() const;

private:
  struct Unload {
    void operator()(dlc_program *program) const { dlc_unload(program); }
  };
  Program(dlc_program *program, std::string name) : program(program), name(std::move(name)) {}
  std::unique_ptr<dlc_program, Unload> program;
  std::string name;
};

/// A copy of the program's variables that calls read and write.
class Variables {
public:
  explicit Variables(const Program &program);

  void *data() { return block.data(); }
  const void *data() const { return block.data(); }
  uint64_t bytes() const { return block.size(); }
  const Program &program() const { return *owner; }

  bool has(const std::string &name) const { return dlc_find_variable(owner->handle(), name.c_str()) >= 0; }
  dlc_variable describe(const std::string &name) const; // throws a Problem that lists the variables
  /// Scalars of any dtype, as numbers.
  int64_t integer(const std::string &name) const;
  double number(const std::string &name) const;
  void setInteger(const std::string &name, int64_t value);
  void setNumber(const std::string &name, double value);

  /// The whole block, to go back to.
  std::string snapshot() const { return std::string(block.data(), block.size()); }
  void restore(const std::string &snapshot);
  /// Back to the file's values.
  void reset();
  /// Writes the program with these variables, atomically. Throws a Problem (Io).
  void save(const std::string &path) const;

private:
  const char *address(const dlc_variable &variable) const { return block.data() + variable.offset; }
  const Program *owner;
  AlignedBuffer block;
};

} // namespace dlc::fit

#endif
