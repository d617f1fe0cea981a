#include "tools/fit/weights/ZipArchive.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cstring>
#include <exception>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <new>

namespace dlc::fit {
namespace {

constexpr uint64_t kMostDeflateRatio = 1040;      // 258 bytes for 2 bits, and some for short members
constexpr size_t kEndRecord = 22;                 // bytes, without the comment whose length is its last field
constexpr uLong kNewYear1980 = 1 << 21 | 1 << 16; // the first date that zip knows

// A file for minizip.
struct StreamPosition {
  uint64_t position = 0;
  virtual ~StreamPosition() = default;
  virtual uint64_t size() const = 0;
};

voidpf openStream(voidpf opaque, const void *, int) { return opaque; }
int closeStream(voidpf, voidpf) { return 0; }
int testStream(voidpf, voidpf) { return 0; }
ZPOS64_T tellStream(voidpf, voidpf stream) { return static_cast<StreamPosition *>(stream)->position; }

long seekStream(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  auto &file = *static_cast<StreamPosition *>(stream);
  uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? file.position : file.size();
  uint64_t to = 0;
  if (__builtin_add_overflow(base, offset, &to) || to > file.size())
    return -1;
  file.position = to;
  return 0;
}

} // namespace

// Small reads, of which a directory has many, come from a window.
struct ZipArchive::File : StreamPosition {
  explicit File(RandomAccessBytes bytes) : bytes(std::move(bytes)) {}
  uint64_t size() const override { return bytes.size(); }
  size_t read(char *to, size_t size) {
    constexpr size_t kWindow = size_t(1) << 16;
    bool isInside = position >= windowBegin && position - windowBegin + size <= window.size();
    if (!isInside && size < kWindow / 16) {
      window = bytes.read(position, kWindow);
      windowBegin = position;
      isInside = true;
      size = std::min(size, window.size());
    }
    if (isInside)
      std::memcpy(to, window.data() + (position - windowBegin), size);
    else
      size = bytes.read(position, size, to);
    position += size;
    return size;
  }

  RandomAccessBytes bytes;
  std::string window;
  uint64_t windowBegin = 0;
  std::exception_ptr failure; // minizip is C: what reading throws waits here
};

struct ZipWriter::Memory : StreamPosition {
  uint64_t size() const override { return bytes.size(); }
  std::string bytes;
};

ZipArchive::ZipArchive(const std::string &path, RandomAccessBytes bytes)
    : path(path), file(new File(std::move(bytes))) {
  // minizip takes a record that is cut off for one of zeros. A comment may stand behind it.
  size_t most = std::min<uint64_t>(file->size(), kEndRecord + UINT16_MAX);
  std::string tail = file->bytes.read(file->size() - most, most);
  size_t end = tail.rfind("PK\5\6"), left = end == std::string::npos ? 0 : tail.size() - end;
  auto byte = [&](size_t i) { return size_t(static_cast<unsigned char>(tail[end + i])); };
  bool isWhole = left >= kEndRecord && left - kEndRecord == (byte(kEndRecord - 2) | byte(kEndRecord - 1) << 8);
  auto read = [](voidpf, voidpf stream, void *to, uLong size) -> uLong {
    auto &archive = static_cast<File &>(*static_cast<StreamPosition *>(stream));
    try {
      return archive.read(static_cast<char *>(to), size);
    } catch (...) {
      archive.failure = std::current_exception();
      return 0;
    }
  };
  auto write = [](voidpf, voidpf, const void *, uLong) -> uLong { return 0; };
  zlib_filefunc64_def functions = {openStream, read,        write,      tellStream,
                                   seekStream, closeStream, testStream, static_cast<StreamPosition *>(file.get())};
  handle = isWhole ? unzOpen2_64("", &functions) : nullptr;
  if (!handle)
    damaged("its directory, which stands at the end, is missing");
  try {
    list();
  } catch (...) {
    unzClose(handle);
    throw;
  }
}

ZipArchive::~ZipArchive() { unzClose(handle); }

void ZipArchive::damaged(const std::string &text) const {
  if (file->failure)
    std::rethrow_exception(file->failure);
  throw Problem(ExitCode::BadInput, path, "the zip archive is damaged: " + text, "copy or download the file again");
}

void ZipArchive::list() {
  unz_global_info64 global = {};
  if (unzGetGlobalInfo64(handle, &global) != UNZ_OK)
    damaged("its directory cannot be read");
  std::string name(UINT16_MAX + size_t(1), '\0');
  int code = global.number_entry ? unzGoToFirstFile(handle) : UNZ_END_OF_LIST_OF_FILE;
  for (; code == UNZ_OK; code = unzGoToNextFile(handle)) {
    unz_file_info64 info = {};
    if (unzGetCurrentFileInfo64(handle, &info, name.data(), name.size(), nullptr, 0, nullptr, 0) != UNZ_OK)
      damaged("its directory cannot be read");
    ZipMember member = {name.substr(0, info.size_filename), info.uncompressed_size, 0, 0};
    if (info.flag & 1)
      throw Problem(ExitCode::BadInput, path, quotable(member.name) + " is encrypted", "write it without a password");
    if (info.compression_method != 0 && info.compression_method != Z_DEFLATED)
      throw Problem(ExitCode::BadInput, path,
                    quotable(member.name) + " is compressed by method " + std::to_string(info.compression_method) +
                        "; stored and deflated members are read",
                    "write it with numpy.savez or numpy.savez_compressed");
    uint64_t most = info.compression_method ? kMostDeflateRatio * (info.compressed_size + 1) : info.compressed_size;
    if (info.compressed_size > file->size() || info.uncompressed_size > most)
      damaged(quotable(member.name) + " cannot have " + std::to_string(info.uncompressed_size) + " bytes");
    unz64_file_pos position = {};
    if (unzGetFilePos64(handle, &position) != UNZ_OK)
      damaged("its directory cannot be read");
    member.place = position.pos_in_zip_directory;
    member.rank = position.num_of_file;
    all.push_back(std::move(member));
  }
  if (code != UNZ_END_OF_LIST_OF_FILE)
    damaged("its directory ends in the middle");
}

void ZipArchive::openMember(const ZipMember &member) const {
  unz64_file_pos position = {member.place, member.rank};
  if (unzGoToFilePos64(handle, &position) != UNZ_OK || unzOpenCurrentFile(handle) != UNZ_OK)
    damaged(quotable(member.name) + " is not where the directory says");
}

std::string ZipArchive::readBegin(const ZipMember &member, size_t most) const {
  openMember(member);
  std::string text(std::min<uint64_t>(most, member.bytes), '\0');
  int got = unzReadCurrentFile(handle, text.data(), static_cast<unsigned>(text.size()));
  unzCloseCurrentFile(handle); // of a part; the checksum is not that of the whole
  if (got < 0)
    damaged(quotable(member.name) + " cannot be decompressed");
  text.resize(static_cast<size_t>(got));
  return text;
}

void ZipArchive::read(const ZipMember &member, const std::function<void(const ReadMember &)> &body) const {
  openMember(member);
  uint64_t done = 0;
  auto fail = [&](int closed) {
    damaged(quotable(member.name) + (closed == UNZ_CRCERROR ? " has another checksum" : " cannot be decompressed"));
  };
  auto read = [&](char *to, size_t size) {
    while (size) {
      int got = unzReadCurrentFile(handle, to, static_cast<unsigned>(std::min(size, size_t(1) << 20)));
      if (got <= 0)
        fail(unzCloseCurrentFile(handle));
      to += got;
      size -= static_cast<size_t>(got);
      done += static_cast<size_t>(got);
    }
  };
  body(read);
  char more;
  bool isAll = done == member.bytes && unzReadCurrentFile(handle, &more, 1) == 0;
  if (int closed = unzCloseCurrentFile(handle); closed != UNZ_OK || !isAll)
    fail(closed);
}

ZipWriter::ZipWriter() : memory(new Memory) {
  auto read = [](voidpf, voidpf stream, void *to, uLong size) -> uLong {
    auto &file = static_cast<Memory &>(*static_cast<StreamPosition *>(stream));
    uint64_t count = std::min<uint64_t>(size, file.bytes.size() - std::min<uint64_t>(file.position, file.bytes.size()));
    std::memcpy(to, file.bytes.data() + file.position, count);
    file.position += count;
    return count;
  };
  auto write = [](voidpf, voidpf stream, const void *from, uLong size) -> uLong {
    auto &file = static_cast<Memory &>(*static_cast<StreamPosition *>(stream));
    if (file.bytes.size() < file.position + size)
      file.bytes.resize(file.position + size);
    std::memcpy(file.bytes.data() + file.position, from, size);
    file.position += size;
    return size;
  };
  zlib_filefunc64_def functions = {openStream, read,        write,      tellStream,
                                   seekStream, closeStream, testStream, static_cast<StreamPosition *>(memory.get())};
  handle = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  if (!handle)
    throw std::bad_alloc();
}

ZipWriter::~ZipWriter() {
  if (handle)
    zipClose(handle, nullptr);
}

void ZipWriter::add(const std::string &name, const std::vector<std::string_view> &parts) {
  zip_fileinfo info = {};
  info.dosDate = kNewYear1980;
  uint64_t bytes = 0;
  for (std::string_view part : parts)
    bytes += part.size();
  bool isLarge = bytes > UINT32_MAX - (1u << 20);
  int code = zipOpenNewFileInZip64(handle, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, 0, 0, isLarge);
  constexpr size_t kMostAtOnce = size_t(1) << 30; // sizes of one call are 32-bit
  for (std::string_view part : parts)
    for (size_t begin = 0; begin < part.size() && code == ZIP_OK; begin += kMostAtOnce) {
      std::string_view piece = part.substr(begin, kMostAtOnce);
      code = zipWriteInFileInZip(handle, piece.data(), static_cast<unsigned>(piece.size()));
    }
  if (code != ZIP_OK || zipCloseFileInZip(handle) != ZIP_OK)
    throw Problem(ExitCode::Io, name, "cannot make a zip archive of it");
}

std::string ZipWriter::finish() {
  zipClose(handle, nullptr);
  handle = nullptr;
  return std::move(memory->bytes);
}

} // namespace dlc::fit
