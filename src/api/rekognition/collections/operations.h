// The operations on face collections, their faces and their users. Parameters, defaults, limits and errors:
// the service description `rekognition` (2016-06-27) and the API reference.
#pragma once

#include "api/rekognition/backend.h"

namespace eyrie::api::rekognition {

// collections.cc
JsonResult create_collection(Backend& backend, json::object& request);
JsonResult describe_collection(Backend& backend, json::object& request);
JsonResult list_collections(Backend& backend, json::object& request);
JsonResult delete_collection(Backend& backend, json::object& request);
// tags.cc
JsonResult tag_resource(Backend& backend, json::object& request);
JsonResult untag_resource(Backend& backend, json::object& request);
JsonResult list_tags_for_resource(Backend& backend, json::object& request);
// index_faces.cc
JsonResult index_faces(Backend& backend, json::object& request);
// faces.cc
JsonResult list_faces(Backend& backend, json::object& request);
JsonResult delete_faces(Backend& backend, json::object& request);
// search_faces.cc
JsonResult search_faces(Backend& backend, json::object& request);
JsonResult search_faces_by_image(Backend& backend, json::object& request);
// users.cc
JsonResult create_user(Backend& backend, json::object& request);
JsonResult delete_user(Backend& backend, json::object& request);
JsonResult list_users(Backend& backend, json::object& request);
// associations.cc
JsonResult associate_faces(Backend& backend, json::object& request);
JsonResult disassociate_faces(Backend& backend, json::object& request);
// search_users.cc
JsonResult search_users(Backend& backend, json::object& request);
JsonResult search_users_by_image(Backend& backend, json::object& request);

}  // namespace eyrie::api::rekognition
