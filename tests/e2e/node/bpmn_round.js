// Reads BPMN files with bpmn-moddle and writes them again: says which of them come with a warning or come out changed.
"use strict";

const { BpmnModdle } = require("bpmn-moddle");
const { readFileSync } = require("fs");

async function main(files) {
  let amiss = 0;
  const say = (file, what) => {
    console.log(`${file}: ${what}`);
    amiss += 1;
  };
  for (const file of files) {
    const xml = readFileSync(file, "utf8");
    const moddle = new BpmnModdle();
    const { rootElement, warnings } = await moddle.fromXML(xml);
    for (const { message } of warnings) say(file, message);
    const again = await moddle.toXML(rootElement, { format: true });
    if (again.xml !== xml) say(file, "came out changed");
  }
  process.exit(amiss === 0 ? 0 : 1);
}

main(process.argv.slice(2));
