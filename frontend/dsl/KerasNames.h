// Names as Keras and PyTorch write them, for whoever comes from there: BatchNormalization, MaxPooling2D, LSTM.
#ifndef DLC_FRONTEND_DSL_KERASNAMES_H
#define DLC_FRONTEND_DSL_KERASNAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace dlc::dsl {

/// What \p name is called among \p known names of the language; nullopt if it is none of those of Keras.
std::optional<std::string> nameForKeras(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);

/// didYouMean that knows them: "; did you mean 'bias'?", or "".
std::string didYouMeanOrKeras(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);

} // namespace dlc::dsl

#endif
