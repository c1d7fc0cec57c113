import type { CloudError } from './cloud-error.ts';

/** What goes back to the client, before a fault has had a hand in it. */
export type ServiceReply = {
  readonly status: number;
  /** `success`, or the code of the refusal: for the call log. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: ReplyContent;
};

export type ReplyContent =
  | { readonly kind: 'text'; readonly text: string; readonly type: string }
  | { readonly kind: 'json'; readonly value: Readonly<Record<string, unknown>> }
  /** RPC APIs answer in XML unless asked for JSON. */
  | { readonly kind: 'xml'; readonly value: Readonly<Record<string, unknown>>; readonly root: string };

/** A JSON answer. */
export function jsonReply(value: Readonly<Record<string, unknown>>, status = 200, code = 'success'): ServiceReply {
  return { status, code, headers: {}, content: { kind: 'json', value } };
}

/** A text answer. */
export function textReply(text: string, status = 200, code = 'success', type = 'text/plain'): ServiceReply {
  return { status, code, headers: {}, content: { kind: 'text', text, type } };
}

/** Body of a refusal by the gateway or an RPC API. `host` is what the client called. */
export function refusalBody(error: CloudError, requestId: string, host: string): Record<string, unknown> {
  return {
    RequestId: requestId,
    HostId: host,
    Code: error.code,
    Message: error.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(error.code)}&requestId=${requestId}`,
  };
}

/** The bytes of a reply's body and their type. */
export function renderContent(content: ReplyContent): { readonly type: string; readonly text: string } {
  switch (content.kind) {
    case 'text':
      return { type: content.type, text: content.text };
    case 'json':
      return { type: 'application/json;charset=utf-8', text: JSON.stringify(content.value) };
    case 'xml':
      return {
        type: 'text/xml;charset=utf-8',
        text: `<?xml version='1.0' encoding='UTF-8'?>${xmlElement(content.root, content.value)}`,
      };
  }
}

function xmlElement(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    return `<${name}>${value.map((item) => xmlElement(name.replace(/s$/, ''), item)).join('')}</${name}>`;
  }
  if (typeof value === 'object' && value !== null) {
    return `<${name}>${Object.entries(value)
      .map(([key, item]) => xmlElement(key, item))
      .join('')}</${name}>`;
  }
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
