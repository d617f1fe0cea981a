/* dlc runtime: runs a compiled program, prediction and training alike. C99, nothing but libc and libm.
 *
 *   dlc_error error = {sizeof error};
 *   dlc_program *program;
 *   dlc_load_options options = {sizeof options};
 *   options.allow_code = 1;                              // run native code of a file that you trust
 *   if (dlc_load("leukemia.dlm", &options, &program, &error)) { puts(error.text); return 1; }
 *   int32_t predict = dlc_find_function(program, "predict");
 *   int64_t shape[2] = {1, 7129}, out_shape[2] = {1, 1};
 *   dlc_tensor in = {patient, sizeof(float) * 7129, DLC_F32, 2, shape}, out = {&p, sizeof p, DLC_F32, 2, out_shape};
 *   dlc_call call = {sizeof call};
 *   call.variables = variables;                          // 64-byte aligned copy of dlc_initial_variables()
 *   call.inputs = &in; call.input_count = 1; call.outputs = &out; call.output_count = 1;
 *   dlc_workspace_bytes(program, predict, &call, &call.workspace_bytes, &error);
 *   call.workspace = aligned_alloc(64, call.workspace_bytes);
 *   if (dlc_run(program, predict, &call, &error)) puts(error.text);
 *
 * A loaded program is read-only and shared by any number of threads; a call takes no locks and allocates nothing.
 * Every struct that the caller fills starts with its own size, so that newer libraries serve older callers. */
#ifndef DLC_DLC_H
#define DLC_DLC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLC_API_VERSION 1

typedef uint32_t dlc_status; /* 0 = success, else one of: */
enum {
  DLC_OK = 0,
  DLC_INVALID_ARGUMENT = 1, /* the caller's fault: wrong shape, dtype, size, null */
  DLC_IO_ERROR = 2,         /* cannot open, read or write the file */
  DLC_CORRUPT_FILE = 3,     /* not a program, truncated, changed */
  DLC_UNSUPPORTED = 4,      /* no code for this CPU, newer format, code not allowed */
  DLC_NOT_FINITE = 5,       /* a guard found NaN or infinity; no variable was changed */
  DLC_CANCELLED = 6,        /* dlc_host.should_stop said so; no variable was changed */
  DLC_OUT_OF_MEMORY = 7
};

typedef uint32_t dlc_dtype;
enum { DLC_F32 = 1, DLC_F16, DLC_BF16, DLC_F64, DLC_I8, DLC_U8, DLC_I32, DLC_I64, DLC_BOOL };

typedef uint32_t dlc_variable_kind;
enum { DLC_PARAM = 1, DLC_STATE, DLC_SLOT, DLC_METRIC, DLC_HYPER, DLC_SESSION };

/* Filled by the library when a call fails; caller-owned. struct_size must be set. */
typedef struct dlc_error {
  uint32_t struct_size;
  dlc_status code;
  uint32_t line, column; /* place in the model's source, 0 if unknown */
  char file[128];        /* the model's source file */
  char where[96];        /* path of the value: "dense_1/x @ w" */
  char text[256];        /* one sentence */
} dlc_error;

typedef struct dlc_program dlc_program;

typedef struct dlc_load_options {
  uint32_t struct_size;
  uint32_t allow_code; /* 0: the file may be inspected, but not run */
} dlc_load_options;

/* Maps and checks a program file: structure, bounds, hashes. With allow_code it must have code for this CPU. The file
 * must not be changed in place while it is loaded; replacing it, as dlc_save does, is fine. */
dlc_status dlc_load(const char *path, const dlc_load_options *options, dlc_program **program, dlc_error *error);
/* The same from memory; the bytes are copied. */
dlc_status dlc_load_memory(const void *bytes, uint64_t size, const dlc_load_options *options, dlc_program **program,
                           dlc_error *error);
void dlc_unload(dlc_program *program);

/* Writes the program with the given block of variables: to a temporary file beside `path`, synced, then renamed. */
dlc_status dlc_save(const dlc_program *program, const void *variables, const char *path, dlc_error *error);

/* -- description; all strings live as long as the program -- */

typedef struct dlc_dim {
  int64_t fixed;       /* >= 0, or -1: symbolic */
  const char *formula; /* "16", "batch", "2*batch" */
} dlc_dim;

typedef struct dlc_port { /* an input, target or output of a function */
  const char *name;
  dlc_dtype dtype;
  uint32_t role; /* 0 input, 1 target, 2 output */
  uint32_t rank;
  const dlc_dim *dims;
} dlc_port;

typedef struct dlc_variable {
  const char *name; /* "dense_1/w" */
  dlc_variable_kind kind;
  dlc_dtype dtype;
  uint32_t rank;
  const int64_t *shape;
  uint64_t offset, bytes; /* in the block of variables */
  uint32_t trainable;
  const char *owner; /* of an optimizer slot: its parameter */
  const char *file;  /* where it is declared */
  uint32_t line, column;
} dlc_variable;

typedef struct dlc_function {
  const char *name;
  uint32_t input_count, output_count;
  const dlc_port *inputs, *outputs;
  uint32_t launch_count; /* kernel launches of one call */
} dlc_function;

typedef struct dlc_kernel {
  const char *name, *kind;
  const char *flops, *bytes; /* formulas of the symbols */
  const char *file, *where;
  uint32_t line, column;
} dlc_kernel;

const char *dlc_program_name(const dlc_program *program);
uint32_t dlc_symbol_count(const dlc_program *program);
const char *dlc_symbol_name(const dlc_program *program, uint32_t index);
uint32_t dlc_function_count(const dlc_program *program);
void dlc_get_function(const dlc_program *program, uint32_t index, dlc_function *out);
int32_t dlc_find_function(const dlc_program *program, const char *name); /* -1: there is none */
uint32_t dlc_variable_count(const dlc_program *program);
void dlc_get_variable(const dlc_program *program, uint32_t index, dlc_variable *out);
int32_t dlc_find_variable(const dlc_program *program, const char *name);
uint64_t dlc_variables_bytes(const dlc_program *program);
const void *dlc_initial_variables(const dlc_program *program); /* the block in the file, read-only */
uint32_t dlc_kernel_count(const dlc_program *program);
void dlc_get_kernel(const dlc_program *program, uint32_t index, dlc_kernel *out);
/* "recipe" and "layers" (JSON), "dtype", "source:<path>" (text); null: there is none. */
const char *dlc_metadata(const dlc_program *program, const char *key);
/* Steps of a function: step k launches a kernel (its index) or is one of: */
enum {
  DLC_STEP_GUARD = -1,
  DLC_STEP_COPY = -2,
  DLC_STEP_NONE = -3, /* there is no such step */
  DLC_STEP_LOOP = -4  /* runs the steps of another function, a turn for each element */
};
uint32_t dlc_step_count(const dlc_program *program, uint32_t function);
int32_t dlc_step_kernel(const dlc_program *program, uint32_t function, uint32_t step);
/* Segments by kind, runtime/abi/FileFormat.h: bytes of all of that kind, and where the first one is (null: none). */
uint64_t dlc_segment_bytes(const dlc_program *program, uint32_t kind);
const void *dlc_segment_data(const dlc_program *program, uint32_t kind);
/* What the program has code for ("x86-64-v4"), and what this machine can run. */
uint32_t dlc_target_count(const dlc_program *program);
const char *dlc_target_level(const dlc_program *program, uint32_t index);
const char *dlc_cpu_level(void);

/* -- running -- */

/* Dense, row-major, aligned to its element; `bytes` may be more than the shape needs. An output shares memory with
 * nothing else of the call. */
typedef struct dlc_tensor {
  void *data;
  uint64_t bytes;
  dlc_dtype dtype;
  uint32_t rank;
  const int64_t *shape;
} dlc_tensor;

typedef void (*dlc_task)(void *argument, uint32_t index);

typedef struct dlc_launch_info { /* what on_kernel sees after each launch */
  uint32_t struct_size;
  uint32_t function, step, kernel;
  uint32_t buffer_count, outputs_from; /* buffers[outputs_from..] were written */
  void *const *buffers;
  const uint64_t *buffer_bytes;
  const dlc_dtype *buffer_dtypes;
  const int64_t *symbols;
} dlc_launch_info;

typedef struct dlc_host { /* services of the host; all may be null */
  uint32_t struct_size;
  uint32_t workers; /* how many tasks may run at once; 0 and 1: no parallel_for */
  void *context;
  /* Runs task(argument, i) for i in [0, count), in any order, on any threads; returns when all are done. */
  void (*parallel_for)(void *context, uint32_t count, dlc_task task, void *argument);
  /* Asked before each launch that could still be undone; non-zero cancels the call. */
  int (*should_stop)(void *context);
  void (*before_kernel)(void *context, const dlc_launch_info *launch);
  void (*on_kernel)(void *context, const dlc_launch_info *launch);
} dlc_host;

/* Look at every float that a kernel wrote; the first bad one is the error. Slow, and unlike a guard it may stop after
 * some variables were updated. */
enum { DLC_CHECK_FINITE = 1 };

typedef struct dlc_call {
  uint32_t struct_size;
  uint32_t flags;
  void *variables; /* dlc_variables_bytes, 64-byte aligned, read and written */
  const dlc_tensor *inputs;
  const dlc_tensor *outputs;
  uint32_t input_count, output_count;
  void *workspace; /* dlc_workspace_bytes, 64-byte aligned */
  uint64_t workspace_bytes;
  const dlc_host *host; /* may be null */
} dlc_call;

/* Bytes of workspace that a call with these input shapes needs (only the shapes are read); at least 64. */
dlc_status dlc_workspace_bytes(const dlc_program *program, uint32_t function, const dlc_call *call, uint64_t *bytes,
                               dlc_error *error);
/* Shape of one output for these input shapes; `shape` holds the port's rank. */
dlc_status dlc_output_shape(const dlc_program *program, uint32_t function, const dlc_call *call, uint32_t output,
                            int64_t *shape, dlc_error *error);
/* Runs a function. Inputs and outputs are given in the function's order. */
dlc_status dlc_run(const dlc_program *program, uint32_t function, const dlc_call *call, dlc_error *error);

#ifdef __cplusplus
}
#endif
#endif
