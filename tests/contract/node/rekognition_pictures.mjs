// Each operation on one picture by the JavaScript SDK, and CompareFaces. Arguments: PHOTO BUCKET KEY: a photo with a face, which also lies
// in the bucket. Prints [OPERATION, answer] for each call.
import assert from "node:assert/strict";
import {readFile} from "node:fs/promises";
import * as sdk from "@aws-sdk/client-rekognition";
import {print, refused, settings} from "./common.mjs";

const [photo, Bucket, Name] = process.argv.slice(2);
const rekognition = new sdk.RekognitionClient(settings);
const Bytes = await readFile(photo);
const stored = {S3Object: {Bucket, Name}};

const send = (operation, request) => rekognition.send(new sdk[`${operation}Command`](request));

async function call(operation, request) {
  const {$metadata, ...answer} = await send(operation, request);
  assert.ok($metadata.requestId, "an answer has a request id");
  print([operation, answer]);
  return answer;
}

const requests = {
  DetectFaces: {Attributes: ["ALL"]},
  DetectText: {Filters: {WordFilter: {MinConfidence: 50}}},
  DetectModerationLabels: {MinConfidence: 0},
  DetectProtectiveEquipment: {SummarizationAttributes: {MinConfidence: 80, RequiredEquipmentTypes: ["FACE_COVER"]}},
  RecognizeCelebrities: {},
};
for (const [operation, more] of Object.entries(requests)) {
  const byBytes = await call(operation, {Image: {Bytes}, ...more});
  const byObject = await call(operation, {Image: stored, ...more});
  assert.deepEqual(byObject, byBytes, `${operation} answers the same to bytes and to an object`);
  await refused(send(operation, {Image: {Bytes: Buffer.from("only text")}, ...more}), "InvalidImageFormatException");
  await refused(send(operation, {Image: {S3Object: {Bucket, Name: "absent.jpg"}}, ...more}), "InvalidS3ObjectException");
}
const compared = await call("CompareFaces", {SourceImage: {Bytes}, TargetImage: stored, SimilarityThreshold: 90});
assert.ok(compared.FaceMatches[0].Similarity > 99);
await refused(send("GetCelebrityInfo", {Id: "nobody"}), "ResourceNotFoundException");
