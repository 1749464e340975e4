// DetectLabels by the JavaScript SDK, on bytes and on an S3 object. Arguments: PHOTO BUCKET KEY. Prints both answers.
import assert from "node:assert/strict";
import {readFile} from "node:fs/promises";
import {DetectLabelsCommand, RekognitionClient} from "@aws-sdk/client-rekognition";
import {print, refused, settings} from "./common.mjs";

const [photo, Bucket, Name] = process.argv.slice(2);
const rekognition = new RekognitionClient(settings);
const detect = (request) => rekognition.send(new DetectLabelsCommand(request));

const Bytes = await readFile(photo);
const answers = [await detect({Image: {Bytes}}), await detect({Image: {S3Object: {Bucket, Name}}})];
for (const answer of answers) {
  const {$metadata, ...content} = answer;
  assert.ok($metadata.requestId, "an answer has a request id");
  print(content);
}
const few = await detect({Image: {Bytes}, MaxLabels: 1, MinConfidence: 0, Features: ["GENERAL_LABELS"]});
assert.equal(few.Labels.length, 1);
const cats = await detect({Image: {Bytes}, Settings: {GeneralLabels: {LabelInclusionFilters: ["Cat"]}}});
assert.deepEqual(cats.Labels.map((label) => label.Name), ["Cat"]);

await refused(detect({Image: {Bytes: Buffer.from("only text")}}), "InvalidImageFormatException");
await refused(detect({Image: {S3Object: {Bucket, Name: "absent.jpg"}}}), "InvalidS3ObjectException");
await refused(detect({Image: {}}), "InvalidParameterException");
const wrong = new RekognitionClient({...settings, credentials: {...settings.credentials, secretAccessKey: "x".repeat(40)}});
await refused(wrong.send(new DetectLabelsCommand({Image: {Bytes}})), "InvalidSignatureException");
