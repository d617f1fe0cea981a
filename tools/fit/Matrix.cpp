#include "tools/fit/Matrix.h"
#include "tools/fit/CellValue.h"

namespace dlc::fit {

std::string Matrix::place(int64_t row) const {
  row = origin(row);
  return firstLine ? file + ":" + std::to_string(row + firstLine) : file + ", example " + std::to_string(row + 1);
}

double Matrix::at(int64_t row, int64_t column) const {
  const char *element = data.data() + static_cast<size_t>(row * width() + column) * bytesOf(dtype);
  switch (dtype) {
  case DLC_F32:
    return *reinterpret_cast<const float *>(element);
  case DLC_F64:
    return *reinterpret_cast<const double *>(element);
  case DLC_I32:
    return *reinterpret_cast<const int32_t *>(element);
  case DLC_I64:
    return static_cast<double>(*reinterpret_cast<const int64_t *>(element));
  case DLC_I8:
    return *reinterpret_cast<const int8_t *>(element);
  default:
    return *reinterpret_cast<const uint8_t *>(element);
  }
}

void Matrix::rowTouched(int64_t row) const {
  size_t bytes = static_cast<size_t>(width()) * bytesOf(dtype);
  data.touched(static_cast<size_t>(row) * bytes, bytes);
}

} // namespace dlc::fit
