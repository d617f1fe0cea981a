# Declarative helpers; leaf CMakeLists.txt files are lists of sources and nothing else.

add_custom_target(dlc-headers COMMENT "all generated headers")

# Everything that includes MLIR: compiled without exceptions, with the shared precompiled header.
function(dlc_compiler_flags name)
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE ${_llvm_definitions} -fno-exceptions)
  add_dependencies(${name} dlc-headers)
  if(NOT TARGET dlc-pch)
    file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
    add_library(dlc-pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
    target_include_directories(dlc-pch SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
    target_compile_options(dlc-pch PRIVATE ${_llvm_definitions} -fno-exceptions)
    target_precompile_headers(dlc-pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
  endif()
  if(NOT DLC_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM dlc-pch)
  endif()
endfunction()

# dlc_compiler_library(name SOURCES.. [LIBS own libraries])
function(dlc_compiler_library name)
  cmake_parse_arguments(A "" "" "LIBS" ${ARGN})
  add_library(${name} STATIC ${A_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${A_LIBS})
  dlc_compiler_flags(${name})
endfunction()

# dlc_compiler_tool(name SOURCES.. [LIBS own libraries]): an executable that links libMLIR.so and libLLVM.so.
function(dlc_compiler_tool name)
  cmake_parse_arguments(A "" "" "LIBS" ${ARGN})
  add_executable(${name} ${A_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${A_LIBS} MLIR LLVM)
  dlc_compiler_flags(${name})
endfunction()

# dlc_tablegen(target td-file: OUT;ARGS pairs given as "File.h.inc|-gen-op-decls|-more-args")
function(dlc_tablegen target td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  foreach(pair ${ARGN})
    string(REPLACE "|" ";" parts "${pair}")
    list(POP_FRONT parts out)
    mlir_tablegen(${out} ${parts} EXTRA_INCLUDES ${CMAKE_SOURCE_DIR})
  endforeach()
  add_public_tablegen_target(${target})
  add_dependencies(dlc-headers ${target})
endfunction()

# dlc_passes(Name Passes.td): declares Passes.h.inc of one pass folder, registered as registerDlc<Name>Passes().
function(dlc_passes name)
  dlc_tablegen(Dlc${name}PassesIncGen Passes.td "Passes.h.inc|-gen-pass-decls|-name=Dlc${name}")
endfunction()
