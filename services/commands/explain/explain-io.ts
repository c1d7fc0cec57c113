import { Failure, toFailure } from '../../../common/domain/failure.ts';
import type { Settings } from '../../../common/runtime/settings.ts';
import { buildLookingWorld } from '../../wiring-commands.ts';
import { openTerminal, readOutputFormat } from '../screen/terminal.ts';
import { fetchStatus } from '../status/fetch-status.ts';
import { renderExplanation } from './explain-text.ts';
import { explainTarget, type Target } from './explain.ts';
import { readImage } from './image-question.ts';

export type ExplainFlags = {
  /** `NAMESPACE[/ACCOUNT]` */
  readonly target: string;
  readonly image: unknown;
  readonly opsUrl: unknown;
  readonly output: unknown;
};

/** `explain` on a real cluster and real streams. Exit code 1: it cannot pull from every registry, or not this image. Throws `Failure`. */
export async function printExplanation(settings: Settings, flags: ExplainFlags): Promise<number> {
  const format = readOutputFormat(flags.output);
  const target = readTarget(flags.target);
  const image = typeof flags.image === 'string' ? readImage(flags.image) : undefined;
  const terminal = openTerminal();
  const world = await buildLookingWorld(settings);
  try {
    const helper = await fetchStatus(flags.opsUrl).catch((error: unknown) => {
      const failure = toFailure(error);
      if (failure.code === 'setting-invalid') throw failure;
      return failure.message;
    });
    const explained = await explainTarget(target, { ...world, settings, helper, image, clock: Date.now });
    if (format === 'json') terminal.write(JSON.stringify(explained, undefined, 2));
    else renderExplanation(explained, terminal).forEach(terminal.write);
    const pullsImage = explained.image === undefined || explained.image.answer.kind === 'pulls';
    return explained.canPull && pullsImage ? 0 : 1;
  } finally {
    await world.close();
  }
}

function readTarget(text: string): Target {
  const [namespace = '', account, ...rest] = text.split('/');
  const isName = (name: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name);
  if (rest.length > 0 || !isName(namespace) || (account !== undefined && !isName(account)))
    throw new Failure('setting-invalid', `"${text}" is no namespace: write NAMESPACE or NAMESPACE/ACCOUNT`);
  return account === undefined ? { namespace } : { namespace, account };
}
