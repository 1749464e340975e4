#include "api/common/query_service.h"

#include "api/common/compressed_body.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::api {
namespace {

// name=value&name=value, form-encoded. False where it is not.
bool parse_form(std::string_view text, std::size_t most, Parameters& into) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decode(pair.substr(0, equals), true);
    const auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value || !valid_utf8(*name) || !valid_utf8(*value)) return false;
    if (name->empty()) continue;
    if (into.size() == most) return false;
    // Twice the same says nothing certain.
    if (!into.emplace(*name, *value).second) return false;
  }
  return true;
}

aws::WireError auth_error(const aws::AuthError& error) {
  using aws::AuthProblem;
  switch (error.problem) {
    case AuthProblem::kMissing:
      return {403, "MissingAuthenticationToken", "Request is missing Authentication Token"};
    case AuthProblem::kUnknownKey:
    case AuthProblem::kInvalidToken:
      return {403, "InvalidClientTokenId", "The security token included in the request is invalid."};
    case AuthProblem::kBadSignature:
      return {403, "SignatureDoesNotMatch",
              "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
              "Key and signing method. Consult the service documentation for details."};
    case AuthProblem::kSkewed:
    case AuthProblem::kExpired:
      return {403, "SignatureDoesNotMatch", "Signature expired: " + error.message};
    default:
      return {400, "IncompleteSignature", error.message};
  }
}

}  // namespace

BeginResult QueryService::begin(ContextPtr context) {
  auto claim = api::claim(door_, *context, name());
  if (!claim) return std::unexpected(refuse(*context, auth_error(claim.error())));
  const aws::WireError too_large{413, "RequestEntityTooLarge", "The request is too long."};
  if (context->head.content_length.value_or(0) > options_.max_body) return std::unexpected(refuse(*context, too_large));
  return net::collect_body(
      context->head,
      {.max_bytes = options_.max_body,
       .budget = &budget_,
       .too_large = [this, context, too_large](const net::RequestHead&) { return refuse(*context, too_large); },
       .busy = [this, context](const net::RequestHead&) { return refuse(*context, {503, "ServiceUnavailable", "Try again."}); }},
      [this, context, claim = std::move(*claim)](const net::RequestHead&, Bytes body) {
        return handle(*context, claim, std::move(body));
      });
}

net::Response QueryService::handle(Context& context, const iam::Authenticator::Claim& claim, Bytes body) {
  const auto verified = api::verify(door_, context, claim, hex_encode(crypto::sha256(body)));
  if (!verified) return refuse(context, auth_error(verified.error()));
  if (context.over_rate(claim.key.id)) return refuse(context, {400, "Throttling", "Rate exceeded"});
  if (options_.takes_gzip) {
    auto plain = plain_body(context.head, std::move(body), options_.max_body);
    if (!plain) return refuse(context, {400, "MalformedInput", plain.error().message});
    body = std::move(*plain);
  }
  Parameters parameters;
  if (!parse_form(context.head.query, options_.max_parameters, parameters) || !parse_form(as_text(body), options_.max_parameters, parameters))
    return refuse(context, {400, "MalformedQueryString", "The parameters are no form, or one is given twice."});
  auto xml = run(context, parameters);
  if (!xml) return refuse(context, xml.error());
  net::Response response = net::text_response(200, std::move(*xml), "text/xml");
  response.headers.set("x-amzn-RequestId", context.head.id);
  return response;
}

std::expected<std::string, aws::WireError> QueryService::run(Context& context, const Parameters& parameters) {
  const QueryCall call{.parameters = parameters, .context = context};
  const std::string name = call.get("Action");
  if (name.empty()) return std::unexpected(aws::WireError{400, "MissingAction", "The request names no Action."});
  const auto operation = operations_.find(name);
  const std::string version = call.optional("Version").value_or(options_.version);
  if (operation == operations_.end() || version != options_.version) {
    return std::unexpected(aws::WireError{400, "InvalidAction",
                                          "Could not find operation " + name.substr(0, 128) + " for version " +
                                              version.substr(0, 32) + ", or it is not implemented here yet."});
  }
  context.operation = name;
  if (operation->second.needs) {
    if (auto denied = permit(context, operation->second.needs(call), 403, options_.denied)) return std::unexpected(*denied);
  }
  XmlWriter xml(name + "Response", options_.xmlns);
  const bool answers = operation->second.answers;
  if (answers) xml.open(name + "Result");
  if (const QueryResult done = operation->second.run(call, xml); !done) return std::unexpected(done.error());
  if (answers) xml.close(name + "Result");
  xml.open("ResponseMetadata").text("RequestId", context.head.id).close("ResponseMetadata");
  return xml.finish();
}

net::Response QueryService::refuse(const Context& context, const aws::WireError& error) const {
  XmlWriter xml("ErrorResponse", options_.xmlns);
  xml.open("Error").text("Type", error.status < 500 ? "Sender" : "Receiver").text("Code", options_.code_of != nullptr ? options_.code_of(error.code) : error.code);
  xml.text("Message", error.message).close("Error").text("RequestId", context.head.id);
  net::Response response = net::text_response(error.status, xml.finish(), "text/xml");
  response.headers.set("x-amzn-RequestId", context.head.id);
  if (error.status == 503) response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace eyrie::api
