// An integrator's own endpoint that we did not write: soap of npm serves what the push channel's served WSDL describes.
//
//     NODE_PATH=… NODE_EXTRA_CA_CERTS=TLS_CA node soap_endpoint.js PUSH_WSDL GATEWAY_CERT_PEM
//
// Prints one JSON object a line: first {"address"}, then what comes, each once its signature is verified: {"notice"} with a
// status notification, {"message"} with a message. Answers without a signature. Ends with its standard input.
"use strict";

const { randomUUID } = require("crypto");
const http = require("http");
const soap = require("soap");
const { verify } = require("./signed.js");

const [wsdl, gatewayFile] = process.argv.slice(2);
const say = (told) => console.log(JSON.stringify(told));
const session = () => `{${randomUUID()}}`;

const operations = {
  sendMessage({ request }) {
    say({ message: request });
    const { messageId } = request.messageInfo;
    const responseDate = new Date().toISOString();
    return { response: { messageId, correlationId: messageId, responseDate, sessionId: session() } };
  },
  changeMassageStatusNotification({ request }) {
    say({ notice: request.notification });
    return { response: { responseDate: new Date().toISOString(), sessionId: session() } };
  },
};

async function main() {
  const { wsdl: described } = await soap.createClientAsync(wsdl);
  const services = {};
  for (const [name, service] of Object.entries(described.definitions.services)) {
    services[name] = Object.fromEntries(Object.keys(service.ports).map((port) => [port, operations]));
  }
  const server = http.createServer((request, response) => {
    response.statusCode = 404;
    response.end();
  });
  const endpoint = soap.listen(server, { path: "/async/", services, xml: described.toXML(), uri: wsdl });
  endpoint.log = (kind, text) => {
    if (kind === "received") {
      verify(text, gatewayFile);
    }
  };
  server.listen(0, "127.0.0.1", () => say({ address: `http://127.0.0.1:${server.address().port}/async/` }));
  process.stdin.on("end", () => process.exit(0)).resume();
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
