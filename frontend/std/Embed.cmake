# Writes the .dl files as one C++ source: cmake -DSOURCES=a;b -DROOT=dir -DOUT=file -P Embed.cmake
set(text "#include \"frontend/std/StandardLibrary.h\"\n\nstatic constexpr dlc::LibrarySource kSources[] = {\n")
foreach(source ${SOURCES})
  file(READ ${ROOT}/${source} content)
  string(APPEND text "    {\"std/${source}\", R\"dl(${content})dl\"},\n")
endforeach()
string(APPEND text "};\n\nllvm::ArrayRef<dlc::LibrarySource> dlc::standardLibrary() { return kSources; }\n")
file(WRITE ${OUT} "${text}")
