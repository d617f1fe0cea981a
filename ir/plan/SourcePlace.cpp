#include "ir/plan/SourcePlace.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

dlc::plan::SourcePlace dlc::plan::sourceOf(Location location) {
  SourcePlace place;
  if (auto file = dyn_cast<FileLineColLoc>(location)) {
    place.file = file.getFilename().getValue();
    place.line = file.getLine();
    place.column = file.getColumn();
  } else if (auto name = dyn_cast<NameLoc>(location)) {
    place = sourceOf(name.getChildLoc());
    // The outermost name is the most specific: inlining and elaboration wrap from inside to outside.
    place.where = name.getName().getValue();
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    place = sourceOf(call.getCallee());
  } else if (auto opaque = dyn_cast<OpaqueLoc>(location)) {
    place = sourceOf(opaque.getFallbackLocation());
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations()) {
      place = sourceOf(part);
      if (place.line != 0)
        break;
    }
  }
  return place;
}

Location dlc::plan::simplified(Location location) {
  SourcePlace place = sourceOf(location);
  MLIRContext *context = location.getContext();
  Location result = UnknownLoc::get(context);
  if (place.line != 0)
    result = FileLineColLoc::get(context, place.file, place.line, place.column);
  if (!place.where.empty())
    result = NameLoc::get(StringAttr::get(context, place.where), result);
  return result;
}
