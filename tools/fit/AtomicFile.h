// Files that are either whole or not there.
#ifndef DLC_TOOLS_FIT_ATOMICFILE_H
#define DLC_TOOLS_FIT_ATOMICFILE_H

#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// Writes \p bytes to a temporary file beside \p path, syncs it and renames it to \p path. Throws a Problem (Io).
void writeAtomically(const std::string &path, std::string_view bytes);

/// Throws a Problem (Io) now, rather than after an hour of training, if \p path cannot be written later: no such
/// folder, no permission, a directory.
void checkWritable(const std::string &path);

/// Throws a Problem (Usage) if an output is one of \p inputs or named twice. Empty names and devices do not count.
void checkDistinct(const std::vector<std::string> &outputs, const std::vector<std::string> &inputs);

} // namespace dlc::fit

#endif
