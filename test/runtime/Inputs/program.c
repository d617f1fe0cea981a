/* A host in C99: describes a program and calls a function of it, or shows the errors of a file that is none. */
#include <dlc/dlc.h>
#include <dlc/dlc_threads.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int describe(const char *path) {
  dlc_error error = {sizeof error, 0, 0, 0, "", "", ""};
  dlc_load_options options = {sizeof options, 0};
  dlc_program *program;
  uint32_t i;
  if (dlc_load(path, &options, &program, &error)) {
    printf("error %u: %s\n", (unsigned)error.code, error.text);
    return 1;
  }
  printf("%s\n", dlc_program_name(program));
  for (i = 0; i < dlc_function_count(program); ++i) {
    dlc_function function;
    dlc_get_function(program, i, &function);
    printf("  %s: %u inputs, %u launches\n", function.name, (unsigned)function.input_count,
           (unsigned)function.launch_count);
  }
  dlc_unload(program);
  return 0;
}

static void count(void *argument, uint32_t index) { ((int *)argument)[index]++; }

int main(int argc, char **argv) {
  int i, runs[100];
  dlc_pool *pool = dlc_pool_create(2);
  if (argc > 1)
    return describe(argv[1]);
  memset(runs, 0, sizeof runs);
  dlc_pool_run(pool, 100, count, runs);
  dlc_pool_destroy(pool);
  for (i = 0; i < 100; ++i)
    if (runs[i] != 1)
      return 2;
  return describe("/nowhere/model.dlm") == 1 && describe(__FILE__) == 1 ? 0 : 3;
}
