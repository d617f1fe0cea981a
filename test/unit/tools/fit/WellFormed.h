// Whether a page or a chart can be read by a strict parser.
#ifndef DLC_TEST_UNIT_TOOLS_FIT_WELLFORMED_H
#define DLC_TEST_UNIT_TOOLS_FIT_WELLFORMED_H

#include <string>

namespace dlc::test {

/// "" for SVG, or HTML in the style of XML, whose elements nest, whose attributes are quoted, whose text is escaped,
/// and whose coordinates are numbers within \p bound; else what is wrong. `<style>` may hold anything.
std::string faultOfMarkup(const std::string &text, double bound = 1e9);

/// How often \p part occurs.
size_t occurrences(const std::string &text, const std::string &part);

} // namespace dlc::test

#endif
