// Pictures in a report: what a model makes of images, and which ones it takes for something else.
#ifndef DLC_TOOLS_FIT_REPORTPICTURES_H
#define DLC_TOOLS_FIT_REPORTPICTURES_H

#include "tools/fit/Answers.h"
#include "tools/fit/ImageFile.h"
#include <string>
#include <vector>

namespace dlc::fit {

/// Images of one example, from top to bottom.
struct PictureStack {
  std::vector<std::string> pngs; // files
  std::string caption;           // may be empty
  int64_t width = 0, height = 0; // of each, on the page
};

struct PictureGrid {
  std::vector<std::string> parts; // what the images of a stack are: "input x", "output clean", "target y"
  std::vector<PictureStack> stacks;
  std::string remark; // may be empty
};

/// Whether examples of the port are images: [height, width, 1 or 3] from 8 x 8 on; [height, width] if the values are
/// bytes or the image is square.
bool isPicture(const PortData &port);

/// For models that answer with images, as large as an input or a target: the first ten examples, each with its inputs,
/// outputs and, where they are others, targets. Else no stacks. Numbers are drawn as 0 to 1 or 0 to 255, where they are
/// all within that, else from the lowest to the highest.
PictureGrid reconstructions(const std::vector<Predictions> &outputs, const Dataset &data, RowRange rows);

/// For classifiers of images: the twenty examples whose class has the lowest score against that of the predicted one.
/// The captions have the score of the class that was predicted, and the rows' names, else their numbers in the file.
PictureGrid worstMistakes(const Assessment &assessment, const Predictions &predictions, const Dataset &data,
                          RowRange rows);

/// \p heading: for readers that hear the page.
std::string picturesHtml(const PictureGrid &grid, const std::string &heading);

} // namespace dlc::fit

#endif
