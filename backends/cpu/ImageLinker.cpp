// A linker for one object file: sections are laid out one behind the other, and what refers to another section does so
// relative to itself, so the references are final. lld would need temporary files, threads and its command line
// options, which are global in the process (docs: mlir22.md, gotcha 12).
#include "backends/cpu/ImageLinker.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace dlc;
using object::ELFSectionRef;
using object::ELFSymbolRef;
using object::SectionRef;

namespace {

class ImageLinker {
public:
  explicit ImageLinker(object::ELFObjectFileBase &file) : file(file) {}

  Expected<KernelImage> link(ArrayRef<std::string> kernels) {
    image.kernels.assign(kernels.begin(), kernels.end());
    image.bytes.resize(kernels.size() * sizeof(int64_t));
    // Code first: it is what the table points to.
    for (bool code : {true, false})
      for (SectionRef section : file.sections())
        if (section.isText() == code)
          if (Error error = place(section))
            return std::move(error);
    for (SectionRef section : file.sections())
      if (Error error = relocate(section))
        return std::move(error);
    if (Error error = fillTable())
      return std::move(error);
    return std::move(image);
  }

private:
  Error fail(const Twine &message) { return createStringError("cannot link the kernels: " + message); }

  Error place(SectionRef section) {
    uint64_t flags = ELFSectionRef(section).getFlags();
    if (!(flags & ELF::SHF_ALLOC) || section.getSize() == 0)
      return Error::success();
    Expected<StringRef> name = section.getName();
    if (!name)
      return name.takeError();
    if ((flags & ELF::SHF_WRITE) || section.isBSS())
      return fail("section " + *name + " is writable, expected only code and constants");
    Expected<StringRef> contents = section.getContents();
    if (!contents)
      return contents.takeError();
    // 64 covers every vector and keeps kernels off each other's cache lines.
    uint64_t alignment = std::max<uint64_t>(section.getAlignment().value(), 64);
    image.bytes.resize(alignTo(image.bytes.size(), alignment));
    offsets[section.getIndex()] = image.bytes.size();
    image.bytes.insert(image.bytes.end(), contents->begin(), contents->end());
    return Error::success();
  }

  /// Where \p symbol is in the image.
  Expected<int64_t> locate(object::SymbolRef symbol) {
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    Expected<object::section_iterator> section = symbol.getSection();
    if (!section)
      return section.takeError();
    if (*section == file.section_end())
      return fail("undefined symbol '" + *name + "'");
    auto found = offsets.find((*section)->getIndex());
    if (found == offsets.end())
      return fail("symbol '" + *name + "' is in a section that is not loaded");
    Expected<uint64_t> value = symbol.getValue();
    if (!value)
      return value.takeError();
    return found->second + *value;
  }

  Error relocate(SectionRef relocations) {
    Expected<object::section_iterator> target = relocations.getRelocatedSection();
    if (!target)
      return target.takeError();
    if (*target == file.section_end() || !offsets.count((*target)->getIndex()))
      return Error::success();
    for (object::ELFRelocationRef relocation : relocations.relocations())
      if (Error error = apply(relocation, offsets[(*target)->getIndex()] + relocation.getOffset()))
        return error;
    return Error::success();
  }

  Error apply(object::ELFRelocationRef relocation, int64_t place) {
    SmallString<32> type;
    relocation.getTypeName(type);
    Expected<int64_t> addend = relocation.getAddend();
    if (!addend)
      return addend.takeError();
    Expected<int64_t> address = locate(*relocation.getSymbol());
    if (!address)
      return address.takeError();
    int64_t value = *address + *addend - place;
    char *bytes = image.bytes.data() + place;
    switch (relocation.getType()) {
    case ELF::R_X86_64_PC32:
    case ELF::R_X86_64_PLT32:
      if (!isInt<32>(value))
        return fail("an offset of " + Twine(value) + " bytes does not fit 32 bits");
      support::endian::write32le(bytes, value);
      return Error::success();
    case ELF::R_X86_64_PC64:
      support::endian::write64le(bytes, value);
      return Error::success();
    default:
      return fail("relocation " + type + ", expected only ones relative to the place");
    }
  }

  Error fillTable() {
    StringMap<int64_t> entries;
    for (object::SymbolRef symbol : file.symbols()) {
      Expected<StringRef> name = symbol.getName();
      if (!name)
        return name.takeError();
      if (!name->ends_with(kEntrySuffix))
        continue;
      Expected<int64_t> address = locate(symbol);
      if (!address)
        return address.takeError();
      entries[name->drop_back(kEntrySuffix.size())] = *address;
    }
    for (auto [index, kernel] : llvm::enumerate(image.kernels)) {
      auto found = entries.find(kernel);
      if (found == entries.end())
        return fail("no entry for kernel '" + kernel + "'");
      support::endian::write64le(image.bytes.data() + index * sizeof(int64_t), found->second);
    }
    return Error::success();
  }

  object::ELFObjectFileBase &file;
  DenseMap<uint64_t, int64_t> offsets; // of placed sections, by index in the file
  KernelImage image;
};

} // namespace

Expected<KernelImage> dlc::linkImage(StringRef object, ArrayRef<std::string> kernels) {
  Expected<std::unique_ptr<object::ObjectFile>> file =
      object::ObjectFile::createELFObjectFile(MemoryBufferRef(object, "kernels"));
  if (!file)
    return file.takeError();
  auto &elf = cast<object::ELFObjectFileBase>(**file);
  if (elf.getArch() != Triple::x86_64)
    return createStringError("cannot link the kernels: expected an object for x86-64");
  return ImageLinker(elf).link(kernels);
}
