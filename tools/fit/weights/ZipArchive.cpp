#include "tools/fit/weights/ZipArchive.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <cstring>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <new>

namespace dlc::fit {
namespace {

constexpr uint64_t kMostDeflateRatio = 1040;      // 258 bytes for 2 bits, and some for short members
constexpr size_t kEndRecord = 22;                 // bytes, without the comment whose length is its last field
constexpr uLong kNewYear1980 = 1 << 21 | 1 << 16; // the first date that zip knows

// A file for minizip that is a string.
struct MemoryFile {
  std::string bytes;
  uint64_t position = 0;
};

MemoryFile &fileOf(voidpf stream) { return *static_cast<MemoryFile *>(stream); }

voidpf openMemory(voidpf opaque, const void *, int) { return opaque; }
int closeMemory(voidpf, voidpf) { return 0; }
int testMemory(voidpf, voidpf) { return 0; }
ZPOS64_T tellMemory(voidpf, voidpf stream) { return fileOf(stream).position; }

uLong readMemory(voidpf, voidpf stream, void *to, uLong size) {
  MemoryFile &file = fileOf(stream);
  if (file.position >= file.bytes.size())
    return 0;
  uint64_t count = std::min<uint64_t>(size, file.bytes.size() - file.position);
  std::memcpy(to, file.bytes.data() + file.position, count);
  file.position += count;
  return count;
}

uLong writeMemory(voidpf, voidpf stream, const void *from, uLong size) {
  MemoryFile &file = fileOf(stream);
  if (file.bytes.size() < file.position + size)
    file.bytes.resize(file.position + size);
  std::memcpy(file.bytes.data() + file.position, from, size);
  file.position += size;
  return size;
}

long seekMemory(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  MemoryFile &file = fileOf(stream);
  uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                  : origin == ZLIB_FILEFUNC_SEEK_CUR ? file.position
                                                     : file.bytes.size();
  uint64_t to = 0;
  if (__builtin_add_overflow(base, offset, &to) || to > file.bytes.size())
    return -1;
  file.position = to;
  return 0;
}

zlib_filefunc64_def functionsFor(MemoryFile &file) {
  return {openMemory, readMemory, writeMemory, tellMemory, seekMemory, closeMemory, testMemory, &file};
}

} // namespace

struct ZipArchive::Memory : MemoryFile {};
struct ZipWriter::Memory : MemoryFile {};

ZipArchive::ZipArchive(const std::string &path, std::string bytes) : path(path), memory(new Memory) {
  memory->bytes = std::move(bytes);
  // minizip takes a record that is cut off for one of zeros.
  size_t end = memory->bytes.rfind("PK\5\6"), left = end == std::string::npos ? 0 : memory->bytes.size() - end;
  auto byte = [&](size_t i) { return size_t(static_cast<unsigned char>(memory->bytes[end + i])); };
  bool isWhole = left >= kEndRecord && left - kEndRecord == (byte(kEndRecord - 2) | byte(kEndRecord - 1) << 8);
  zlib_filefunc64_def functions = functionsFor(*memory);
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
    if (info.compressed_size > memory->bytes.size() || info.uncompressed_size > most)
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

std::string ZipArchive::read(const ZipMember &member) const {
  openMember(member);
  std::string text;
  int got = 0;
  char chunk[1 << 16];
  while (text.size() <= member.bytes && (got = unzReadCurrentFile(handle, chunk, sizeof chunk)) > 0)
    text.append(chunk, static_cast<size_t>(got));
  int closed = unzCloseCurrentFile(handle);
  if (got < 0 || closed != UNZ_OK || text.size() != member.bytes)
    damaged(quotable(member.name) + (closed == UNZ_CRCERROR ? " has another checksum" : " cannot be decompressed"));
  return text;
}

ZipWriter::ZipWriter() : memory(new Memory) {
  zlib_filefunc64_def functions = functionsFor(*memory);
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
