// Identifiers of the HDF5 library with owners.
#ifndef DLC_TOOLS_HDF5_HDF5HANDLE_H
#define DLC_TOOLS_HDF5_HDF5HANDLE_H

#include <hdf5.h>
#include <stdexcept>
#include <string>
#include <utility>

namespace dlc {

/// What is wrong with a file, and what to do about it.
class Hdf5Problem : public std::runtime_error {
public:
  explicit Hdf5Problem(const std::string &text, std::string remedy = "copy or download the file again")
      : std::runtime_error(text), remedyText(std::move(remedy)) {}
  const std::string &remedy() const { return remedyText; }

private:
  std::string remedyText;
};

template <herr_t (*Close)(hid_t)> class Hdf5Handle {
public:
  /// Throws an Hdf5Problem if \p id is an error.
  Hdf5Handle(hid_t id, const std::string &what) : id(id) {
    if (id < 0)
      throw Hdf5Problem("the HDF5 file is damaged: " + what + " cannot be read");
  }
  Hdf5Handle(Hdf5Handle &&other) noexcept : id(std::exchange(other.id, -1)) {}
  ~Hdf5Handle() {
    if (id >= 0)
      Close(id);
  }
  operator hid_t() const { return id; }

private:
  hid_t id;
};

using Hdf5File = Hdf5Handle<H5Fclose>;
using Hdf5Group = Hdf5Handle<H5Gclose>;
using Hdf5Dataset = Hdf5Handle<H5Dclose>;
using Hdf5Space = Hdf5Handle<H5Sclose>;
using Hdf5Type = Hdf5Handle<H5Tclose>;
using Hdf5Properties = Hdf5Handle<H5Pclose>;
using Hdf5Attribute = Hdf5Handle<H5Aclose>;

} // namespace dlc

#endif
