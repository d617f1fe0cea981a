// Which files are the images of a data set, and of which class each of them is.
#ifndef DLC_TOOLS_FIT_IMAGELIST_H
#define DLC_TOOLS_FIT_IMAGELIST_H

#include "tools/fit/ExampleReader.h"

namespace dlc::fit {

struct ImageList {
  std::vector<std::string> paths, names; // the same files: to open, and as they are called
  /// One of them, where labels are wanted.
  std::vector<std::string> classes;  // of folders, sorted by name; the labels are their numbers
  std::vector<std::string> labels;   // of a table, as it is written
  std::vector<uint64_t> lines;       // of those
  std::vector<int64_t> classNumbers; // of folders
};

/// \p path: a folder, a table of files or an image. Files of a folder are in the order of their names; with labels the
/// classes take turns. Throws a Problem: no images, no folders for the classes, a class
/// that is not among the known ones.
ImageList listImages(const ReaderInput &input, const std::string &path, bool wantsLabels);

} // namespace dlc::fit

#endif
