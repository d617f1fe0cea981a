# Debian's LLVM/MLIR 22 as shared libraries, lld, and one set of flags for everything that shares the precompiled header.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

set(LLVM_RUNTIME_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/bin)
set(LLVM_LIBRARY_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/lib)
separate_arguments(_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")

find_package(FlatBuffers CONFIG REQUIRED)

include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
# -fPIC for all: one precompiled header serves libraries and tools.
add_compile_options(-fPIC -fvisibility-inlines-hidden -ffunction-sections -fdata-sections
                    -Wall -Wextra -Wno-unused-parameter)
add_link_options(-fuse-ld=lld -Wl,--gc-sections)
if(DLC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize=vptr,function)
  add_link_options(-fsanitize=address,undefined)
endif()
if(DLC_FUZZ)
  if(NOT DLC_SANITIZE)
    message(FATAL_ERROR "DLC_FUZZ needs DLC_SANITIZE, whose runtime counts the coverage; configure with --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
