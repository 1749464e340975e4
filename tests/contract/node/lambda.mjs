// Lambda by the JavaScript SDK. Arguments: NAME (of a function to be), ROLE (its ARN), ZIP (a file).
import assert from "node:assert/strict";
import {readFile} from "node:fs/promises";
import {AddPermissionCommand, CreateAliasCommand, CreateFunctionCommand, DeleteFunctionCommand, GetFunctionCommand, GetPolicyCommand, InvokeCommand, LambdaClient,
        ListTagsCommand, paginateListFunctions, PublishVersionCommand, PutFunctionConcurrencyCommand, TagResourceCommand, waitUntilFunctionActiveV2} from "@aws-sdk/client-lambda";
import {print, refused, settings} from "./common.mjs";

const [FunctionName, Role, file] = process.argv.slice(2);
const client = new LambdaClient(settings);
const text = (payload) => JSON.parse(new TextDecoder().decode(payload));

const made = await client.send(new CreateFunctionCommand({FunctionName, Role, Runtime: "python3.12", Handler: "app.handler", Timeout: 20, Code: {ZipFile: await readFile(file)}}));
await waitUntilFunctionActiveV2({client, maxWaitTime: 60}, {FunctionName});
await refused(client.send(new CreateFunctionCommand({FunctionName, Role, Runtime: "python3.12", Handler: "app.handler", Code: {ZipFile: await readFile(file)}})), "ResourceConflictException");
assert.equal((await client.send(new GetFunctionCommand({FunctionName: made.FunctionArn}))).Configuration.CodeSha256, made.CodeSha256);
const names = [];
for await (const page of paginateListFunctions({client, pageSize: 1}, {})) names.push(...page.Functions.map((one) => one.FunctionName));
assert.ok(names.includes(FunctionName));
print({step: "made"});

const answer = await client.send(new InvokeCommand({FunctionName, Payload: JSON.stringify({a: "ü"}), LogType: "Tail"}));
assert.deepEqual([answer.StatusCode, answer.FunctionError, text(answer.Payload)], [200, undefined, [{a: "ü"}, "$LATEST"]]);
assert.match(Buffer.from(answer.LogResult, "base64").toString(), /REPORT RequestId/);
const failed = await client.send(new InvokeCommand({FunctionName, Payload: JSON.stringify("fail")}));
assert.deepEqual([failed.FunctionError, text(failed.Payload).errorType], ["Unhandled", "ValueError"]);
assert.equal((await client.send(new InvokeCommand({FunctionName, InvocationType: "Event", Payload: "1"}))).StatusCode, 202);
assert.equal((await client.send(new InvokeCommand({FunctionName, InvocationType: "DryRun"}))).StatusCode, 204);
print({step: "invoked"});

const {Version} = await client.send(new PublishVersionCommand({FunctionName}));
await client.send(new CreateAliasCommand({FunctionName, Name: "live", FunctionVersion: Version}));
assert.deepEqual(text((await client.send(new InvokeCommand({FunctionName, Qualifier: "live", Payload: "1"}))).Payload), [1, Version]);
await client.send(new AddPermissionCommand({FunctionName, StatementId: "s3", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::images"}));
assert.equal(JSON.parse((await client.send(new GetPolicyCommand({FunctionName}))).Policy).Statement[0].Sid, "s3");
await client.send(new TagResourceCommand({Resource: made.FunctionArn, Tags: {a: "b"}}));
assert.deepEqual((await client.send(new ListTagsCommand({Resource: made.FunctionArn}))).Tags, {a: "b"});
await client.send(new PutFunctionConcurrencyCommand({FunctionName, ReservedConcurrentExecutions: 0}));
assert.equal((await refused(client.send(new InvokeCommand({FunctionName})), "TooManyRequestsException")).Reason, "ReservedFunctionConcurrentInvocationLimitExceeded");
print({step: "settings"});

await client.send(new DeleteFunctionCommand({FunctionName}));
await refused(client.send(new GetFunctionCommand({FunctionName})), "ResourceNotFoundException");
print({step: "gone"});
