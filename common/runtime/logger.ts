import { pino, type Logger as PinoLogger } from 'pino';
import pretty from 'pino-pretty';
import type { Failure } from '../domain/failure.ts';

/**
 * One line a decision. Levels: `error` somebody has to act, `warn` it is degraded but goes on by itself, `info` something
 * changed, `debug` why.
 */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'level' | 'child'>;

export type LoggerOptions = {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'auto' | 'json' | 'text';
  readonly destination: NodeJS.WriteStream;
};

/** Writes JSON lines, or text for people: `[14:05:10.021] INFO: credential fetched  source=cri-… domains=3`. */
export function createLogger({ level, format, destination }: LoggerOptions): Logger {
  const forPeople = format === 'text' || (format === 'auto' && destination.isTTY);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!forPeople) return pino(options, destination);
  return pino(
    options,
    pretty({
      destination,
      colorize: destination.isTTY && destination.hasColors(),
      ignore: 'pid,hostname',
      translateTime: 'HH:MM:ss.l',
      // One line, whatever it tells.
      hideObject: true,
      messageFormat: (line, messageKey) => `${String(line[messageKey])}${fieldsOf(line, messageKey)}`,
    }),
  );
}

function fieldsOf(line: Readonly<Record<string, unknown>>, messageKey: string): string {
  const fields = Object.entries(line).filter(([name]) => name !== messageKey && name !== 'level' && name !== 'time');
  return fields.length === 0 ? '' : `  ${fields.map(([name, value]) => `${name}=${shown(value)}`).join(' ')}`;
}

/** Bare where that is readable: a word, a number, an address, a list of words. */
function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.map(String).join(',') : typeof value === 'string' ? value : undefined;
  return text !== undefined && /^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(value);
}

/** A logger that says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** What a log line says about a failure: code, reaction and hint, never a stack. */
export function describeFailure({ code, message, reaction, hint }: Failure): Readonly<Record<string, unknown>> {
  return { code, problem: message, reaction: reaction.kind, hint };
}
