// Styles of an element that are computed: style=${...} is text in an attribute when it is first set, by Lit's styleMap too, and the policy refuses
// that. Use: <div ${styles({width: "3px"})}>.
import { noChange, type ElementPart } from "lit";
import { Directive, directive, PartType, type PartInfo } from "lit/directive.js";

class Styles extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("styles() stands in the tag");
  }
  override update(part: ElementPart, [wanted]: [Record<string, string>]) {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(wanted)) style.setProperty(name, value);
    return noChange;
  }
  override render(_wanted: Record<string, string>) {
    return noChange;
  }
}

// Every call for an element names the same properties.
export const styles = directive(Styles);
