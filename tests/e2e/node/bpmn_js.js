// In a page that has diagrams: opens each in bpmn-js, writes it again, and puts what became of it into the page.
"use strict";

async function opened(xml) {
  const container = document.createElement("div");
  container.style.cssText = "width:2000px;height:1000px";
  document.body.append(container);
  const viewer = new BpmnJS({ container });
  try {
    const { warnings } = await viewer.importXML(xml);
    const drawn = viewer.get("elementRegistry").filter((element) => element.type !== "label" && element.parent);
    const again = await viewer.saveXML({ format: true });
    return { warnings: warnings.map(({ message }) => message), drawn: drawn.length, same: again.xml === xml };
  } catch (error) {
    return { warnings: [String(error)], drawn: 0, same: false };
  } finally {
    viewer.destroy();
    container.remove();
  }
}

(async () => {
  const told = {};
  for (const [name, xml] of Object.entries(diagrams)) told[name] = await opened(xml);
  const out = document.createElement("pre");
  out.id = "told";
  out.textContent = JSON.stringify(told);
  document.body.append(out);
})();
