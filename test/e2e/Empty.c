/* A shared library needs a source; all of this one comes from the runtime's archive. */
typedef int dlc_empty;
