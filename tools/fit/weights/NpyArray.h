// One array in NumPy's own format: .npy, and the members of .npz.
#ifndef DLC_TOOLS_FIT_WEIGHTS_NPYARRAY_H
#define DLC_TOOLS_FIT_WEIGHTS_NPYARRAY_H

#include "tools/fit/weights/ElementType.h"
#include <functional>

namespace dlc::fit {

/// What stands before the elements.
struct NpyHeader {
  ElementType type;
  std::vector<uint64_t> shape;
  bool isBigEndian = false, isFortran = false;
  size_t headerBytes = 0;
  uint64_t dataBytes = 0;
};

/// No array of numbers, and what it is: "Python objects".
struct NpyOther {
  std::string what;
};

/// The most that readNpyHeader looks at.
constexpr size_t kMostNpyHeader = 1 << 16;

/// \p begin: the first bytes of the array. Throws a Problem at \p place: damaged, objects. Types without a match in
/// \p other instead, if it is not null.
NpyHeader readNpyHeader(std::string_view begin, const std::string &place, NpyOther *other = nullptr);

/// The next bytes of the elements as the file has them, as many as are asked for. Throws a Problem: there are fewer.
using ReadElements = std::function<void(char *to, size_t size)>;
/// Gives all elements in order, little-endian and row-major, in pieces of whole elements that live until \p take
/// returns. An array that is column-major lies in a RowStorage meanwhile.
void forEachPiece(const NpyHeader &header, const ReadElements &read, const std::function<void(std::string_view)> &take);

std::string npyHeaderBytes(ElementType type, const std::vector<uint64_t> &shape);

} // namespace dlc::fit

#endif
