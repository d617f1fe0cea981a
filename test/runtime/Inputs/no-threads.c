/* Links the runtime and nothing else. */
#include <dlc/dlc.h>
#include <stdio.h>

int main(void) {
  printf("%s\n", dlc_cpu_level());
  return dlc_run(0, 0, 0, 0) == DLC_INVALID_ARGUMENT ? 0 : 1;
}
