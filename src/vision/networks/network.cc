#include "vision/networks/network.h"

namespace eyrie::vision {
namespace {

std::vector<Anchor> anchors_for(const Pack& pack) {
  if (pack.output.decoder != DecoderKind::kSsdAnchors) return {};
  return make_anchors(pack.output.anchors);
}

// Refuses what prepare() cannot make; packs of detectors and taggers are checked for it when they are read.
Status check_picture(const Pack& pack) {
  if (pack.input.width > 0 && pack.input.height > 0) return {};
  return fail(Code::kInternal, pack.id + ": its input is no picture of fixed size");
}

}  // namespace

Network::Network(Pack pack) : pack_(std::move(pack)), anchors_(anchors_for(pack_)) {}

Status Network::warm_up() {
  EYRIE_TRY([[maybe_unused]] const Session* session, session());
  return {};
}

Result<const Session*> Network::session() {
  if (const Session* ready = session_.load()) return ready;
  const std::lock_guard lock(opening_);
  if (const Session* ready = session_.load()) return ready;
  EYRIE_TRY(owned_, Session::open(pack_.session_file()));
  session_.store(owned_.get());
  return owned_.get();
}

Result<std::vector<Detection>> Network::detect(const image::Image& picture, const View& view,
                                               float min_score) {
  EYRIE_CHECK_OK(check_picture(pack_));
  EYRIE_TRY(const Session* network, session());
  const Prepared input = prepare(picture, view, pack_.input);
  EYRIE_TRY(const Session::Outputs outputs, network->run(input.tensor));
  auto found = pack_.output.decoder == DecoderKind::kSsdAnchors
                   ? decode_ssd(pack_.output, anchors_, outputs, min_score)
                   : decode_yolo(pack_.output, pack_.input.width, pack_.input.height, outputs, min_score);
  if (!found) return fail(found.error().code, pack_.id + ": " + found.error().message);
  for (Detection& box : *found) box = to_picture(box, input.placement, view, picture);
  std::erase_if(*found, [](const Detection& box) { return box.area() <= 0; });
  return found;
}

Result<std::vector<float>> Network::tag(const image::Image& picture, const View& view) {
  EYRIE_CHECK_OK(check_picture(pack_));
  EYRIE_TRY(const Session* network, session());
  const Prepared input = prepare(picture, view, pack_.input);
  EYRIE_TRY(const Session::Outputs outputs, network->run(input.tensor));
  auto scores = decode_scores(pack_.output, outputs);
  if (!scores) return fail(scores.error().code, pack_.id + ": " + scores.error().message);
  return scores;
}

Result<Session::Outputs> Network::run(const Tensor& input) {
  EYRIE_TRY(const Session* network, session());
  return network->run(input);
}

}  // namespace eyrie::vision
