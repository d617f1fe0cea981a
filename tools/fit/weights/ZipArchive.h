// Zip archives: members stored or deflated.
#ifndef DLC_TOOLS_FIT_WEIGHTS_ZIPARCHIVE_H
#define DLC_TOOLS_FIT_WEIGHTS_ZIPARCHIVE_H

#include "tools/fit/weights/RandomAccessBytes.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

struct ZipMember {
  std::string name;
  uint64_t bytes = 0;           // uncompressed, as the directory says
  uint64_t place = 0, rank = 0; // in the directory
};

class ZipArchive {
public:
  /// Throws a Problem: no zip archive, damaged, encrypted, a method other than stored and deflated, sizes that deflate
  /// cannot reach.
  ZipArchive(const std::string &path, RandomAccessBytes bytes);
  ~ZipArchive();
  ZipArchive(const ZipArchive &) = delete;
  ZipArchive &operator=(const ZipArchive &) = delete;

  const std::vector<ZipMember> &members() const { return all; }
  /// At most \p most bytes from the beginning of the member.
  std::string readBegin(const ZipMember &member, size_t most) const;
  /// The next bytes of a member, as many as are asked for.
  using ReadMember = std::function<void(char *to, size_t size)>;
  /// \p body takes all bytes of the member. Throws a Problem: they end early, or the checksum is another.
  void read(const ZipMember &member, const std::function<void(const ReadMember &)> &body) const;

private:
  struct File;
  void list();
  void openMember(const ZipMember &member) const;
  [[noreturn]] void damaged(const std::string &text) const;
  std::string path;
  std::unique_ptr<File> file;
  void *handle = nullptr;
  std::vector<ZipMember> all;
};

/// An archive of members that are stored as they are; the same members give the same bytes.
class ZipWriter {
public:
  ZipWriter();
  ~ZipWriter();
  ZipWriter(const ZipWriter &) = delete;
  ZipWriter &operator=(const ZipWriter &) = delete;

  /// The content is the parts one after another.
  void add(const std::string &name, const std::vector<std::string_view> &parts);
  std::string finish();

private:
  struct Memory;
  std::unique_ptr<Memory> memory;
  void *handle = nullptr;
};

} // namespace dlc::fit

#endif
