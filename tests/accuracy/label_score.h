// How far the labels of answers can be trusted, counted over the photos of one evaluation set.
//
// Precision: of the labels at kUsable confidence and above that the truth can judge, how many are right: one
// of the photo's true classes' labels or an ancestor of one. Recall: of the (photo, true class) pairs, how
// many have their label at kUsable and above.
#pragma once

#include <map>
#include <string>

#include "eval_set.h"
#include "vision/recognizer.h"

namespace eyrie::accuracy {

inline constexpr double kUsable = 80;

class LabelScore {
 public:
  void add(const EvalSet& set, const Photo& photo, const std::vector<vision::Label>& labels);

  int judged() const { return right_ + wrong_; }
  int right() const { return right_; }
  int not_judged() const { return not_judged_; }
  double precision() const { return judged() == 0 ? 1 : static_cast<double>(right_) / judged(); }
  double recall() const;
  // "12 of 20" for one true label.
  std::string recall_of(const std::string& label) const;
  // Labels judged wrong and how often, most often first, the first few.
  std::string worst() const;

 private:
  struct Found {
    int pairs = 0, found = 0;
  };
  int right_ = 0, wrong_ = 0, not_judged_ = 0;
  std::map<std::string, Found> found_;
  std::map<std::string, int> mistakes_;
};

}  // namespace eyrie::accuracy
