#include "api/common/json_service.h"

#include <algorithm>

#include "api/common/json_size.h"
#include "aws/checksum.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"

namespace eyrie::api {
namespace {

std::string crc32_decimal(std::string_view text) {
  auto checksum = aws::Checksum::create(aws::ChecksumAlgorithm::kCrc32);
  checksum->update(as_bytes(text));
  std::uint32_t value = 0;
  for (std::uint8_t byte : checksum->digest()) value = value << 8 | byte;
  return std::to_string(value);
}

aws::WireError throttled() { return {400, "ThrottlingException", "Rate exceeded"}; }

void add_members(const json::object& members, net::Response& response) {
  auto body = parse_json(std::get<std::string>(response.body));
  if (!body || !body->is_object()) return;
  for (const auto& [name, value] : members) body->get_object()[name] = value;
  response.body = write_json(*body);
}

}  // namespace

JsonService::JsonService(JsonServiceOptions options, const Door& door, net::MemoryBudget& budget)
    : options_(std::move(options)), door_(door), budget_(budget) {}

BeginResult JsonService::begin(ContextPtr context) {
  const std::string_view target = context->head.headers.get("X-Amz-Target");
  if (target.starts_with(options_.target_prefix)) {
    const std::string operation(target.substr(options_.target_prefix.size()));
    // Only names that exist reach the metrics: a label of a client's choosing could grow without end.
    if (operations_.contains(operation)) context->operation = operation;
  }
  auto claim = api::claim(door_, *context, name());
  if (!claim)
    return std::unexpected(
        to_json_response(aws::json_auth_error(claim.error()), options_.flavour, context->head.id));
  // Told in the head: refused before any of it comes.
  if (context->head.content_length.value_or(0) > options_.max_body) {
    return std::unexpected(to_json_response(options_.too_large, options_.flavour, context->head.id));
  }
  net::RequestHead head = context->head;
  auto refuse = [this](const aws::WireError& error) {
    return
        [this, error](const net::RequestHead& h) { return to_json_response(error, options_.flavour, h.id); };
  };
  return net::collect_body(
      std::move(head),
      {.max_bytes = options_.max_body,
       .budget = &budget_,
       .too_large = refuse(options_.too_large),
       .busy = refuse(options_.busy)},
      [this, context, claim = std::move(*claim)](const net::RequestHead&, Bytes body) {
        return handle(*context, claim, std::move(body));
      });
}

net::Response JsonService::handle(Context& context, const iam::Authenticator::Claim& claim,
                                  Bytes body) {
  const auto verified = api::verify(door_, context, claim, hex_encode(crypto::sha256(body)));
  if (!verified) return answer(context, std::unexpected(aws::json_auth_error(verified.error())));
  if (context.over_rate(claim.key.id)) return answer(context, std::unexpected(throttled()));
  const auto operation = operations_.find(context.operation);
  if (context.head.method != "POST" || operation == operations_.end()) {
    return answer(context, std::unexpected(unknown_operation(context.head)));
  }
  if (count_json_values(as_text(body)) > options_.max_values)
    return answer(context, std::unexpected(options_.serialization));
  auto request = parse_json(body.empty() ? std::string_view("{}") : as_text(body));
  Bytes().swap(body);  // a picture lies in what was parsed: twice would be too much for requests that wait
  if (!request || !request->is_object()) return answer(context, std::unexpected(options_.serialization));
  const auto needed = needs(context.operation, request->get_object());
  if (auto denied = permit(context, needed, 400, "AccessDeniedException"))
    return answer(context, std::unexpected(std::move(*denied)));
  json::object error_members;
  const JsonResult result = operation->second({request->get_object(), context, error_members});
  return answer(context, result, error_members);
}

std::vector<Need> JsonService::needs(const std::string& operation, const json::object& request) const {
  if (options_.needs) return options_.needs(operation, request);
  return {{.action = options_.name + ":" + operation, .resource = "*"}};
}

aws::WireError JsonService::unknown_operation(const net::RequestHead& head) const {
  aws::WireError error = options_.unknown_operation;
  const std::string_view target = head.headers.get("X-Amz-Target");
  const std::string_view name = target.substr(std::min(target.size(), target.find('.') + 1));
  const bool plain = !name.empty() && name.size() <= 64 &&
                     std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c); });
  if (plain) error.message = "Operation " + std::string(name) + " is not known, or not implemented here yet.";
  return error;
}

net::Response JsonService::answer(const Context& context, const JsonResult& result,
                                  const json::object& error_members) {
  if (!result) {
    net::Response response = to_json_response(result.error(), options_.flavour, context.head.id);
    if (!error_members.empty()) add_members(error_members, response);
    return response;
  }
  net::Response response = net::text_response(200, write_json(*result), options_.content_type);
  response.headers.set("x-amzn-RequestId", context.head.id);
  if (options_.crc32_header)
    response.headers.set("x-amz-crc32", crc32_decimal(std::get<std::string>(response.body)));
  return response;
}

}  // namespace eyrie::api
