#include "tools/fit/Program.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/Problem.h"
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace dlc::fit {
namespace {

std::string remedyFor(const dlc_error &error) {
  switch (error.code) {
  case DLC_CORRUPT_FILE:
    return "make it again with dlc compile or dlc train, or copy it again";
  case DLC_IO_ERROR:
    return std::strstr(error.text, std::strerror(ENOSPC)) ? "make room on the disk, or choose another one" : "";
  case DLC_UNSUPPORTED:
    return "compile the model again on this machine";
  default:
    return "";
  }
}

std::string placeOf(const std::string &path, const dlc_error &error) {
  if (!error.line)
    return path;
  return std::string(error.file) + ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
}

dlc_error emptyError() {
  dlc_error error = {};
  error.struct_size = sizeof error;
  return error;
}

dlc_load_options trusted() {
  dlc_load_options options = {};
  options.struct_size = sizeof options;
  options.allow_code = 1;
  return options;
}

} // namespace

// What the runtime says names the file once more: "cannot write /home/me/model.dlm: No space left on device".
static std::string withoutPath(std::string text, const std::string &path) {
  size_t end = text.find(path + ": ");
  if (path.empty() || end == std::string::npos)
    return text;
  size_t begin = text.compare(0, 7, "cannot ") == 0 ? text.find(' ', 7) : 0;
  return begin ? text.erase(begin, end + path.size() - begin) : text.erase(0, end + path.size() + 2);
}

void throwRuntimeError(const std::string &path, const dlc_error &error) {
  ExitCode code = error.code == DLC_IO_ERROR || error.code == DLC_OUT_OF_MEMORY ? ExitCode::Io : ExitCode::BadInput;
  std::string where = *error.where ? std::string(" (in ") + error.where + ")" : "";
  throw Problem(code, placeOf(path, error), withoutPath(error.text, path) + where, remedyFor(error));
}

Program Program::load(const std::string &path) {
  dlc_program *program = nullptr;
  dlc_error error = emptyError();
  dlc_load_options options = trusted();
  if (dlc_load(path.c_str(), &options, &program, &error))
    throwRuntimeError(path, error);
  return Program(program, path);
}

Program Program::fromBytes(std::string_view bytes, const std::string &name) {
  dlc_program *program = nullptr;
  dlc_error error = emptyError();
  dlc_load_options options = trusted();
  if (dlc_load_memory(bytes.data(), bytes.size(), &options, &program, &error))
    throwRuntimeError(name, error);
  return Program(program, name);
}

uint32_t Program::functionIndex(const std::string &function) const {
  int32_t index = dlc_find_function(handle(), function.c_str());
  if (index >= 0)
    return static_cast<uint32_t>(index);
  std::vector<std::string> names;
  for (const dlc_function &other : functions())
    names.push_back(other.name);
  bool trains = function == "train_step" || function == "eval_step";
  throw Problem(ExitCode::BadInput, name, "the program has no function " + function + "; it has " + listNames(names),
                trains ? "add a block train " + modelName() + "(…) { … } with a loss and an optimizer to the model"
                       : "");
}

dlc_function Program::function(const std::string &function) const {
  dlc_function description = {};
  dlc_get_function(handle(), functionIndex(function), &description);
  return description;
}

std::vector<dlc_function> Program::functions() const {
  std::vector<dlc_function> all(dlc_function_count(handle()));
  for (uint32_t i = 0; i < all.size(); ++i)
    dlc_get_function(handle(), i, &all[i]);
  return all;
}

std::vector<dlc_variable> Program::variables() const {
  std::vector<dlc_variable> all(dlc_variable_count(handle()));
  for (uint32_t i = 0; i < all.size(); ++i)
    dlc_get_variable(handle(), i, &all[i]);
  return all;
}

std::vector<dlc_kernel> Program::kernels() const {
  std::vector<dlc_kernel> all(dlc_kernel_count(handle()));
  for (uint32_t i = 0; i < all.size(); ++i)
    dlc_get_kernel(handle(), i, &all[i]);
  return all;
}

std::vector<std::string> Program::symbols() const {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < dlc_symbol_count(handle()); ++i)
    names.push_back(dlc_symbol_name(handle(), i));
  return names;
}

nlohmann::json Program::metadata(const char *key) const {
  const char *text = dlc_metadata(handle(), key);
  if (!text || !*text)
    return nullptr;
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded())
    throw Problem(ExitCode::BadInput, name, std::string("the program's ") + key + " is not JSON",
                  "make it again with dlc compile or dlc train, or copy it again");
  return value;
}

std::string Program::sourceFile() const {
  // Layers of the standard library have places of their own; the model's file is the one whose text is in the program.
  for (const dlc_variable &variable : variables())
    if (*variable.file && dlc_metadata(handle(), (std::string("source:") + variable.file).c_str()))
      return variable.file;
  nlohmann::json layers = metadata("layers");
  if (layers.is_array())
    for (const nlohmann::json &layer : layers)
      if (layer.is_object() && layer.contains("file") && layer["file"].is_string())
        return layer["file"];
  return "";
}

Variables::Variables(const Program &program) : owner(&program), block(dlc_variables_bytes(program.handle())) {
  reset();
}

void Variables::reset() {
  if (block.size())
    std::memcpy(block.data(), dlc_initial_variables(owner->handle()), block.size());
}

void Variables::restore(const std::string &snapshot) { std::memcpy(block.data(), snapshot.data(), snapshot.size()); }

dlc_variable Variables::describe(const std::string &name) const {
  int32_t index = dlc_find_variable(owner->handle(), name.c_str());
  if (index < 0) {
    std::vector<std::string> names;
    for (const dlc_variable &variable : owner->variables())
      names.push_back(variable.name);
    throw Problem(ExitCode::BadInput, owner->path(), "the program has no variable '" + name + "'",
                  suggestName(name, names, "it has "));
  }
  dlc_variable variable = {};
  dlc_get_variable(owner->handle(), static_cast<uint32_t>(index), &variable);
  return variable;
}

double Variables::number(const std::string &name) const {
  dlc_variable variable = describe(name);
  const char *from = address(variable);
  switch (variable.dtype) {
  case DLC_F32:
    return *reinterpret_cast<const float *>(from);
  case DLC_F64:
    return *reinterpret_cast<const double *>(from);
  default:
    return static_cast<double>(integer(name));
  }
}

int64_t Variables::integer(const std::string &name) const {
  dlc_variable variable = describe(name);
  const char *from = address(variable);
  switch (variable.dtype) {
  case DLC_I64:
    return *reinterpret_cast<const int64_t *>(from);
  case DLC_I32:
    return *reinterpret_cast<const int32_t *>(from);
  case DLC_F32:
  case DLC_F64:
    return static_cast<int64_t>(number(name));
  default:
    return *reinterpret_cast<const int8_t *>(from);
  }
}

void Variables::setNumber(const std::string &name, double value) {
  dlc_variable variable = describe(name);
  char *to = block.data() + variable.offset;
  if (variable.rank)
    throw Problem(ExitCode::Usage, name, "is not a single number");
  switch (variable.dtype) {
  case DLC_F32:
    *reinterpret_cast<float *>(to) = static_cast<float>(value);
    break;
  case DLC_F64:
    *reinterpret_cast<double *>(to) = value;
    break;
  default:
    setInteger(name, static_cast<int64_t>(value));
  }
}

void Variables::setInteger(const std::string &name, int64_t value) {
  dlc_variable variable = describe(name);
  char *to = block.data() + variable.offset;
  switch (variable.dtype) {
  case DLC_I64:
    *reinterpret_cast<int64_t *>(to) = value;
    break;
  case DLC_I32:
    *reinterpret_cast<int32_t *>(to) = static_cast<int32_t>(value);
    break;
  case DLC_F32:
  case DLC_F64:
    setNumber(name, static_cast<double>(value));
    break;
  default:
    *reinterpret_cast<int8_t *>(to) = static_cast<int8_t>(value);
  }
}

void Variables::save(const std::string &path) const {
  dlc_error error = emptyError();
  if (dlc_save(owner->handle(), block.data(), path.c_str(), &error))
    throwRuntimeError(path, error);
}

} // namespace dlc::fit
