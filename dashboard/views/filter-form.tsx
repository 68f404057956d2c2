import { type AuditRecord, OUTCOME_STATUSES } from '../../shared/audit/record.ts';
import type { Query } from './filters.ts';

const TIERS = ['safe', 'confirm', 'forbidden'];

/** A plain GET form: a filtered history is a link like any other. */
export function FilterForm({ query, seen }: { query: Query; seen: readonly AuditRecord[] }) {
  const names = (pick: (record: AuditRecord) => string | undefined) =>
    [...new Set(seen.flatMap((record) => pick(record) ?? []))].sort();
  return (
    <search>
      <form method="get" action="/history" class="filters" data-tidy>
        <Field name="text" label="Text" type="search" query={query} />
        <Field name="agent" label="Agent" query={query} known={names(({ agent }) => agent)} />
        <Field name="workflow" label="Workflow" query={query} known={names(({ workflow }) => workflow)} />
        <Field name="tool" label="Tool" query={query} known={names(({ tool }) => tool)} />
        <Choice name="tier" label="Tier" query={query} options={TIERS} />
        <Choice name="outcome" label="Outcome" query={query} options={OUTCOME_STATUSES} />
        <Field name="from" label="From (UTC)" type="datetime-local" query={query} />
        <Field name="until" label="Until (UTC)" type="datetime-local" query={query} />
        {query.run && <Field name="run" label="Run" query={query} />}
        <div class="buttons">
          <button type="submit">Filter</button> <a href="/history">Clear</a>
        </div>
      </form>
    </search>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly query: Query;
}

function Field({
  name,
  label,
  query,
  type = 'text',
  known,
}: FieldProps & { type?: string; known?: readonly string[] }) {
  return (
    <div class="field">
      <label for={`f-${name}`}>{label}</label>
      <input
        id={`f-${name}`}
        name={name}
        type={type}
        value={query[name] ?? ''}
        maxlength={200}
        list={known && `known-${name}`}
        autocomplete="off"
      />
      {known && (
        <datalist id={`known-${name}`}>
          {known.map((value) => (
            <option value={value} />
          ))}
        </datalist>
      )}
    </div>
  );
}

function Choice({ name, label, query, options }: FieldProps & { options: readonly string[] }) {
  return (
    <div class="field">
      <label for={`f-${name}`}>{label}</label>
      <select id={`f-${name}`} name={name}>
        <option value="">any</option>
        {options.map((option) => (
          <option value={option} selected={query[name] === option}>
            {option}
          </option>
        ))}
      </select>
    </div>
  );
}
