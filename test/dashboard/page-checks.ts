/**
 * What every page has to keep for people who do not see it, or not as its author does. The functions run in the
 * browser, by their source: they use nothing from outside of themselves.
 */
interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** The parts of the DOM that these checks use. */
interface Node {
  readonly id: string;
  readonly tagName: string;
  readonly textContent: string | null;
  readonly parentElement: Node | null;
  readonly labels?: { readonly length: number } | null;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
  getAttribute(name: string): string | null;
  checkVisibility(): boolean;
  closest(selector: string): Node | null;
}
interface Style {
  readonly color: string;
  readonly backgroundColor: string;
}
declare const document: {
  querySelectorAll(selector: string): Iterable<Node>;
  readonly documentElement: { readonly scrollWidth: number; readonly lang: string };
};
declare function getComputedStyle(node: Node): Style;

/** Landmarks, names and labels; each line is something that is wrong. */
export function structureProblems(): string[] {
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const problems: string[] = [];
  const expectOne = (selector: string) => {
    if (all(selector).length !== 1) problems.push(`${all(selector).length} × ${selector}`);
  };
  for (const selector of ['main', 'h1', 'header.top', 'a.skip[href="#main"]', '[aria-live="polite"]'])
    expectOne(selector);
  if (document.documentElement.lang !== 'en') problems.push('no language');
  for (const control of all('input:not([type=hidden]), select, textarea'))
    if (!control.labels?.length) problems.push(`no label: ${control.tagName} ${control.id}`);
  for (const named of all('button, a, summary, h1, h2, th'))
    if (!named.textContent?.trim()) problems.push(`no text: ${named.tagName}`);
  for (const image of all('svg')) if (!image.getAttribute('aria-label')) problems.push('an image without a name');
  const ids = all('[id]').map(({ id }) => id);
  problems.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice: #${id}`));
  for (const attribute of ['for', 'aria-labelledby', 'aria-describedby', 'list'])
    for (const node of all(`[${attribute}]`))
      if (!ids.includes(node.getAttribute(attribute) ?? ''))
        problems.push(`${attribute} leads nowhere: ${node.tagName}`);
  return problems;
}

/** Visible text whose contrast is below 4.5 (WCAG 2.2, 1.4.3). */
export function contrastProblems(): string[] {
  const parse = (color: string): Rgb => {
    const [r = 0, g = 0, b = 0, a = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    return { r, g, b, a };
  };
  const light = ({ r, g, b }: Rgb) => {
    const [x = 0, y = 0, z = 0] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node: Node | null): Rgb => {
    if (node === null) return { r: 255, g: 255, b: 255, a: 1 };
    const color = parse(getComputedStyle(node).backgroundColor);
    return color.a === 1 ? color : behind(node.parentElement);
  };
  const hasText = (node: Node) =>
    [...node.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim());
  return [...document.querySelectorAll('body *')].flatMap((node) => {
    if (!hasText(node) || !node.checkVisibility() || node.closest('.sr, .skip, option, svg')) return [];
    const [text, back] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    return ratio < 4.5 ? [`${ratio.toFixed(2)}: ${node.tagName} ${node.textContent?.trim().slice(0, 40)}`] : [];
  });
}
