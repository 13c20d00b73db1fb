// A third client that we did not write, soap of npm, at the synchronous and the asynchronous channel, from the served
// WSDLs alone. It signs and is verified by xml-crypto, a library that shares nothing with ours or the Python clients'.
//
//     NODE_PATH=… NODE_EXTRA_CA_CERTS=TLS_CA node soap_client.js SYNC_WSDL ASYNC_WSDL KEY_PEM CERT_PEM GATEWAY_CERT_PEM SENDER PASSWORD SERVICE ONE TWO
//
// Sends the document ONE, leaves TWO, asks where that is until it is delivered, fetches what waits, and asks about a
// message that nobody knows. Prints one JSON object: {"code", "correlationId", "messageId", "state", "waiting", "fault"}.
"use strict";

const { randomUUID } = require("crypto");
const { readFileSync } = require("fs");
const soap = require("soap");
const { verify } = require("./signed.js");

const NOBODYS = "{3f2504e0-4f89-41d3-9a0c-0305e82c3399}";

const [syncWsdl, asyncWsdl, keyFile, certificateFile, gatewayFile, senderId, password, service, one, two] =
  process.argv.slice(2);
const text = (file) => readFileSync(file, "utf8");

/** The operations of a channel: each request is signed, each answer verified. */
async function channel(wsdl) {
  const client = await soap.createClientAsync(wsdl);
  return async (operation, request) => {
    client.setSecurity(new soap.WSSecurityCert(text(keyFile), text(certificateFile), "", {
      hasTimeStamp: false,
      signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
      signerOptions: { idMode: "wssecurity" },
    }));
    let told;
    try {
      told = await client[`${operation}Async`]({ request });
    } catch (fault) {
      if (!fault.root) {
        throw fault;
      }
      verify(fault.response.data, gatewayFile);
      throw fault;
    }
    verify(told[1], gatewayFile);
    return told[0].response;
  };
}

async function main() {
  const sender = { senderId, password };
  const now = new Date().toISOString();
  const messageId = `{${randomUUID()}}`;
  const sync = await channel(syncWsdl);
  const sent = await sync("SendMessage", {
    requestInfo: { messageId, serviceId: service, messageDate: now, sender },
    requestData: { data: text(one) },
  });
  if (sent.responseInfo.correlationId !== messageId) {
    throw new Error(JSON.stringify(sent));
  }
  const gateway = await channel(asyncWsdl);
  const taken = await gateway("sendMessage", {
    messageInfo: { serviceId: service, messageType: "REQUEST", messageDate: now, sender },
    messageData: { data: text(two) },
  });
  let asked;
  for (let n = 0; n < 200; n += 1) {
    asked = await gateway("getMessageStatus", { messageId: taken.messageId, requestDate: now, sender });
    if (asked.messageState === "DELIVERED") {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const fetched = await gateway("getMessages", { requestDate: now, serviceId: service, sender });
  let fault;
  try {
    await gateway("getMessageStatus", { messageId: NOBODYS, requestDate: now, sender });
    throw new Error("no fault");
  } catch (error) {
    if (!error.root) {
      throw error;
    }
    const { detail } = error.root.Envelope.Body.Fault;
    fault = detail.getMessageStatusFault1_getMessageStatusFault.errorData.split("\n")[0];
  }
  console.log(JSON.stringify({
    code: sent.responseInfo.status.code,
    correlationId: taken.correlationId,
    messageId: taken.messageId,
    state: asked.messageState,
    waiting: (fetched.messages || []).length,
    fault,
  }));
}

main().catch((error) => {
  console.error(error.root ? JSON.stringify(error.root.Envelope.Body) : error.stack);
  process.exit(1);
});
