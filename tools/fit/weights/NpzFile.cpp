#include "tools/fit/weights/NpzFile.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <filesystem>

namespace dlc::fit {
namespace {

constexpr std::string_view kSuffix = ".npy";

bool endsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// Other programs' archives, which people try.
void checkContents(const std::string &path, const ZipArchive &archive) {
  for (const ZipMember &member : archive.members()) {
    if (endsWith(member.name, "data.pkl"))
      throw Problem(ExitCode::BadInput, path, "is a file of PyTorch: it holds a pickle, which could run any code",
                    "write the state_dict with safetensors.torch.save_file");
    if (member.name == "model.weights.h5")
      throw Problem(ExitCode::BadInput, path, "is a whole model of Keras",
                    "unzip it, and take the file model.weights.h5");
  }
}

void loadWhole(const WeightsFile &file, const std::vector<size_t> &indices, const WeightsFile::Take &take) {
  for (size_t index : indices) {
    std::string whole;
    file.loadPieces(index, [&](std::string_view piece) { whole += piece; });
    take(index, whole);
  }
}

} // namespace

NpzFile::NpzFile(const std::string &path, RandomAccessBytes bytes)
    : WeightsFile(path, "npz"), archive(path, std::move(bytes)) {
  checkContents(path, archive);
  for (const ZipMember &member : archive.members()) {
    if (!endsWith(member.name, kSuffix)) {
      rest.push_back({member.name, "no array"});
      continue;
    }
    std::string array = member.name.substr(0, member.name.size() - kSuffix.size());
    NpyOther other;
    NpyHeader header =
        readNpyHeader(archive.readBegin(member, kMostNpyHeader), path + ": " + quotable(member.name), &other);
    if (!other.what.empty()) {
      rest.push_back({array, other.what});
      continue;
    }
    add({array, header.type, header.shape});
    if (header.headerBytes + header.dataBytes != member.bytes)
      damaged(quotable(member.name) + " is " + tensorType(header.type, header.shape) + " in " +
              std::to_string(member.bytes) + " bytes");
    arrays.push_back({member, header});
  }
}

void NpzFile::load(const std::vector<size_t> &indices, const Take &take) const { loadWhole(*this, indices, take); }

void NpzFile::loadPieces(size_t index, const std::function<void(std::string_view)> &take) const {
  const ZipMember &member = arrays[index].first;
  const NpyHeader &header = arrays[index].second;
  archive.read(member, [&](const ZipArchive::ReadMember &read) {
    std::string begin(header.headerBytes, '\0');
    read(begin.data(), begin.size());
    forEachPiece(header, read, take);
  });
}

NpyFile::NpyFile(const std::string &path, RandomAccessBytes given)
    : WeightsFile(path, "npy"), bytes(std::move(given)), header(readNpyHeader(bytes.read(0, kMostNpyHeader), path)) {
  add({std::filesystem::path(path).stem().string(), header.type, header.shape});
  if (bytes.size() - header.headerBytes != header.dataBytes)
    damaged("the array is " + tensorType(header.type, header.shape) + ", but the file has " +
            std::to_string(bytes.size() - header.headerBytes) + " bytes of elements");
}

void NpyFile::load(const std::vector<size_t> &indices, const Take &take) const { loadWhole(*this, indices, take); }

void NpyFile::loadPieces(size_t, const std::function<void(std::string_view)> &take) const {
  uint64_t offset = header.headerBytes;
  auto read = [&](char *to, size_t size) {
    if (bytes.read(offset, size, to) != size)
      damaged("it has become shorter while it was read");
    offset += size;
  };
  forEachPiece(header, read, take);
}

std::string npzBytes(const std::vector<WeightData> &tensors) {
  ZipWriter writer;
  for (const WeightData &data : tensors) {
    if (!numpyName(data.tensor.type))
      throw Problem(ExitCode::BadInput, data.tensor.name, "NumPy has no type " + std::string(nameOf(data.tensor.type)),
                    "write a .safetensors file");
    std::string header = npyHeaderBytes(data.tensor.type, data.tensor.shape);
    writer.add(data.tensor.name + std::string(kSuffix), {header, data.bytes});
  }
  return writer.finish();
}

} // namespace dlc::fit
