import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { pages } from './pages.ts';

for (const [path, render] of Object.entries(pages)) writeFileSync(join(repositoryRoot(), path), render());
