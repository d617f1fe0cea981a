// Lists and reads the datasets of an HDF5 file that may be hostile.
#ifndef DLC_TOOLS_HDF5_HDF5READER_H
#define DLC_TOOLS_HDF5_HDF5READER_H

#include "tools/fit/weights/WeightsFile.h"
#include "tools/hdf5/Hdf5Handle.h"
#include <map>
#include <vector>

namespace dlc {

class Hdf5Reader {
public:
  /// Visits all groups. Throws an Hdf5Problem: no HDF5 file, damaged, groups within themselves, links to other files.
  explicit Hdf5Reader(const std::string &path);

  const std::vector<fit::WeightTensor> &tensors() const { return all; }
  /// Names of what is no tensor of numbers, and what it is.
  const std::map<std::string, std::string> &others() const { return rest; }

  /// Dense little-endian bytes. Throws an Hdf5Problem: no such dataset, filters that are not known, a size that what is
  /// stored cannot have.
  std::string read(const std::string &name) const;

private:
  struct Element {
    fit::ElementType type;
    hid_t memoryType; // of the library, not to be closed
  };
  void visitGroup(hid_t group, const std::string &prefix);
  void visitLink(hid_t group, const std::string &link, const std::string &path);
  void addDataset(hid_t dataset, const std::string &path);
  /// Nothing: \p what it is instead.
  std::optional<Element> elementOf(hid_t dataset, std::string &what) const;
  void checkStorage(hid_t dataset, const std::string &name, uint64_t bytes) const;

  Hdf5File file;
  Hdf5Type half; // 16-bit floats; the library has no name for them
  std::vector<fit::WeightTensor> all;
  std::map<std::string, std::string> rest;
  std::vector<haddr_t> open; // addresses of the groups that are being visited
  size_t visited = 0;
};

} // namespace dlc

#endif
