/* The compiler as one shared library (libdlc_compiler.so) behind a C interface. `dlc` loads it with dlopen only for the
 * verbs that compile, so that the others start without LLVM. No memory changes hands: text and bytes come out through
 * callbacks and are valid only while the callback runs; buffers belong to the caller.
 *
 * Every function returns the exit code that `dlc` would give: 0 success, 1 the input is wrong (diagnostics were given),
 * 2 a wrong option value, 3 a file cannot be read or written. Every struct starts with its size, so that a newer
 * library serves an older caller. The functions may be called from one thread at a time. */
#ifndef DLC_TOOLS_DRIVER_COMPILERAPI_H
#define DLC_TOOLS_DRIVER_COMPILERAPI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a struct or a function changes in a way that struct_size cannot cover. */
#define DLC_COMPILER_API_VERSION 2

enum { DLC_COMPILER_ERROR = 0, DLC_COMPILER_WARNING = 1, DLC_COMPILER_REMARK = 2, DLC_COMPILER_NOTE = 3 };

/* A note belongs to the last diagnostic before it that is not a note. */
typedef struct dlc_compiler_diagnostic {
  size_t struct_size;
  int severity;
  const char *file;      /* as the user wrote it; "" if the diagnostic has no place */
  uint32_t line, column; /* from 1; 0: no place */
  const char *message;   /* one sentence: lower case, no full stop */
  const char *rendered;  /* ready to print, with the source line and a caret, and a final newline */
} dlc_compiler_diagnostic;

/* Where results go; a null callback drops what it would be told. `user` is handed back unchanged. */
typedef struct dlc_compiler_sink {
  size_t struct_size;
  void *user;
  void (*diagnostic)(void *user, const dlc_compiler_diagnostic *diagnostic);
  void (*output)(void *user, const char *data, size_t size);          /* may be called several times: append */
  void (*timing)(void *user, const char *pass, double seconds);       /* once for each step of the pipeline, in order */
} dlc_compiler_sink;

typedef struct dlc_compile_request {
  size_t struct_size;
  const char *input; /* path of a .dl or .mlir file */
  const char *text;  /* non-null: the contents of `input`, which is then only a name */
  const char *from;  /* null: by the suffix of `input`; else a phase: graph grad fused linalg vector llvm plan */
  const char *emit;  /* ast graph grad fused linalg vector llvm asm obj plan program; "check": only diagnostics */
  const char *model; /* which model of the file; null: the only one, or the one with a train block */
  const char *dtype; /* what f32 and a free T stand for: f32 or f64; null: f32 */
  const char *target; /* a CPU level, "x86-64-v3"; null: that of this machine */
  const char *const *sets; /* "key=value": overrides of the training recipe, values as in the language */
  size_t set_count;
  const char *const *disabled_passes; /* flags without dashes in front: "dlc-form-fusion-groups" */
  size_t disabled_pass_count;
  const char *const *enabled_passes; /* of those that run on request only: "dlc-cache-frozen-features" */
  size_t enabled_pass_count;
  int require_train; /* the model must have a train block */
  int gradients;     /* add the function @gradients, for gradcheck */
  int explain;       /* remarks of the fusion cost model */
  int color;         /* escape sequences in dlc_compiler_diagnostic.rendered */
  const dlc_compiler_sink *sink;
} dlc_compile_request;

uint32_t dlc_compiler_api_version(void);

/* Compiles to the form `emit`; its text or bytes go to sink->output, nothing on failure. */
int dlc_compiler_compile(const dlc_compile_request *request);

/* Formats the text of a .dl file; `name` is for diagnostics only. The result goes to sink->output. */
int dlc_compiler_format(const char *name, const char *text, size_t size, int color, const dlc_compiler_sink *sink);

/* Serves the language server protocol for .dl on stdin and stdout until `exit`. */
int dlc_compiler_language_server(void);

/* -- the reference backend as an oracle for single kernels -- */

typedef struct dlc_compiler_reference dlc_compiler_reference;

typedef struct dlc_reference_call {
  size_t struct_size;
  const char *kernel;             /* as in dlc_kernel.name */
  uint32_t buffer_count;
  uint32_t outputs_from;          /* buffers [outputs_from, buffer_count) are written by the call */
  void *const *buffers;           /* inputs as they were before the launch, then room for the results */
  const uint64_t *buffer_bytes;
  const uint32_t *buffer_dtypes;  /* dlc_dtype */
  const int64_t *symbols;         /* all symbols of the program, in its order */
  uint32_t symbol_count;
  char error[256];                /* one sentence when the call fails */
} dlc_reference_call;

/* Compiles the same request up to the fused form and keeps its kernels for evaluation. emit and sink->output are
 * ignored; kernels have the names that the program of the same request gives them. */
int dlc_compiler_reference_open(const dlc_compile_request *request, dlc_compiler_reference **reference);

/* Evaluates one kernel op by op, in the precision of its types (reductions in double). Inputs and results do not
 * overlap. Returns 0, or 1 with call->error. */
int dlc_compiler_reference_kernel(dlc_compiler_reference *reference, dlc_reference_call *call);
void dlc_compiler_reference_close(dlc_compiler_reference *reference);

#ifdef __cplusplus
}
#endif
#endif
