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

/** Writes JSON lines, or text for people. */
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
    }),
  );
}

/** A logger that says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** What a log line says about a failure: code, reaction and hint, never a stack. */
export function describeFailure({ code, message, reaction, hint }: Failure): Readonly<Record<string, unknown>> {
  return { code, problem: message, reaction: reaction.kind, hint };
}
