#include "runtime/core/Failure.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace dlc::runtime {
namespace {

void copyText(char *to, size_t size, const char *from) {
  size_t length = strnlen(from, size - 1);
  memcpy(to, from, length);
  to[length] = '\0';
}

void fill(dlc_error *error, dlc_status code, const Location &location, const char *format, va_list arguments) {
  if (!error || error->struct_size < sizeof(dlc_error))
    return;
  error->code = code;
  error->line = location.line;
  error->column = location.column;
  copyText(error->file, sizeof error->file, location.file);
  copyText(error->where, sizeof error->where, location.where);
  vsnprintf(error->text, sizeof error->text, format, arguments);
}

// strerror_r returns the text in GNU's libc, and a status in POSIX's (musl).
[[maybe_unused]] const char *resultOf(const char *text, const char *) { return text; }
[[maybe_unused]] const char *resultOf(int status, const char *buffer) { return status ? "unknown error" : buffer; }

} // namespace

dlc_status fail(dlc_error *error, dlc_status code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fill(error, code, Location(), format, arguments);
  va_end(arguments);
  return code;
}

dlc_status failAt(dlc_error *error, dlc_status code, const Location &location, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fill(error, code, location, format, arguments);
  va_end(arguments);
  return code;
}

const char *systemErrorText(int errorNumber, char *buffer, size_t size) {
  return resultOf(strerror_r(errorNumber, buffer, size), buffer);
}

} // namespace dlc::runtime
