#include "test/unit/tools/fit/WellFormed.h"
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <set>
#include <vector>

namespace dlc::test {
namespace {

const std::set<std::string> kNeverClosed = {"meta", "br"};
const std::set<std::string> kCoordinates = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "d"};

class Reader {
public:
  Reader(const std::string &text, double bound) : text(text), bound(bound) {}

  std::string fault() {
    if (text.compare(0, 16, "<!doctype html>\n") == 0)
      at = 16;
    while (at < text.size() && problem.empty())
      text[at] == '<' ? tag() : character();
    if (problem.empty() && !open.empty())
      problem = "<" + open.back() + "> is never closed";
    return problem;
  }

private:
  void fail(const std::string &what) { problem = what + " at '" + text.substr(at, 40) + "'"; }

  void character() {
    auto c = static_cast<unsigned char>(text[at]);
    if (c == '>' || (c < 0x20 && c != '\n'))
      return fail("a bare character");
    if (c == '&' && !entity())
      return fail("a bare &");
    ++at;
  }
  bool entity() const {
    for (const char *name : {"&amp;", "&lt;", "&gt;", "&quot;"})
      if (text.compare(at, std::string(name).size(), name) == 0)
        return true;
    return false;
  }

  std::string name() {
    size_t begin = at;
    while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '-'))
      ++at;
    return text.substr(begin, at - begin);
  }

  void tag() {
    if (text.compare(at, 2, "</") == 0) {
      at += 2;
      std::string closed = name();
      if (open.empty() || open.back() != closed)
        return fail("</" + closed + "> closes nothing");
      open.pop_back();
      return expect('>');
    }
    ++at;
    std::string element = name();
    if (element.empty())
      return fail("a bare <");
    while (problem.empty() && at < text.size() && text[at] == ' ')
      attribute();
    if (text.compare(at, 2, "/>") == 0) {
      at += 2;
      return;
    }
    expect('>');
    if (!kNeverClosed.count(element))
      open.push_back(element);
    if (element == "style")
      at = text.find("</style>", at);
  }

  void attribute() {
    ++at;
    std::string key = name();
    if (key.empty() || text.compare(at, 2, "=\"") != 0)
      return fail("an attribute without a quoted value");
    size_t begin = at += 2;
    while (at < text.size() && text[at] != '"' && problem.empty())
      text[at] == '<' ? fail("a bare <") : character();
    if (kCoordinates.count(key))
      coordinates(text.substr(begin, at - begin));
    expect('"');
  }

  // Numbers between letters of a path.
  void coordinates(const std::string &value) {
    const char *cursor = value.c_str();
    while (*cursor && problem.empty()) {
      if (*cursor == ' ' || *cursor == 'M' || *cursor == 'L') {
        ++cursor;
        continue;
      }
      char *end = nullptr;
      double number = std::strtod(cursor, &end);
      if (end == cursor || !(std::abs(number) <= bound))
        return fail("the coordinate '" + value + "'");
      cursor = end;
    }
  }

  void expect(char c) {
    if (at >= text.size() || text[at] != c)
      return problem.empty() ? fail(std::string("no ") + c) : void();
    ++at;
  }

  const std::string &text;
  double bound;
  size_t at = 0;
  std::vector<std::string> open;
  std::string problem;
};

} // namespace

std::string faultOfMarkup(const std::string &text, double bound) { return Reader(text, bound).fault(); }

size_t occurrences(const std::string &text, const std::string &part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

} // namespace dlc::test
