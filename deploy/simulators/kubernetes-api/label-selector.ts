import type { JsonObject } from './json.ts';
import { badRequest } from './status-errors.ts';

/** Whether a set of labels is selected. */
export type LabelSelector = (labels: JsonObject | undefined) => boolean;

type Token = {
  readonly type: 'word' | '(' | ')' | ',' | '=' | '==' | '!=' | '!' | '<' | '>' | 'end';
  readonly text: string;
};

/**
 * Parses a label selector: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>1,j<2`. An empty selector selects everything.
 * Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 * @throws StatusError 400 with the real server's words for what it expected
 */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements: LabelSelector[] = [];
  const tokens = new Tokens(text);
  if (tokens.peek().type === 'end') return () => true;
  for (;;) {
    requirements.push(parseRequirement(tokens));
    const separator = tokens.next();
    if (separator.type === 'end') break;
    if (separator.type !== ',') throw unexpected(separator, "',' or 'end of string'");
  }
  return (labels) => requirements.every((requirement) => requirement(labels));
}

function parseRequirement(tokens: Tokens): LabelSelector {
  if (tokens.peek().type === '!') {
    tokens.next();
    const key = expectWord(tokens, 'identifier');
    return (labels) => labels?.[key] === undefined;
  }
  const key = expectWord(tokens, "!, identifier, or 'end of string'");
  const { type } = tokens.peek();
  if (type === ',' || type === 'end') return (labels) => labels?.[key] !== undefined;
  const operator = tokens.next();
  if (operator.type === '=' || operator.type === '==') return isOneOf(key, [optionalWord(tokens)]);
  if (operator.type === '!=') return not(isOneOf(key, [optionalWord(tokens)]));
  if (operator.type === '>' || operator.type === '<') return compare(key, operator.type, expectWord(tokens, 'integer'));
  if (operator.type === 'word' && operator.text === 'in') return isOneOf(key, parseValues(tokens));
  if (operator.type === 'word' && operator.text === 'notin') return not(isOneOf(key, parseValues(tokens)));
  throw unexpected(operator, 'in, notin, =, ==, !=, gt, lt');
}

function parseValues(tokens: Tokens): readonly string[] {
  const open = tokens.next();
  if (open.type !== '(') throw unexpected(open, "'('");
  const values: string[] = [];
  for (;;) {
    values.push(optionalWord(tokens));
    const separator = tokens.next();
    if (separator.type === ')') return values;
    if (separator.type !== ',') throw unexpected(separator, "',' or ')'");
  }
}

function optionalWord(tokens: Tokens): string {
  return tokens.peek().type === 'word' ? tokens.next().text : '';
}

function expectWord(tokens: Tokens, expected: string): string {
  const token = tokens.next();
  if (token.type !== 'word') throw unexpected(token, expected);
  return token.text;
}

function isOneOf(key: string, values: readonly string[]): LabelSelector {
  return (labels) => {
    const value = labels?.[key];
    return typeof value === 'string' && values.includes(value);
  };
}

function not(selector: LabelSelector): LabelSelector {
  return (labels) => !selector(labels);
}

function compare(key: string, operator: '<' | '>', bound: string): LabelSelector {
  if (!/^-?\d+$/.test(bound))
    throw badRequest(
      `unable to parse requirement: values[0][${key}]: Invalid value: "${bound}": for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  return (labels) => {
    const value = Number(labels?.[key] ?? Number.NaN);
    return operator === '>' ? value > Number(bound) : value < Number(bound);
  };
}

function unexpected(token: Token, expected: string): Error {
  return badRequest(`unable to parse requirement: found '${token.text}' expected: ${expected}`);
}

class Tokens {
  readonly #pattern = /\s*(?:(==|!=|[=!<>(),])|([^\s=!<>(),]+)|$)/y;
  readonly #text: string;
  #ahead: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): Token {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  next(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  #read(): Token {
    const match = this.#pattern.exec(this.#text);
    if (match?.[1] !== undefined) return { type: match[1] as Token['type'], text: match[1] };
    if (match?.[2] !== undefined) return { type: 'word', text: match[2] };
    return { type: 'end', text: '' };
  }
}
