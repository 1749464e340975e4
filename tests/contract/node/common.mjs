// What the scripts share: clients for the endpoint of the environment, and a check that a call is refused as AWS refuses it.
import assert from "node:assert/strict";

export const settings = {
  region: process.env.AWS_REGION,
  ...(process.env.AWS_ENDPOINT_URL ? {endpoint: process.env.AWS_ENDPOINT_URL} : {}),
  credentials: {accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY},
  maxAttempts: 1,
};

export async function refused(call, name) {
  try {
    await call;
  } catch (error) {
    assert.equal(error.name, name, `wrong error: ${error.name}: ${error.message}`);
    return error;
  }
  assert.fail(`${name} was expected`);
}

export function print(value) {
  console.log(JSON.stringify(value));
}
