import type { Settings } from '../../../common/runtime/settings.ts';
import { buildDoctorWorld } from '../../wiring-doctor.ts';
import { openTerminal, readOutputFormat } from '../screen/terminal.ts';
import { diagnose, renderDiagnoses, verdict } from './doctor.ts';

const checkSeconds = 5;

/** `doctor` on the real world. Exit code 1: something must be mended before a helper can work. Throws `Failure`. */
export async function runDoctor(settings: Settings, output: unknown): Promise<number> {
  const format = readOutputFormat(output);
  const terminal = openTerminal();
  const { world, close } = await buildDoctorWorld(settings);
  try {
    const diagnoses = await diagnose(world, checkSeconds, (found) => {
      if (format === 'text') renderDiagnoses(found, terminal).forEach(terminal.write);
    });
    const { exitCode, sentence } = verdict(diagnoses);
    if (format === 'json') terminal.write(JSON.stringify({ exitCode, checks: diagnoses }, undefined, 2));
    else terminal.write(`\n${sentence}`);
    return exitCode;
  } finally {
    await close();
  }
}
