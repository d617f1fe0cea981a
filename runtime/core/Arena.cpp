#include "runtime/core/Arena.h"

#include "runtime/core/Allocation.h"

namespace dlc::runtime {
namespace {

constexpr size_t kUnit = 16;
constexpr size_t kBlockBytes = size_t(64) << 10;

} // namespace

Arena::~Arena() {
  while (last_) {
    Block *previous = last_->previous;
    releaseBytes(last_);
    last_ = previous;
  }
}

void *Arena::allocate(size_t size) {
  constexpr size_t header = (sizeof(Block) + kUnit - 1) & ~(kUnit - 1);
  if (size > (SIZE_MAX >> 1))
    return nullptr;
  size = (size + kUnit - 1) & ~(kUnit - 1);
  if (!last_ || last_->size - last_->used < size) {
    size_t room = size > kBlockBytes ? size : kBlockBytes;
    auto *block = static_cast<Block *>(allocateBytes(header + room));
    if (!block)
      return nullptr;
    block->previous = last_;
    block->size = room;
    last_ = block;
  }
  char *start = reinterpret_cast<char *>(last_) + header + last_->used;
  last_->used += size;
  return start;
}

} // namespace dlc::runtime
