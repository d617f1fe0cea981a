// Images as PNG files in memory.
#ifndef DLC_TOOLS_FIT_PNGFILE_H
#define DLC_TOOLS_FIT_PNGFILE_H

#include "tools/fit/ImageFile.h"

namespace dlc::fit {

/// 8 bits a channel; the image has 1 or 3. "" if there is no memory for it.
std::string encodePng(const Image &image);

/// Base64 with padding: RFC 4648, section 4.
std::string base64(std::string_view bytes);

} // namespace dlc::fit

#endif
