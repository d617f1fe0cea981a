// A linker for what the code generator makes: sections are laid out one behind the other, and what refers to another
// section does so relative to itself, so the references are final. lld as a library would need temporary files, and
// would reset the command line options of the whole process.
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

/// An object file and where its sections are in the image, by index in the file.
struct Part {
  std::unique_ptr<object::ObjectFile> file;
  DenseMap<uint64_t, int64_t> offsets;
};

Error fail(const Twine &message) { return createStringError("cannot link the kernels: " + message); }

class ImageLinker {
public:
  Expected<KernelImage> link(ArrayRef<StringRef> objects, ArrayRef<std::string> kernels) {
    image.kernels.assign(kernels.begin(), kernels.end());
    image.bytes.resize(kernels.size() * sizeof(int64_t));
    for (StringRef object : objects)
      if (Error error = add(object))
        return std::move(error);
    if (Error error = fillTable())
      return std::move(error);
    return std::move(image);
  }

private:
  Error add(StringRef object) {
    Part part;
    Expected<std::unique_ptr<object::ObjectFile>> file =
        object::ObjectFile::createELFObjectFile(MemoryBufferRef(object, "kernels"));
    if (!file)
      return file.takeError();
    part.file = std::move(*file);
    if (part.file->getArch() != Triple::x86_64)
      return fail("expected an object for x86-64");
    // Code first: it is what the table points to.
    for (bool code : {true, false})
      for (SectionRef section : part.file->sections())
        if (section.isText() == code)
          if (Error error = place(part, section))
            return error;
    for (SectionRef section : part.file->sections())
      if (Error error = relocate(part, section))
        return error;
    return collectEntries(part);
  }

  Error place(Part &part, SectionRef section) {
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
    part.offsets[section.getIndex()] = image.bytes.size();
    image.bytes.insert(image.bytes.end(), contents->begin(), contents->end());
    return Error::success();
  }

  /// Where \p symbol is in the image.
  Expected<int64_t> locate(const Part &part, object::SymbolRef symbol) {
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    Expected<object::section_iterator> section = symbol.getSection();
    if (!section)
      return section.takeError();
    if (*section == part.file->section_end())
      return fail("undefined symbol '" + *name + "'");
    auto found = part.offsets.find((*section)->getIndex());
    if (found == part.offsets.end())
      return fail("symbol '" + *name + "' is in a section that is not loaded");
    Expected<uint64_t> value = symbol.getValue();
    if (!value)
      return value.takeError();
    return found->second + *value;
  }

  Error relocate(const Part &part, SectionRef relocations) {
    Expected<object::section_iterator> target = relocations.getRelocatedSection();
    if (!target)
      return target.takeError();
    if (*target == part.file->section_end() || !part.offsets.count((*target)->getIndex()))
      return Error::success();
    int64_t start = part.offsets.lookup((*target)->getIndex());
    for (object::ELFRelocationRef relocation : relocations.relocations())
      if (Error error = apply(part, relocation, start + relocation.getOffset()))
        return error;
    return Error::success();
  }

  Error apply(const Part &part, object::ELFRelocationRef relocation, int64_t place) {
    SmallString<32> type;
    relocation.getTypeName(type);
    Expected<int64_t> addend = relocation.getAddend();
    if (!addend)
      return addend.takeError();
    Expected<int64_t> address = locate(part, *relocation.getSymbol());
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

  Error collectEntries(const Part &part) {
    for (object::SymbolRef symbol : part.file->symbols()) {
      Expected<StringRef> name = symbol.getName();
      if (!name)
        return name.takeError();
      if (!name->ends_with(kEntrySuffix))
        continue;
      Expected<int64_t> address = locate(part, symbol);
      if (!address)
        return address.takeError();
      entries[name->drop_back(kEntrySuffix.size())] = *address;
    }
    return Error::success();
  }

  Error fillTable() {
    for (auto [index, kernel] : llvm::enumerate(image.kernels)) {
      auto found = entries.find(kernel);
      if (found == entries.end())
        return fail("no entry for kernel '" + kernel + "'");
      support::endian::write64le(image.bytes.data() + index * sizeof(int64_t), found->second);
    }
    return Error::success();
  }

  StringMap<int64_t> entries; // kernel to offset
  KernelImage image;
};

} // namespace

Expected<KernelImage> dlc::linkImage(ArrayRef<StringRef> objects, ArrayRef<std::string> kernels) {
  return ImageLinker().link(objects, kernels);
}
