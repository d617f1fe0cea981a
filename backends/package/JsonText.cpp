#include "backends/package/JsonText.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <charconv>

using namespace mlir;
namespace json = llvm::json;

// Something must stand where a value is due, also when it is not known and the text will be thrown away.
static LogicalResult refuse(json::OStream &out) {
  out.value(nullptr);
  return failure();
}

// 1e-3 must not become 0.00100000004749745; an f32 is printed with as many digits as an f32 has.
static LogicalResult writeFloat(FloatAttr number, json::OStream &out) {
  llvm::APFloat value = number.getValue();
  if (!value.isFinite())
    return refuse(out);
  char digits[64];
  std::to_chars_result end{};
  if (number.getType().isF64()) {
    end = std::to_chars(digits, std::end(digits), value.convertToDouble());
  } else {
    bool losesInfo;
    value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    end = std::to_chars(digits, std::end(digits), value.convertToFloat());
  }
  StringRef text(digits, end.ptr - digits);
  // 3 stays a float for readers that tell 3 and 3.0 apart.
  out.rawValue(text.find_first_of(".e") == StringRef::npos ? (text + ".0").str() : text.str());
  return success();
}

static LogicalResult write(Attribute attribute, json::OStream &out) {
  if (auto dictionary = dyn_cast<DictionaryAttr>(attribute)) {
    LogicalResult result = success();
    out.object([&] {
      for (NamedAttribute entry : dictionary) {
        out.attributeBegin(json::fixUTF8(entry.getName().getValue()));
        if (failed(write(entry.getValue(), out)))
          result = failure();
        out.attributeEnd();
      }
    });
    return result;
  }
  if (auto array = dyn_cast<ArrayAttr>(attribute)) {
    LogicalResult result = success();
    out.array([&] {
      for (Attribute element : array)
        if (failed(write(element, out)))
          result = failure();
    });
    return result;
  }
  if (auto text = dyn_cast<StringAttr>(attribute))
    return out.value(json::fixUTF8(text.getValue())), success();
  if (auto flag = dyn_cast<BoolAttr>(attribute))
    return out.value(flag.getValue()), success();
  if (auto number = dyn_cast<IntegerAttr>(attribute)) {
    if (number.getValue().getBitWidth() > 64)
      return refuse(out);
    return out.value(number.getValue().getSExtValue()), success();
  }
  if (auto number = dyn_cast<FloatAttr>(attribute))
    return writeFloat(number, out);
  return refuse(out);
}

FailureOr<std::string> dlc::package::jsonText(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  json::OStream out(stream);
  if (failed(write(attribute, out)))
    return failure();
  return text;
}
