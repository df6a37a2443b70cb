import { createHash } from 'node:crypto';

import type { FastifyReply } from 'fastify';

const STYLE = [
  'body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f3f5f9;color:#1a2233;font:16px/1.5 system-ui,sans-serif}',
  'main{max-width:28rem;padding:2.5rem;border-radius:12px;background:#fff;box-shadow:0 4px 20px #0001}',
  'h1{margin:0 0 .5rem;font-size:1.4rem}p{margin:0}',
].join('');

/** This one style and nothing else: no script, no image, no frame. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`;

/** Shows a person a title and a sentence. Both are escaped. */
export const sendPage = (reply: FastifyReply, title: string, message: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', POLICY)
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} · Payymo</title>` +
        `<style>${STYLE}</style></head><body><main><h1>${escaped(title)}</h1><p>${escaped(message)}</p></main></body></html>`,
    );

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, character => ENTITIES[character] ?? '');
