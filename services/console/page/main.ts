import { h, render } from 'preact';
import type { PageModel } from '../view/page-model.ts';
import { StatusPage } from './status-page.ts';

/** Entry of the bundle that the browser loads. What it shows first came with the page. */
const embedded = document.getElementById('model')?.textContent ?? 'null';
const root = document.getElementById('page');
if (root !== null) render(h(StatusPage, { first: JSON.parse(embedded) as PageModel | null }), root);
