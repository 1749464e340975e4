// A face collection's life by the JavaScript SDK. Arguments: COLLECTION PHOTO SAME OTHER: two pictures of one face, one of another. Prints
// [OPERATION, answer] for each call.
import assert from "node:assert/strict";
import {readFile} from "node:fs/promises";
import * as sdk from "@aws-sdk/client-rekognition";
import {print, refused, settings} from "./common.mjs";

const [CollectionId, ...files] = process.argv.slice(2);
const [photo, same, other] = await Promise.all(files.map((file) => readFile(file)));
const rekognition = new sdk.RekognitionClient(settings);

async function call(operation, request) {
  const {$metadata, ...answer} = await rekognition.send(new sdk[`${operation}Command`]({CollectionId, ...request}));
  assert.ok($metadata.requestId, "an answer has a request id");
  print([operation, answer]);
  return answer;
}

const refusedCall = (operation, request, name) => refused(call(operation, request), name);

const created = await call("CreateCollection", {Tags: {team: "red"}});
assert.equal(created.StatusCode, 200);
await refusedCall("CreateCollection", {}, "ResourceAlreadyExistsException");
const collections = [];
for await (const page of sdk.paginateListCollections({client: rekognition, pageSize: 1}, {})) collections.push(...page.CollectionIds);
assert.ok(collections.includes(CollectionId));

const index = async (Bytes, ExternalImageId) => (await call("IndexFaces", {Image: {Bytes}, ExternalImageId})).FaceRecords[0].Face;
const first = await index(photo, "first.jpg"), stranger = await index(other, "stranger.jpg"), second = await index(same, "second.jpg");
const faces = [];
for await (const page of sdk.paginateListFaces({client: rekognition, pageSize: 2}, {CollectionId})) faces.push(...page.Faces);
assert.deepEqual(faces.map((face) => face.ExternalImageId), ["first.jpg", "stranger.jpg", "second.jpg"]);

const matches = (answer) => answer.FaceMatches.map((match) => match.Face.FaceId);
assert.deepEqual(matches(await call("SearchFaces", {FaceId: first.FaceId})), [second.FaceId]);
assert.deepEqual(matches(await call("SearchFacesByImage", {Image: {Bytes: other}, MaxFaces: 5})), [stranger.FaceId]);
await refusedCall("SearchFaces", {FaceId: "00000000-0000-4000-8000-000000000000"}, "InvalidParameterException");

await call("CreateUser", {UserId: "ann"});
await refusedCall("CreateUser", {UserId: "ann"}, "ConflictException");
const associated = await call("AssociateFaces", {UserId: "ann", FaceIds: [first.FaceId, second.FaceId]});
assert.equal(associated.UserStatus, "ACTIVE");
const users = [];
for await (const page of sdk.paginateListUsers({client: rekognition}, {CollectionId})) users.push(...page.Users);
assert.deepEqual(users, [{UserId: "ann", UserStatus: "ACTIVE"}]);
const found = await call("SearchUsersByImage", {Image: {Bytes: same}});
assert.deepEqual(found.UserMatches.map((match) => match.User.UserId), ["ann"]);
assert.equal((await call("SearchUsers", {FaceId: first.FaceId})).UserMatches.length, 1);
await call("DisassociateFaces", {UserId: "ann", FaceIds: [first.FaceId, second.FaceId]});
await call("DeleteUser", {UserId: "ann"});
await refusedCall("DeleteUser", {UserId: "ann"}, "ResourceNotFoundException");

const described = await call("DescribeCollection", {});
assert.ok(Math.abs(Date.now() - described.CreationTimestamp) < 600_000, `made at ${described.CreationTimestamp}`);
assert.equal(described.FaceCount, 3);
assert.deepEqual((await call("ListTagsForResource", {ResourceArn: described.CollectionARN})).Tags, {team: "red"});
assert.deepEqual((await call("DeleteFaces", {FaceIds: [stranger.FaceId]})).DeletedFaces, [stranger.FaceId]);
await call("DeleteCollection", {});
await refusedCall("DescribeCollection", {}, "ResourceNotFoundException");
