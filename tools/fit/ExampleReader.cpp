#include "tools/fit/ExampleReader.h"
#include "tools/fit/ByteSource.h"
#include "tools/fit/ImageFile.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cstring>
#include <filesystem>

namespace dlc::fit {
namespace {

enum class Contents { Other, Idx, Image, Folder, Numpy };

// Standard input cannot be looked at ahead; what cannot be read is said when it is.
Contents contentsOf(const std::string &file) {
  std::error_code code;
  if (std::filesystem::is_directory(file, code))
    return Contents::Folder;
  if (!std::filesystem::is_regular_file(file, code))
    return Contents::Other;
  char bytes[8] = {};
  size_t got = ByteSource(file, "a file").read(bytes, sizeof bytes);
  if (isImage({bytes, got}))
    return Contents::Image;
  std::string_view begin(bytes, got);
  if (begin.substr(0, 6) == "\x93NUMPY" || begin.substr(0, 4) == "PK\3\4")
    return Contents::Numpy;
  bool isIdx = got >= 4 && !bytes[0] && !bytes[1] && std::memchr("\x08\x09\x0B\x0C\x0D\x0E", bytes[2], 6) && bytes[3];
  return isIdx ? Contents::Idx : Contents::Other;
}

} // namespace

ExampleReader readerOf(const ReaderInput &input) {
  const PortSource &source = input.source;
  const DataSpec &spec = input.spec;
  if (spec.reader == "cifar10")
    return readCifar10;
  if (spec.reader == "images")
    return readImages;
  bool isArrays = spec.reader == "npz" || spec.reader == "npy";
  if (spec.reader != "table" && spec.reader != "idx" && !isArrays)
    return readSequences;
  // Tables, arrays and idx files may feed the ports of one model together.
  Contents contents = contentsOf(source.file);
  bool takesImages = std::any_of(input.ports.begin(), input.ports.end(), [](const WantedPort &wanted) {
    return wanted.port->role == 0 && (wanted.port->rank == 3 || wanted.port->rank == 4);
  });
  if (takesImages && (contents == Contents::Image || contents == Contents::Folder))
    return readImages;
  bool isOther = contents == Contents::Other && source.fromHere && source.file != "-";
  if (contents == Contents::Numpy || (isArrays && !isOther && contents != Contents::Idx))
    return readArrays;
  return contents == Contents::Idx || (spec.reader == "idx" && !isOther) ? readIdx : nullptr;
}

PortData emptyPort(const dlc_port &port) {
  PortData data;
  data.name = port.name;
  data.dtype = port.dtype;
  data.role = port.role;
  data.values.firstLine = 0;
  data.values.data.resize(0);
  return data;
}

std::optional<int64_t> fixedElements(const dlc_port &port) {
  int64_t elements = 1;
  for (uint32_t i = 1; i < port.rank; ++i) {
    if (port.dims[i].fixed < 0)
      return std::nullopt;
    elements *= port.dims[i].fixed;
  }
  return elements;
}

bool isLabel(const dlc_port &port) { return port.role == 1 && fixedElements(port) == 1; }

void setRowShape(PortData &data, const dlc_port &port, const std::string &file, int64_t elements,
                 const std::string &what) {
  int64_t known = 1;
  int open = 0;
  for (uint32_t i = 1; i < port.rank; ++i) {
    known *= port.dims[i].fixed >= 0 ? port.dims[i].fixed : 1;
    open += port.dims[i].fixed < 0;
  }
  int64_t left = open == 1 && known ? elements / known : 1;
  if (open > 1 || known * left != elements)
    throw Problem(ExitCode::BadInput, file,
                  std::string(port.role == 1 ? "target " : "input ") + port.name + ": " + portType(port) +
                      " does not take " + what,
                  "change the type of " + std::string(port.name) + " in the model, or give another file");
  data.rowShape.clear();
  for (uint32_t i = 1; i < port.rank; ++i)
    data.rowShape.push_back(port.dims[i].fixed >= 0 ? port.dims[i].fixed : left);
  data.values.file = file;
  data.values.unnamed = elements;
}

} // namespace dlc::fit
