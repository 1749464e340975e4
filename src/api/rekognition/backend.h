// What Rekognition's operations work on, and the one way in which they ask the recognizer.
// Thread safety: all of it, as far as what it refers to is.
#pragma once

#include "api/common/json_service.h"
#include "api/rekognition/fields.h"
#include "store/face_store.h"
#include "store/object_store.h"
#include "vision/celebrities/celebrity_book.h"
#include "vision/recognizer.h"

namespace eyrie::api::rekognition {

// Everything in it outlives the service.
struct Backend {
  store::ObjectStore& objects;
  vision::Recognizer& recognizer;
  store::FaceStore& faces;
  vision::CelebrityBook* celebrities = nullptr;  // where there is none, nobody is known
};

// One operation: the request's object in, the answer's out. The request is the operation's to use up: inline pictures are taken out of it.
using Operation = JsonResult (*)(Backend& backend, json::object& request);

// InternalServerError where the recognizer fails; why stays in the log.
Field<vision::Recognition> recognize(Backend& backend, const image::Image& picture,
                                     const vision::Request& request);

}  // namespace eyrie::api::rekognition
