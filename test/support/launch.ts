import { onTestFinished } from 'vitest';
import { TemplateProcess } from './template-process.ts';
import type { TemplateOptions } from './template-process.ts';

/** A process of the template that ends with the test which launched it. */
export function launch(options: TemplateOptions): TemplateProcess {
  return endingWithTest(new TemplateProcess(options));
}

export function endingWithTest(process: TemplateProcess): TemplateProcess {
  onTestFinished(() => process.dispose());
  return process;
}
