#include "api/cloudwatch/documents.h"

#include <algorithm>

#include "api/cloudwatch/cbor.h"
#include "api/common/compressed_body.h"
#include "api/common/json_size.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::api::cloudwatch {
namespace {

constexpr std::string_view kTarget = "GraniteServiceVersion20100801.";
constexpr std::string_view kCborPath = "/service/GraniteServiceVersion20100801/operation/";
constexpr std::size_t kMaxValues = 500'000;

bool is_cbor(const net::RequestHead& head) { return head.path.starts_with(kCborPath); }

std::string_view operation_of(const net::RequestHead& head) {
  if (is_cbor(head)) return std::string_view(head.path).substr(kCborPath.size());
  const std::string_view target = head.headers.get("X-Amz-Target");
  return target.starts_with(kTarget) ? target.substr(kTarget.size()) : "";
}

net::Response respond(const net::RequestHead& head, int status, const json::object& document) {
  const bool cbor = is_cbor(head);
  net::Response response = net::text_response(status, cbor ? write_cbor(document) : write_json(document), cbor ? "application/cbor" : "application/x-amz-json-1.0");
  if (cbor) response.headers.set("smithy-protocol", "rpc-v2-cbor");
  response.headers.set("x-amzn-RequestId", head.id);
  return response;
}

net::Response respond(const net::RequestHead& head, const aws::WireError& error) {
  net::Response response = respond(head, error.status, {{"__type", "com.amazonaws.cloudwatch#" + error.code}, {"message", error.message}});
  response.headers.set("x-amzn-query-error", query_code(error.code) + (error.status < 500 ? ";Sender" : ";Receiver"));
  if (error.status == 503) response.headers.set("Retry-After", "1");
  return response;
}

Result<json::value> parse(const net::RequestHead& head, ByteView body) {
  if (body.empty()) return json::value(json::object());
  if (is_cbor(head)) return read_cbor(body, kMaxValues);
  if (count_json_values(as_text(body)) > kMaxValues) return fail(Code::kTooLarge, "too many values");
  return parse_json(as_text(body));
}

}  // namespace

bool Documents::takes(const net::RequestHead& head) {
  return is_cbor(head) || head.headers.has("X-Amz-Target") || head.headers.get("Content-Type").starts_with("application/x-amz-json");
}

BeginResult Documents::begin(ContextPtr context) {
  // Only names that exist reach the metrics: a label of a client's choosing could grow without end.
  if (const auto known = operations_.find(operation_of(context->head)); known != operations_.end()) context->operation = known->first;
  auto claim = api::claim(door_, *context, "monitoring");
  if (!claim) return std::unexpected(respond(context->head, aws::json_auth_error(claim.error())));
  const aws::WireError too_large{413, "RequestEntityTooLarge", "The request is too long."};
  if (context->head.content_length.value_or(0) > kMaxBody) return std::unexpected(respond(context->head, too_large));
  return net::collect_body(context->head,
                           {.max_bytes = kMaxBody,
                            .budget = &budget_,
                            .too_large = [too_large](const net::RequestHead& head) { return respond(head, too_large); },
                            .busy = [](const net::RequestHead& head) { return respond(head, {503, "ServiceUnavailable", "No memory is left for this request now. Try again."}); }},
                           [this, context, claim = std::move(*claim)](const net::RequestHead&, Bytes body) { return handle(*context, claim, std::move(body)); });
}

net::Response Documents::handle(Context& context, const iam::Authenticator::Claim& claim, Bytes body) {
  const auto verified = api::verify(door_, context, claim, hex_encode(crypto::sha256(body)));
  if (!verified) return respond(context.head, aws::json_auth_error(verified.error()));
  if (context.over_rate(claim.key.id)) return respond(context.head, {400, "ThrottlingException", "Rate exceeded"});
  const JsonResult answer = run(context, std::move(body));
  return answer ? respond(context.head, 200, *answer) : respond(context.head, answer.error());
}

JsonResult Documents::run(Context& context, Bytes body) {
  const auto operation = operations_.find(operation_of(context.head));
  if (context.head.method != "POST" || operation == operations_.end()) return refuse("UnknownOperationException", "This operation is not known, or not implemented here yet.");
  const auto plain = plain_body(context.head, std::move(body), kMaxBody);
  if (!plain) return refuse("SerializationException", plain.error().message);
  const auto request = parse(context.head, *plain);
  if (!request || !request->is_object()) return refuse("SerializationException", request ? "The request is no object." : request.error().message);
  if (auto denied = permit(context, needs_(backend_, operation->first, request->get_object()), 400, "AccessDeniedException")) return std::unexpected(std::move(*denied));
  return operation->second(backend_, {request->get_object(), context});
}

}  // namespace eyrie::api::cloudwatch
